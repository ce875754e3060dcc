"""Rewrites downloaded models so that ONNX Runtime runs them fast and exactly as before: see README.md.

``python make_onnx.py WHAT IN.onnx OUT.onnx`` with onnx 1.16.2, outside the project's environment; nothing
else runs it. WHAT is ``yunet``, ``sface`` or ``mediapipe``. What the models say changes by rounding only.
"""

import sys
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper


def main(what: str, source: str, target: str) -> None:
    """Convert one file."""
    model = onnx.load(source)
    graph = model.graph
    values = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    nodes = _single_steps(graph.node, values)
    nodes = _halves(nodes, values) if what == "mediapipe" else nodes
    used = {name for node in nodes for name in node.input}
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(nodes)
    graph.initializer.extend(numpy_helper.from_array(values[name], name) for name in values if name in used)
    inputs = [each for each in graph.input if each.name in used and each.name not in values]
    del graph.input[:]
    graph.input.extend(inputs)
    _set_sizes(graph, what)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, target)


def _single_steps(nodes: Any, values: dict[str, np.ndarray]) -> list[Any]:
    """Biases in blocks become plain ones, which ONNX Runtime demands; PRelu becomes what it runs ten times
    faster because the layout need not change: a * x + (1 - a) * relu(x), channel by channel.
    """
    steps: list[Any] = []
    for number, node in enumerate(nodes):
        name = f"prelu{number}"
        if node.op_type == "DequantizeLinear" and values[node.input[0]].ndim == 1:
            whole, scale, zero = (values[each].astype(np.float32) for each in node.input)
            size = next(each.i for each in node.attribute if each.name == "block_size")
            scale, zero = (np.repeat(each, size)[: len(whole)] for each in (scale, zero))
            values[node.output[0]] = (whole - zero) * scale
        elif node.op_type == "Reshape" and node.input[0] in values:
            values[node.output[0]] = values[node.input[0]].reshape(values[node.input[1]])
        elif node.op_type == "PRelu":
            slope = values[node.input[1]].astype(np.float32).reshape(-1, 1, 1, 1)
            values[f"{name}_a"], values[f"{name}_b"] = slope, 1 - slope
            x, group = node.input[0], len(slope)
            steps += [
                helper.make_node("Relu", [x], [f"{name}_relu"]),
                helper.make_node("Conv", [x, f"{name}_a"], [f"{name}_ax"], group=group, kernel_shape=[1, 1]),
                helper.make_node(
                    "Conv", [f"{name}_relu", f"{name}_b"], [f"{name}_bx"], group=group, kernel_shape=[1, 1]
                ),
                helper.make_node("Add", [f"{name}_ax", f"{name}_bx"], [node.output[0]]),
            ]
        else:
            steps.append(node)
    return steps


def _halves(nodes: list[Any], values: dict[str, np.ndarray]) -> list[Any]:
    """Weights that came as halves are stored as halves again."""
    casts = []
    for name, value in list(values.items()):
        half = value.astype(np.float16) if value.dtype == np.float32 and value.size > 64 else None
        if half is not None and (half.astype(np.float32) == value).all():
            values[f"{name}_half"] = half
            del values[name]
            casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    return casts + nodes


def _set_sizes(graph: Any, what: str) -> None:
    """YuNet takes any height and width that 32 divides, the others one picture at a time."""
    sizes = graph.input[0].type.tensor_type.shape.dim
    if what == "yunet":
        sizes[2].dim_param, sizes[3].dim_param = "height", "width"
        for each in graph.output:
            each.type.tensor_type.shape.dim[1].dim_param = f"cells_{each.name}"
    else:
        sizes[0].dim_value = 1


if __name__ == "__main__":
    main(*sys.argv[1:])
