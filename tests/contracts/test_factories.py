"""The makers of test rows make rows that the database accepts, in every state."""

import pytest

from accounts.models import Institution, User
from accounts.permissions import roles_of
from accounts.tenancy import within
from exams import states
from exams.models import PaperItem
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session


def test_people_have_their_roles(institution: Institution, officer: User, stranger: User) -> None:
    assert roles_of(officer, institution) == {"exam_officer"}
    assert roles_of(stranger, institution) == frozenset()


@pytest.mark.parametrize("state", states.STATES)
def test_an_attempt_in_every_state(institution: Institution, candidate: User, state: str) -> None:
    kinds = ("single_choice", "essay")
    attempt = make_attempt(enrol(make_sitting(make_exam(institution, kinds=kinds)), candidate), state=state)
    incident = make_incident(make_session(attempt))
    with within(institution):
        drawn = list(
            PaperItem.objects.filter(attempt=attempt).values_list("version__question__kind", flat=True)
        )
    is_drawn = state in (states.READY, *states.RUNNING, *states.MARKED, states.ABANDONED)
    assert drawn == (list(kinds) if is_drawn else [])
    assert incident.session.attempt == attempt
