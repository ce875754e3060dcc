"""The people of every access test: members of one institution, a stranger, and members of another one."""

import pytest

from accounts.models import Institution, User
from accounts.roles import Role
from tests.factories.accounts import make_institution, make_member, make_user


@pytest.fixture
def institution(db: None) -> Institution:
    return make_institution("North College", "north-college")


@pytest.fixture
def other_institution(db: None) -> Institution:
    return make_institution("South School", "south-school")


@pytest.fixture
def admin_member(institution: Institution) -> User:
    return make_member(institution, Role.ADMIN, name="Ada Admin")


@pytest.fixture
def author(institution: Institution) -> User:
    return make_member(institution, Role.AUTHOR, name="Arno Author")


@pytest.fixture
def officer(institution: Institution) -> User:
    return make_member(institution, Role.EXAM_OFFICER, name="Olga Officer")


@pytest.fixture
def proctor(institution: Institution) -> User:
    return make_member(institution, Role.PROCTOR, name="Petra Proctor")


@pytest.fixture
def second_proctor(institution: Institution) -> User:
    return make_member(institution, Role.PROCTOR, name="Quentin Proctor")


@pytest.fixture
def reviewer(institution: Institution) -> User:
    return make_member(institution, Role.REVIEWER, name="Rita Reviewer")


@pytest.fixture
def candidate(institution: Institution) -> User:
    return make_member(institution, Role.CANDIDATE, name="Carla Candidate")


@pytest.fixture
def second_candidate(institution: Institution) -> User:
    return make_member(institution, Role.CANDIDATE, name="David Candidate")


@pytest.fixture
def stranger(db: None) -> User:
    """Signed in, but a member of no institution."""
    return make_user(name="Simon Stranger")


@pytest.fixture
def foreign_officer(other_institution: Institution) -> User:
    return make_member(other_institution, Role.EXAM_OFFICER, name="Fiona Officer")


@pytest.fixture
def foreign_proctor(other_institution: Institution) -> User:
    return make_member(other_institution, Role.PROCTOR, name="Felix Proctor")


@pytest.fixture
def foreign_candidate(other_institution: Institution) -> User:
    return make_member(other_institution, Role.CANDIDATE, name="Frida Candidate")
