"""The one next step of a candidate in a sitting: which page, and what its button says."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.http import Http404, HttpRequest
from django.urls import reverse

from accounts.pages.guards import person_of
from exams import states
from exams.delivery import queries
from exams.delivery.queries import SittingRow
from exams.models import Attempt
from proctor_site.kernel.errors import NotFound


class Page(StrEnum):
    """The pages of an attempt, by the name of their address. The check-in and exam pages may be watched."""

    CHECK_IN = "attempt_check_in"
    WAITING = "attempt_waiting"
    EXAM = "attempt_exam"
    QUESTIONS = "attempt_questions"
    DONE = "attempt_done"


PAGE_OF_STATE = {
    states.SCHEDULED: Page.CHECK_IN,
    states.CHECKING_IN: Page.CHECK_IN,
    states.READY: Page.WAITING,
    states.IN_PROGRESS: Page.EXAM,
    states.PAUSED: Page.EXAM,
    states.OVERDUE: Page.EXAM,
    states.SUBMITTED: Page.DONE,
    states.TERMINATED: Page.DONE,
    states.REFUSED: Page.DONE,
    states.MISSED: Page.DONE,
    states.ABANDONED: Page.DONE,
}
_LABELS = {
    states.SCHEDULED: "Check in",
    states.CHECKING_IN: "Continue check-in",
    states.READY: "Continue",
    states.IN_PROGRESS: "Continue the exam",
    states.PAUSED: "Continue the exam",
    states.OVERDUE: "Hand in now",
    states.SUBMITTED: "View receipt",
}


AGAIN = "Practise again"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a candidate can do now. `note` explains in words; `url` is empty when nothing can be done.

    A step that `opens` the attempt is a form (POST), every other one a link.
    """

    note: str
    label: str = ""
    url: str = ""
    opens: bool = False


def next_step(row: SittingRow, now: datetime) -> NextStep:
    """The step of one line of the dashboard at `now`."""
    sitting, attempt, slug = row.sitting, row.attempt, row.enrolment.institution.slug
    if may_practise_again(row, now):
        url = reverse("enrolment", args=[slug, row.enrolment.pk])
        note = "You can practise as often as you like, each time with a new paper."
        return NextStep(note, AGAIN, url, opens=True)
    if attempt is not None and attempt.thrown_away_at is not None:
        return NextStep("Practice is over, and your practice data is deleted.")
    if attempt is not None and attempt.state not in states.WAITING:
        note = NOTES.get(attempt.state, "")
        return NextStep(note, _LABELS.get(attempt.state, "See what happened"), _address(slug, attempt))
    if sitting.cancelled_at is not None:
        return NextStep("This sitting has been cancelled. Your exam office can tell you about another date.")
    if now > row.latest_start:
        return NextStep("The time to start is over. If you had a reason, tell your exam office.")
    if now < row.check_in_opens_at:
        return NextStep("Nothing to do yet: check-in opens an hour before the exam.")
    if attempt is None or attempt.state == states.SCHEDULED:
        url = reverse("enrolment", args=[slug, row.enrolment.pk])
        return NextStep("Check-in is open.", _LABELS[states.SCHEDULED], url, opens=True)
    return NextStep("", _LABELS[attempt.state], _address(slug, attempt))


def may_practise_again(row: SittingRow, now: datetime) -> bool:
    """Whether a practice attempt is over and another one can be begun."""
    attempt, sitting = row.attempt, row.sitting
    if not sitting.is_practice or attempt is None or attempt.state not in states.ENDED:
        return False
    return sitting.cancelled_at is None and row.check_in_opens_at <= now <= row.latest_start


NOTES = {
    states.OVERDUE: "The time is up. Hand in now: the grace period is running.",
    states.SUBMITTED: "Handed in.",
    states.TERMINATED: "A proctor has ended this exam.",
    states.REFUSED: "You were not let in at check-in.",
    states.MISSED: "The time to start passed before the exam was started.",
    states.ABANDONED: "This exam was not handed in. Your answers are kept.",
}


def url_of(attempt: Attempt, page: Page | None = None) -> str:
    """Address of a page of the attempt; without `page`, of the one that its state leads to."""
    return _address(attempt.institution.slug, attempt, page)


def _address(slug: str, attempt: Attempt, page: Page | None = None) -> str:
    return reverse(page or PAGE_OF_STATE[attempt.state], args=[slug, attempt.pk])


def api_url_of(attempt: Attempt) -> str:
    """Address under which the attempt's calls are found, with a slash at the end."""
    return f"/api/v1/attempts/{attempt.pk}/"


def own_attempt(request: HttpRequest, attempt_id: int) -> Attempt:
    """The attempt if the signed-in person is its candidate; Http404 for everybody else."""
    try:
        return queries.own_attempt(person_of(request), attempt_id)
    except NotFound as refusal:
        raise Http404(refusal.message) from refusal
