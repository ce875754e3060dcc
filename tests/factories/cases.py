"""Cases for tests, brought to a state the way people bring them there."""

from datetime import timedelta

from accounts.models import User
from accounts.roles import Role
from accounts.tenancy import within
from exams import states as attempt_states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring import states
from proctoring.models import Case, MonitoringSession
from proctoring.models.case import OpenedFor
from proctoring.review import cases, readings, verdicts
from tests.factories.accounts import make_member
from tests.factories.exams import make_attempt
from tests.factories.proctoring import make_session


def make_ended_session(attempt: Attempt) -> MonitoringSession:
    """The monitoring session of the attempt, over."""
    now = clock.now()
    return make_session(
        attempt, state=states.SESSION_ENDED, started_at=now - timedelta(hours=1), ended_at=now
    )


def make_case(
    subject: Attempt | MonitoringSession,
    *,
    state: str = states.CASE_OPEN,
    verdict: str = "breach",
    readers: tuple[User, ...] = (),
    opened_for: str = OpenedFor.INCIDENTS,
) -> Case:
    """The case of an attempt or ended session in `state`, read by `readers` (or by new reviewers).

    In `decided` and `appealed` the reply window is past and the verdict is `verdict`.
    """
    session = make_ended_session(subject) if isinstance(subject, Attempt) else subject
    institution = session.institution
    path = (states.CASE_FIRST_READ, states.CASE_SECOND_READ, states.CASE_REPLY_WINDOW, states.CASE_DECIDED)
    steps = (*path, states.CASE_APPEALED)
    wanted = steps.index(state) + 1 if state in steps else 0
    with within(institution):
        case = cases.open_case(session, opened_for)
        Case.objects.filter(pk=case.pk).update(reads_twice=False)  # left to chance otherwise
        case.reads_twice = False
        people = [*readers]
        while len(people) < min(wanted, 2):
            people.append(make_member(institution, Role.REVIEWER))
        if wanted and verdict == "no_concern":
            readings.give(case, actor=people[0], verdict=verdict)
            return case
        for reader in people[: min(wanted, 2)]:
            readings.give(case, actor=reader, verdict=verdict, note="See the incidents.")
        if wanted >= 3:
            verdicts.open_reply_window(case, actor=people[0], told="A second person was heard.")
        if wanted >= 4:
            assert session.candidate is not None
            verdicts.say_all(case, candidate=session.candidate)
            verdicts.decide(case, actor=people[0], verdict=verdict, told="It was a breach.")
        if wanted >= 5:
            assert session.candidate is not None
            verdicts.appeal(case, candidate=session.candidate, text="It was the radio.")
    return case


def ended_attempt(enrolment: object) -> Attempt:
    """A handed-in attempt of the enrolment."""
    return make_attempt(enrolment, state=attempt_states.SUBMITTED)  # type: ignore[arg-type]
