"""Hands out what there is little of by turns: who comes first goes first, unless another's turn is due."""

import heapq
import itertools
import queue
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")

Turn = tuple[int, float]
"""Lower goes first: a class, and within it a moment (`time.monotonic`), the longest ago first."""
FIRST, IN_ORDER, LAST = 0, 1, 2
"""Classes: what somebody waits for or is in doubt; frames of calm candidates; what may be left out."""


@dataclass(slots=True)
class _Waiter(Generic[Item]):
    given: threading.Event = field(default_factory=threading.Event)
    item: Item | None = None
    gone: bool = False


class Turns(Generic[Item]):
    """A queue of idle things whose waiters are served by their turn. The interface is that of queue.Queue."""

    def __init__(self) -> None:
        self.queue: deque[Item] = deque()
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._waiting: list[tuple[Turn, int, _Waiter[Item]]] = []

    def put(self, item: Item) -> None:
        """Gives it to whoever's turn it is, or keeps it."""
        with self._lock:
            while self._waiting:
                waiter = heapq.heappop(self._waiting)[2]
                if not waiter.gone:
                    waiter.item = item
                    waiter.given.set()
                    return
            self.queue.append(item)

    def get(self, timeout: float, turn: Turn = (FIRST, 0.0)) -> Item:
        """One of them, within `timeout` seconds. Raises queue.Empty, and then holds no place any more."""
        with self._lock:
            if self.queue:
                return self.queue.popleft()
            waiter: _Waiter[Item] = _Waiter()
            heapq.heappush(self._waiting, (turn, next(self._numbers), waiter))
        waiter.given.wait(timeout)
        with self._lock:
            waiter.gone = True
            if waiter.item is None:
                raise queue.Empty
            return waiter.item

    def qsize(self) -> int:
        """How many are idle now."""
        return len(self.queue)
