"""The kinds of jobs there are: a name, the function that does the work, and how often it is tried."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from accounts.models import Job


class Progress(Protocol):
    """What a job's work is handed to say how far it is."""

    def tell(self, done: int, total: int) -> None:
        """Says it to the people who wait, and that the work still goes on; cheap enough for every row."""


Work = Callable[[Job, Progress], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """`work` may be carried out more than once: it must leave alone what an earlier try has done.

    `gives_way`: all other jobs that are due come first, because this one waits for somebody else's server.
    """

    name: str
    work: Work
    tries: int
    gives_way: bool = False


KINDS: dict[str, Kind] = {}


def job_kind(name: str, *, tries: int = 5, gives_way: bool = False) -> Callable[[Work], Work]:
    """Registers the decorated function as the work of all jobs of that kind.

    It is called within the institution's scope and outside any transaction, with the job (`job.arguments`)
    and a `Progress`, and returns plain facts for `job.result`. A Refusal it raises ends the job with that
    message; anything else is tried again, up to `tries` times. It must call `progress.tell` at least every
    minute: after `worker.SILENT_FOR` without a word the job is given to another worker.
    """

    def register(work: Work) -> Work:
        if name in KINDS:
            raise ValueError(f"there are two kinds of job named {name}")
        KINDS[name] = Kind(name, work, tries, gives_way)
        return work

    return register
