"""Counts what became of each capture, for the figures of the machine room."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from proctor_site.kernel.errors import Overloaded, Refusal, Unavailable
from proctor_site.kernel.figures import CAPTURES

Taken = ParamSpec("Taken")
Answer = TypeVar("Answer")
SHED, LOST, REFUSED, LEFT_OUT, TAKEN = "shed", "lost", "refused", "left_out", "taken"
_BY_CODE = {"overloaded": SHED, "analysis_interrupted": LOST}


def counted(kind: str) -> Callable[[Callable[Taken, Answer]], Callable[Taken, Answer]]:
    """Counts each call under `kind`: taken, left_out (repeated, paused ...), shed, lost, refused."""

    def around(accept: Callable[Taken, Answer]) -> Callable[Taken, Answer]:
        @wraps(accept)
        def counting(*args: Taken.args, **kwargs: Taken.kwargs) -> Answer:
            try:
                answer = accept(*args, **kwargs)
            except (Overloaded, Unavailable):
                note(kind, SHED)
                raise
            except Refusal:
                note(kind, REFUSED)
                raise
            code = str(getattr(answer, "code", ""))
            was_taken = getattr(answer, "accepted", True)
            note(kind, _BY_CODE.get(code) or (TAKEN if was_taken else LEFT_OUT))
            return answer

        return counting

    return around


def note(kind: str, outcome: str) -> None:
    """One capture that did not come as far as being accepted or refused."""
    CAPTURES.labels(kind, outcome).inc()
