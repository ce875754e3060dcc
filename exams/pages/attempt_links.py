"""Links that packages above this one add to pages about an attempt: its end, its result, the start page."""

from collections.abc import Callable
from dataclasses import dataclass

from exams.models import Attempt


@dataclass(frozen=True, slots=True)
class AttemptLink:
    """One link, and a sentence that says what is behind it."""

    label: str
    url: str
    note: str


Maker = Callable[[Attempt, str], AttemptLink | None]
"""From the attempt and the slug of its institution; asked for each line of the start page: no queries."""
_LINKS: list[Maker] = []


def attempt_link(make: Maker) -> Maker:
    """Registers what makes a link about an attempt for its candidate; None: there is nothing to link to."""
    _LINKS.append(make)
    return make


def links_about(attempt: Attempt, slug: str) -> list[AttemptLink]:
    """The links that the attempt has."""
    return [link for make in _LINKS if (link := make(attempt, slug)) is not None]
