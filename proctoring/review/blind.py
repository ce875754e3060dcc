"""Who is shown whose attempt it is: readers judge what they see, not whom (decisions 0130, 0159)."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q

from accounts.masks import Words, as_written, hiding
from accounts.models import Institution
from accounts.naming import hides_names, number_of
from accounts.permissions import roles_of
from accounts.roles import Role
from proctor_site.kernel import clock
from proctoring.models import Case, MonitoringSession
from proctoring.review.terms import terms_of
from proctoring.states import CASE_APPEALED, CASE_UNREAD

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # without I, O and Q, which are read as digits
_KEPT = "_is_first_reading_blind"
_RUNS_EXAMS = frozenset({Role.PROCTOR.value, Role.EXAM_OFFICER.value, Role.ADMIN.value})
HELD = timedelta(hours=12)
"""So long after a look a case counts as in a person's hands, where they have not given it back."""


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

    From the opening of the case until its second reading is given, and again while an appeal waits; except
    for who has given a reading or decided, and only where the institution reads blind.
    """
    if case.state not in (*CASE_UNREAD, CASE_APPEALED) or not _reads_blind(case):
        return False
    viewer_id = getattr(viewer, "pk", None)
    return viewer_id is None or viewer_id not in (
        case.first_reader_id,
        case.second_reader_id,
        case.decided_by_id,
    )


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
    number = number_of(candidate, case.institution)
    return Shown(name, True, hiding(candidate.name, candidate.email, name, number))


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
    """Which cases hide the name from the viewer: `is_blind_for` on rows."""
    if not _reads_cases(viewer, here) or not terms_of(here).is_blind:
        return Q(pk__in=[])
    knows = Q(pk__in=[])
    for part in ("first_reader", "second_reader", "decided_by"):
        knows |= Q(**{f"{part}__isnull": False, part: getattr(viewer, "pk", None)})
    return Q(state__in=(*CASE_UNREAD, CASE_APPEALED)) & ~knows


@hides_names
def nameless_for(viewer: Any, here: Institution) -> Mapping[int, str]:
    """People without a name for the viewer on every page that ties a person to an attempt.

    For who only reviews, the people of all cases that hide the name from them. Who also runs exams needs
    names for that: the people of the cases in their hands (given to them, or looked at within `HELD`).
    """
    if not _reads_cases(viewer, here):
        return {}
    rows = Case._base_manager.filter(hidden_from(viewer, here), institution=here)
    rows = rows.exclude(session__candidate=None).exclude(session__candidate=viewer.pk)
    if roles_of(viewer, here) & _RUNS_EXAMS:
        now = clock.now()
        looked = Q(looks__reader=viewer.pk, looks__last_at__gt=now - HELD)
        rows = rows.filter(Q(assigned_to=viewer.pk) | looked).distinct()
    found = rows.order_by().values_list("session__candidate", "pseudonym")
    return {person: f"Candidate {pseudonym}" for person, pseudonym in found}


def _reads_cases(viewer: object, here: Institution | None = None) -> bool:
    has_perm = getattr(viewer, "has_perm", None)
    return has_perm is not None and bool(has_perm("proctoring.read_case", here))


def _reads_blind(case: Case) -> bool:
    institution = case.institution
    kept: bool | None = getattr(institution, _KEPT, None)
    if kept is None:  # once per request: the institution in hand is the request's
        kept = terms_of(institution).is_blind
        setattr(institution, _KEPT, kept)
    return kept
