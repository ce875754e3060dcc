"""Which cores a process may use: what is begun meanwhile, threads and children too, keeps to them."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def kept_to(cores: Sequence[int]) -> Iterator[None]:
    """Processes begun in the block run on `cores` only, for good; this thread is free again afterwards."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def here() -> list[int]:
    """The cores that this process may use, in order."""
    return sorted(os.sched_getaffinity(0))
