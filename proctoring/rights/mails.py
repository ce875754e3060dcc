"""Writes the e-mails about a case into the outbox, each only once, and asks the job to send them."""

from accounts.jobs.services import enqueue
from accounts.models import User
from proctor_site.kernel import clock
from proctoring.models import Case, CaseMail, Interview
from proctoring.models.reply import CaseMailKind

JOB = "proctoring.send_case_mails"

OF_MOVE = {
    "open_reply_window": CaseMailKind.REPLY_OPENED,
    "decide": CaseMailKind.DECIDED,
    "appeal": CaseMailKind.APPEAL_RECEIVED,
    "decide_appeal": CaseMailKind.APPEAL_DECIDED,
}
"""Moves that the candidate is told of. Not "clear": who was never asked anything is not alarmed by a mail."""


def tell_candidate(case: Case, kind: CaseMailKind, *, occasion: str = "") -> None:
    """One e-mail to the candidate; the same kind and occasion again: none."""
    if case.session.candidate is not None:
        _write(case, kind, [case.session.candidate], occasion)


def tell_staff(case: Case) -> None:
    """That the case is ready to decide: to who has it, else to those who have read it."""
    people = [case.assigned_to] if case.assigned_to else [case.first_reader, case.second_reader]
    _write(case, CaseMailKind.READY, [each for each in people if each is not None], _window_name(case))


def follow_move(case: Case, verb: str) -> None:
    """Tells the candidate of a move, in its transaction."""
    kind = OF_MOVE.get(verb)
    if kind is not None:
        tell_candidate(case, kind, occasion=_window_name(case))


def remind(case: Case) -> None:
    """That the reply window ends soon; once for each window."""
    tell_candidate(case, CaseMailKind.REPLY_REMINDER, occasion=_window_name(case))


def tell_of_interview(interview: Interview, kind: CaseMailKind, people: list[User], *, occasion: str) -> None:
    """One e-mail to each; the same kind and occasion again: none."""
    _write(interview.case, kind, people, occasion, interview)


def _window_name(case: Case) -> str:
    return case.released_at.isoformat() if case.released_at else ""


def _write(
    case: Case,
    kind: CaseMailKind,
    people: list[User],
    occasion: str,
    interview: Interview | None = None,
) -> None:
    now = clock.now()
    rows = [
        CaseMail(
            institution=case.institution,
            case=case,
            interview=interview,
            kind=kind,
            to=each,
            occasion=occasion,
            written_at=now,
        )
        for each in {each.pk: each for each in people}.values()
    ]
    CaseMail.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        enqueue(case.institution, JOB, title="Send e-mails about cases", actor=None, key=JOB)
