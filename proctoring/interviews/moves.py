"""One move of an interview: its state, both logs, and the e-mails it brings. For this package alone."""

from collections.abc import Mapping
from typing import Any

from accounts import audit
from accounts.models import User
from accounts.transitions import apply_move
from proctor_site.kernel import clock
from proctoring import states
from proctoring.models import Interview
from proctoring.models.reply import CaseMailKind
from proctoring.rights import mails

_TELLS_CANDIDATE = {
    "offer_again": CaseMailKind.INTERVIEW_OFFERED,
    "cancel": CaseMailKind.INTERVIEW_OFF,
    "miss": CaseMailKind.INTERVIEW_OFF,
    "lapse": CaseMailKind.INTERVIEW_OFF,
}
_TELLS_STAFF = ("agree", "ask_again", "decline", "lapse")


def apply(
    interview: Interview,
    verb: str,
    *,
    actor: User | None,
    values: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Moves it in the caller's transaction; the case's own log tells of it too. Raises IllegalMove."""
    apply_move(interview, states.INTERVIEW, verb, actor=actor, values=values, detail=detail)
    note(interview, verb, actor=actor, detail=detail)
    if verb in _TELLS_CANDIDATE:
        tell_candidate(interview, _TELLS_CANDIDATE[verb])
    if verb in _TELLS_STAFF:
        people = [each for each in (interview.host, interview.offered_by) if each != actor]
        mails.tell_of_interview(interview, CaseMailKind.INTERVIEW_NEWS, people, occasion=_occasion(interview))


def note(
    interview: Interview, verb: str, *, actor: User | None, detail: Mapping[str, Any] | None = None
) -> None:
    """Writes it into the log of the case, which its history shows."""
    said = {"interview": interview.number, **(detail or {})}
    audit.record(interview.institution, interview.case, f"case.interview_{verb}", actor=actor, detail=said)


def tell_candidate(interview: Interview, kind: CaseMailKind) -> None:
    """One e-mail to the candidate about where the interview stands now."""
    candidate = interview.case.session.candidate
    if candidate is not None:
        mails.tell_of_interview(interview, kind, [candidate], occasion=_occasion(interview))


def _occasion(interview: Interview) -> str:
    return f"{interview.pk}:{interview.state}:{clock.now().isoformat()}"
