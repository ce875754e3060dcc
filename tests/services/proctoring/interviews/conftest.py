"""A case that was read once, its reader and somebody who has not read it."""

import pytest

from accounts.models import Institution, User
from accounts.roles import Role
from exams.models import Attempt
from proctoring import states
from proctoring.models import Case
from tests.factories.accounts import make_member
from tests.factories.cases import make_case


@pytest.fixture
def second(institution: Institution) -> User:
    return make_member(institution, Role.REVIEWER, name="Sigrid Second")


@pytest.fixture
def case(attempt: Attempt, reviewer: User) -> Case:
    """Read once, by `reviewer`."""
    return make_case(attempt, state=states.CASE_FIRST_READ, readers=(reviewer,))
