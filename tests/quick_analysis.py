"""Servers that tests start one after the other share the process that looks at pictures.

Each server would start its own, which loads every model anew: 2.4 s of CPU and up to two seconds of
waiting at its end (2026-11), for all of some fifty tests in a browser.
"""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from proctoring.analysis import pool
from proctoring.analysis.worker_pools import Pool, WorkerPool
from proctoring.vision.exchange import EngineChoice

_kept: dict[EngineChoice, Pool] = {}


@contextmanager
def lent_to_a_server() -> Iterator[None]:
    """A server started within finds the pool of the one before, where the settings choose the same."""
    with pool._starting:
        if pool._pool is None:
            pool._pool = _kept.pop(pool.engine_choice(), None)
    with mock.patch.object(pool, "close", _keep):
        yield


def _keep() -> None:
    """Instead of `pool.close`, when a server stops; waits while a pool is being started, as that does."""
    with pool._starting:
        left, pool._pool = pool._pool, None
    if isinstance(left, WorkerPool) and not _kept:
        _kept[left._choice] = left
    elif left is not None:
        left.close()


@atexit.register
def _close() -> None:
    for each in _kept.values():
        each.close()
