"""Which provider of ONNX Runtime opens a model: the fake lists stand for machines with accelerators."""

from typing import Any

import onnxruntime
import pytest

from proctoring.vision.engines import onnx_sessions
from proctoring.vision.engines.base import EngineError
from proctoring.vision.engines.onnx_sessions import AUTO, CPU, choose_providers

CUDA, OPENVINO = "CUDAExecutionProvider", "OpenVINOExecutionProvider"


class FakeSession:
    """What ONNX Runtime makes; an accelerator that does not start is silently left out."""

    broken: frozenset[str] = frozenset()

    def __init__(self, model: str, options: Any, providers: list[str]) -> None:
        self.options = options
        self._providers = [each for each in providers if each not in self.broken]

    def get_providers(self) -> list[str]:
        return self._providers


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> type[FakeSession]:
    """A machine with CUDA and OpenVINO, as ONNX Runtime would describe it."""

    class Session(FakeSession):
        pass

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, OPENVINO, CPU])
    monkeypatch.setattr(onnxruntime, "InferenceSession", Session)
    monkeypatch.setattr(onnx_sessions, "_wanted", (CPU,))
    return Session


@pytest.mark.parametrize(
    ("wanted", "available", "chosen"),
    [
        ((CPU,), (CUDA, CPU), [CPU]),
        ((CUDA,), (CUDA, CPU), [CUDA, CPU]),
        ((OPENVINO, CUDA), (CUDA, OPENVINO, CPU), [OPENVINO, CUDA, CPU]),
        ((AUTO,), ("AzureExecutionProvider", CPU), [CPU]),
        ((AUTO,), (OPENVINO, CUDA, CPU), [CUDA, CPU]),
    ],
    ids=["processor", "named", "two named", "auto without any", "auto"],
)
def test_the_provider_that_was_asked_for_comes_first_and_the_processor_last(
    wanted: tuple[str, ...], available: tuple[str, ...], chosen: list[str]
) -> None:
    assert choose_providers(wanted, available) == chosen


def test_an_accelerator_that_is_not_there_is_an_error_that_names_it_and_the_setting() -> None:
    with pytest.raises(EngineError, match=r"CUDAExecutionProvider.*PROCTOR_ONNX_PROVIDERS"):
        choose_providers((CUDA,), (CPU,))


def test_sessions_run_on_one_thread_and_on_the_processor_unless_told_otherwise(
    machine: type[FakeSession],
) -> None:
    session: Any = onnx_sessions.open_session(b"a model")
    assert session.get_providers() == [CPU]
    assert (session.options.intra_op_num_threads, session.options.inter_op_num_threads) == (1, 1)


def test_a_named_accelerator_that_does_not_start_is_not_passed_over_in_silence(
    machine: type[FakeSession],
) -> None:
    machine.broken = frozenset({CUDA})
    onnx_sessions.prefer((CUDA,))
    with pytest.raises(EngineError, match="CUDAExecutionProvider does not start"):
        onnx_sessions.open_session(b"a model")
    onnx_sessions.prefer((AUTO,))
    assert onnx_sessions.open_session(b"a model").get_providers() == [CPU]


def test_a_broken_model_is_an_engine_error() -> None:
    with pytest.raises(EngineError, match="cannot load the model"):
        onnx_sessions.open_session(b"no model")
