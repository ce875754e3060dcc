"""How long something took, less what a busy machine took: for promises in seconds."""

import threading
import time
from types import TracebackType

_NAP_S = 0.02


class Stopwatch:
    """`with Stopwatch() as watch`: beside the work a thread sleeps over and over and sums how late it wakes.

    Where nothing else runs that is next to nothing, and a promise is held to its figure; where the cores
    are shared, whoever waits for the work is as late as that thread.
    """

    def __enter__(self) -> "Stopwatch":
        self._began = time.monotonic()
        self._late_s = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._nap, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds = time.monotonic() - self._began
        self._done.set()
        self._thread.join()
        self.own_seconds = max(0.0, self.seconds - self._late_s)

    def _nap(self) -> None:
        while not self._done.is_set():
            slept = time.monotonic()
            self._done.wait(_NAP_S)
            self._late_s += max(0.0, time.monotonic() - slept - _NAP_S)
