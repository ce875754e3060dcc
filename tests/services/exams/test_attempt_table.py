"""Every verb of an attempt from every state: moves as the table says, or is refused and changes nothing."""

import pytest

from accounts.models import Institution, User
from exams import states
from exams.delivery import attempts, time_up
from exams.models import Attempt
from proctor_site.kernel.errors import Conflict, IllegalMove
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

CALLS = {
    "check_in": lambda attempt: attempts.check_in(attempt, actor=None),
    "admit": lambda attempt: attempts.admit(attempt, actor=None),
    "start": lambda attempt: attempts.start(attempt, actor=None, device="other"),
    "pause": lambda attempt: attempts.pause(attempt, actor=None, reason="r"),
    "resume": lambda attempt: attempts.resume(attempt, actor=None),
    "terminate": lambda attempt: attempts.terminate(attempt, actor=None, reason="r"),
    "reinstate": lambda attempt: attempts.reinstate(attempt, actor=None),
    "refuse": lambda attempt: attempts.refuse(attempt, actor=None, reason="r"),
    "submit": lambda attempt: attempts.submit(attempt, actor=None, ended_by="candidate"),
    "lapse": lambda attempt: attempts.lapse(attempt, actor=None),
    "accept": lambda attempt: time_up.accept(attempt, actor=attempt.enrolment.candidate, reason="r"),
}


@pytest.mark.parametrize("state", states.STATES)
@pytest.mark.parametrize("verb", sorted(CALLS))
def test_verbs_follow_the_table(scoped: Institution, candidate: User, verb: str, state: str) -> None:
    """A verb that the table does not allow is refused and changes nothing (a repeat of submit aside)."""
    attempt = make_attempt(enrol(make_sitting(make_exam(scoped)), candidate), state=state)
    before = Attempt.objects.filter(pk=attempt.pk).values().get()
    if states.ATTEMPT.allows(state, verb) and verb != "lapse":
        assert CALLS[verb](attempt).state == states.ATTEMPT.target(state, verb)
        return
    if (verb, state) == ("submit", states.SUBMITTED):
        CALLS[verb](attempt)
    else:
        with pytest.raises(Conflict) as refusal:
            CALLS[verb](attempt)
        is_repeat = verb == "start" and state in states.RUNNING
        is_early = verb == "lapse" and state in states.WAITING
        assert isinstance(refusal.value, IllegalMove) != (is_repeat or is_early)
    assert Attempt.objects.filter(pk=attempt.pk).values().get() == before
