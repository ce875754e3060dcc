"""Writes the smallest ONNX models: a fixed answer to any picture. Only the protobuf that it needs, by hand.

The package onnx is not among our dependencies; the field numbers are those of onnx.proto3.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

_FLOAT = 1


def write_model(path: Path, shape: Sequence[int], answers: Mapping[str, np.ndarray]) -> Path:
    """A model with the input ``picture`` (float32 of ``shape``) whose outputs are always ``answers``."""
    graph = b"".join(
        [
            *(
                _message(1, _text(1, f"{name}_value") + _text(2, name) + _text(4, "Identity"))
                for name in answers
            ),
            _text(2, "tiny"),
            *(_message(5, _tensor(f"{name}_value", value)) for name, value in answers.items()),
            _message(11, _value_info("picture", shape)),
            *(_message(12, _value_info(name, value.shape)) for name, value in answers.items()),
        ]
    )
    path.write_bytes(_number(1, 8) + _message(8, _number(2, 13)) + _message(7, graph))
    return path


def _tensor(name: str, value: np.ndarray) -> bytes:
    dims = b"".join(_number(1, size) for size in value.shape)
    return dims + _number(2, _FLOAT) + _text(8, name) + _message(9, value.astype("<f4").tobytes())


def _value_info(name: str, shape: Sequence[int]) -> bytes:
    dims = b"".join(_message(1, _number(1, size)) for size in shape)
    return _text(1, name) + _message(2, _message(1, _number(1, _FLOAT) + _message(2, dims)))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())
