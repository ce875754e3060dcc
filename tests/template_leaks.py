"""What a face template looks like wherever it might get out: no answer, message or file may hold a trace."""

import base64
import io
import zipfile
from collections.abc import Sequence

import numpy as np

VECTOR = tuple((126 + 3 * place) / 1024 for place in range(128))
"""A template whose numbers are written alike in single and double precision, and stand nowhere else."""


def traces_of(sealed: bytes, vector: Sequence[float] = VECTOR) -> tuple[bytes, ...]:
    """The template as stored, as raw numbers, in base 64 and hexadecimal, and written out."""
    raws = [np.asarray(vector, kind).tobytes()[:48] for kind in (np.float32, np.float64)]
    parts = [*raws, sealed[:48]]
    encoded = [form for part in parts for form in (base64.b64encode(part), part.hex().encode())]
    written = [repr(float(number)).encode() for number in vector[:3]]
    return (sealed, *raws, *encoded, *written)


def leaks_in(content: bytes, traces: Sequence[bytes]) -> list[bytes]:
    """The traces that the content holds; archives and workbooks are looked into."""
    parts = [content]
    if zipfile.is_zipfile(io.BytesIO(content)):
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts += [archive.read(name) for name in archive.namelist()]
    return [trace for trace in traces if any(trace in part for part in parts)]
