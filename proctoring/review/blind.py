"""Who is shown whose attempt it is: readers judge what they see, not whom."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import Institution
from proctoring.models import Case, MonitoringSession
from proctoring.review.masks import Words, as_written, hiding
from proctoring.review.terms import terms_of
from proctoring.states import CASE_UNREAD

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # without I, O and Q, which are read as digits
_KEPT = "_is_first_reading_blind"


@dataclass(frozen=True, slots=True)
class Shown:
    """How one viewer is shown whose attempt it is; `words` takes the name out of what people wrote."""

    name: str
    is_hidden: bool = False
    words: Words = as_written

    def naming(self, session: MonitoringSession) -> Callable[[Any], str]:
        """A function that names people: the candidate as here, others by their names."""
        return lambda person: (
            self.name if getattr(person, "pk", None) == session.candidate_id else str(person)
        )


def pseudonym_for(session: MonitoringSession) -> str:
    """A short word such as "K738", the same for the session each time; not unique, the case number is."""
    digest = hashlib.sha256(f"pseudonym:{session.public_id}".encode()).digest()
    return f"{_LETTERS[digest[0] % len(_LETTERS)]}{int.from_bytes(digest[1:3]) % 900 + 100}"


def is_blind_for(case: Case, viewer: object) -> bool:
    """Whether the viewer is not shown who the candidate is.

    From the opening of the case until its second reading is given, except for who has given a reading; and
    only where the institution reads blind.
    """
    if case.state not in CASE_UNREAD or not _reads_blind(case):
        return False
    viewer_id = getattr(viewer, "pk", None)
    return not (case.first_reader_id is not None and case.first_reader_id == viewer_id)


def name_for(case: Case, viewer: object) -> str:
    """The name of the candidate, or "Candidate K738" for whom it is hidden from."""
    candidate = case.session.candidate
    if candidate is None:
        return f"Session {str(case.session.public_id)[:8]}"
    return f"Candidate {case.pseudonym}" if is_blind_for(case, viewer) else str(candidate)


def shown_for(case: Case, viewer: object) -> Shown:
    """How the page of the case names its candidate."""
    candidate, name = case.session.candidate, name_for(case, viewer)
    if candidate is None or not is_blind_for(case, viewer):
        return Shown(name)
    return Shown(name, True, hiding(candidate.name, candidate.email, name))


def shown_in(session: MonitoringSession, viewer: object) -> Shown:
    """The same on pages about one session: hidden from readers as on the page of its case, where it has one.

    Proctors who do not read cases watched the person; to them nothing is hidden.
    """
    case: Case | None = getattr(session, "case", None) if _reads_cases(viewer) else None
    return shown_for(case, viewer) if case is not None else Shown(str(session.candidate or "outside session"))


def naming_in_list(viewer: object, here: Institution) -> Callable[[MonitoringSession], str]:
    """The same for many sessions: needs `case` and `candidate` of each fetched along."""
    is_reader = _reads_cases(viewer)

    def name_of(session: MonitoringSession) -> str:
        case: Case | None = getattr(session, "case", None) if is_reader else None
        if case is None:
            return str(session.candidate or "outside session")
        case.session, case.institution = session, here
        return name_for(case, viewer)

    return name_of


def hidden_from(viewer: object, here: Institution) -> Q:
    """Which cases hide the name from the viewer, so that a search for names does not give it away."""
    if not _reads_cases(viewer) or not terms_of(here).is_blind:
        return Q(pk__in=[])
    read_by = Q(first_reader__isnull=False, first_reader=getattr(viewer, "pk", None))
    return Q(state__in=CASE_UNREAD) & ~read_by


def _reads_cases(viewer: object) -> bool:
    return bool(getattr(viewer, "has_perm", bool)("proctoring.read_case"))


def _reads_blind(case: Case) -> bool:
    institution = case.institution
    kept: bool | None = getattr(institution, _KEPT, None)
    if kept is None:  # once per request: the institution in hand is the request's
        kept = terms_of(institution).is_blind
        setattr(institution, _KEPT, kept)
    return kept
