"""Candidates who are let in and wait for the start, in a scratch database; bench_starts runs it by itself."""

import itertools
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.models import Membership, User
from accounts.roles import Role
from accounts.tenancy import within
from exams import states
from exams.bank.paper import draw_paper
from exams.models import Exam, Sitting
from tests.conftest import BACKEND
from tests.factories.accounts import make_institution
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

QUESTIONS = 20
_numbers = itertools.count(1)


def seed(count: int) -> dict[str, Any]:
    """A sitting of `count` candidates with QUESTIONS questions in an institution of its own; papers drawn."""
    institution = make_institution(f"Start Hall {count}", f"start-hall-{count}")
    kinds = itertools.islice(
        itertools.cycle(["single_choice", "short_answer", "essay", "true_false"]), QUESTIONS
    )
    exam = make_exam(institution, kinds=list(kinds), shuffle_questions=True, shuffle_options=True)
    return {"slug": institution.slug, "questions": QUESTIONS, "hall": _hall(exam, count)}


def _hall(exam: Exam, count: int) -> list[dict[str, Any]]:
    sitting = make_sitting(exam)
    with within(exam.institution):
        return [_candidate(sitting, count) for _ in range(count)]


def _candidate(sitting: Sitting, hall: int) -> dict[str, Any]:
    number = next(_numbers)
    # No password: hashing it is what takes the time, and nobody signs in with it.
    user = User.objects.create(
        email=f"starter{number}-{hall}@example.org", name=f"Starter {number}", password="!"
    )
    Membership.objects.create(institution=sitting.institution, user=user, role=Role.CANDIDATE)
    attempt = make_attempt(enrol(sitting, user), state=states.READY, seed=number)
    paper = draw_paper(attempt)
    essay = next(item.pk for item in paper if item.version.question.kind == "essay")
    client = Client()
    client.force_login(user, backend=BACKEND)
    return {
        "attempt": attempt.pk,
        "item": essay,
        "cookie": client.cookies[settings.SESSION_COOKIE_NAME].value,
    }
