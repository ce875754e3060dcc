"""How every engine opens its model in ONNX Runtime: one thread, and the accelerator that was asked for."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from proctoring.vision.engines.base import EngineError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

CPU = "CPUExecutionProvider"
AUTO = "auto"
ACCELERATORS = (
    "CUDAExecutionProvider",
    "ROCMExecutionProvider",
    "MIGraphXExecutionProvider",
    "OpenVINOExecutionProvider",
    "CoreMLExecutionProvider",
    "DmlExecutionProvider",
)
"""What "auto" looks for, in this order. TensorRT is left out: it compiles each model for minutes first."""

_wanted: tuple[str, ...] = (CPU,)


def prefer(providers: Sequence[str]) -> None:
    """For this process, before engines are loaded: names of providers in order of preference, or ``auto``.

    The processor does what is left, whatever was asked for. Empty: the processor alone.
    """
    global _wanted
    _wanted = tuple(providers) or (CPU,)


def choose_providers(wanted: Sequence[str], available: Sequence[str]) -> list[str]:
    """The providers to open a model with, the processor last; EngineError for one that is not there.

    ``auto`` takes the first accelerator that is there and is content without any.
    """
    if tuple(wanted) == (AUTO,):
        return [*[each for each in ACCELERATORS if each in available][:1], CPU]
    missing = [each for each in wanted if each not in available]
    if missing:
        raise EngineError(
            f"ONNX Runtime has no provider {', '.join(missing)} here; it has {', '.join(available)}. "
            "Correct PROCTOR_ONNX_PROVIDERS or install the package of ONNX Runtime for that accelerator."
        )
    return [*[each for each in wanted if each != CPU], CPU]


def open_session(model: Path | bytes) -> "InferenceSession":
    """A session on one thread of the processor, or on the accelerator of :func:`prefer`.

    EngineError when the model cannot be read, or when an accelerator that was named does not start: ONNX
    Runtime itself would go on, slower, without a word.
    """
    import onnxruntime  # noqa: PLC0415  (a worker whose engines need none does not pay for loading it)

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Weights in bytes are unpacked once, when the model is loaded, and not for every picture anew.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    providers = choose_providers(_wanted, onnxruntime.get_available_providers())
    try:
        session = onnxruntime.InferenceSession(
            model if isinstance(model, bytes) else str(model), options, providers=providers
        )
    except Exception as error:  # its exceptions have no common class of their own
        raise EngineError(f"ONNX Runtime {onnxruntime.__version__} cannot load the model: {error}") from error
    lost = [each for each in providers if each not in session.get_providers()]
    if lost and _wanted != (AUTO,):
        raise EngineError(f"{', '.join(lost)} does not start on this machine; see the log of ONNX Runtime.")
    return session
