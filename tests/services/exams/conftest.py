"""Attempts on papers that are opened piece by piece."""

import pytest

from accounts.models import Institution, User
from exams.models import Attempt, Section, SectionQuestion
from exams.models.exam import Navigation
from tests.factories.exams import enrol, make_attempt, make_exam, make_question, make_sitting
from tests.papers import THREE


@pytest.fixture
def forward(scoped: Institution, candidate: User) -> Attempt:
    exam = make_exam(scoped, kinds=THREE, navigation=Navigation.FORWARD)
    return make_attempt(enrol(make_sitting(exam), candidate))


@pytest.fixture
def timed(scoped: Institution, candidate: User) -> Attempt:
    """Two sections: 20 minutes, then one without a limit; an hour of working time."""
    exam = make_exam(scoped, kinds=THREE[:2], minutes=20)
    second = Section.objects.create(institution=scoped, exam=exam, title="Part two", position=2)
    question = make_question(scoped, "essay")
    SectionQuestion.objects.create(institution=scoped, section=second, question=question)
    return make_attempt(enrol(make_sitting(exam), candidate))
