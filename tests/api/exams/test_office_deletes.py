"""What was made by token is deleted by token, by the rules of the office's pages, until somebody needs it."""

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams import states
from exams.models import Question, Sitting
from tests.api.exams.test_office_api import BASE, a_sitting
from tests.factories.exams import enrol, make_attempt, make_exam
from tests.factories.tokens import token_client


@pytest.fixture
def api(institution: Institution) -> APIClient:
    return token_client(institution)


def test_sections_exams_and_sittings_are_deleted_until_somebody_needs_them(
    api: APIClient, institution: Institution, candidate: User
) -> None:
    exam = make_exam(institution, kinds=["single_choice"])
    with within(institution):
        section = exam.sections.get()
        question = section.questions.get().question
    one, part = f"{BASE}exams/{exam.pk}/", f"{BASE}exams/{exam.pk}/sections/{section.pk}/"
    empty, full = (api.post(BASE + "sittings/", a_sitting(exam.pk)).json()["id"] for _ in range(2))
    assert (api.delete(one).status_code, api.delete(one).data["code"]) == (409, "used")
    with within(institution):
        enrolment = enrol(Sitting.objects.get(pk=full), candidate)
        make_attempt(enrolment, state=states.IN_PROGRESS)
    refused = api.delete(f"{BASE}sittings/{full}/")
    assert (refused.status_code, refused.data["code"]) == (409, "has_enrolments")
    assert api.delete(f"{BASE}sittings/{empty}/").status_code == 204
    assert api.get(f"{BASE}sittings/{empty}/").status_code == 404
    refused = api.delete(part)
    assert (refused.status_code, refused.data["code"]) == (409, "used")
    with within(institution):
        assert section.questions.exists(), "nothing of it went"
    later = api.post(one + "sections/", {"title": "Part two"}).json()["id"]
    placed = {"section": later, "question": question.pk, "points": "1"}
    assert api.post(one + "questions/", placed).status_code == 201
    assert api.delete(f"{one}sections/{later}/").status_code == 204
    with within(institution):
        assert Question.objects.filter(pk=question.pk).exists() and list(exam.sections.all()) == [section]
        deleted = AuditEntry.objects.filter(verb__endswith="deleted").order_by("pk")
        assert [each.verb for each in deleted] == ["sitting.deleted", "exam.section_deleted"]
    other = api.post(BASE + "exams/", {"title": "Made by mistake"}).json()["id"]
    api.post(f"{BASE}exams/{other}/sections/", {"title": "Part one"})
    assert api.delete(f"{BASE}exams/{other}/").status_code == 204
    assert api.get(f"{BASE}exams/{other}/").status_code == 404


def test_a_sitting_to_which_somebody_was_invited_is_not_deleted(
    api: APIClient, institution: Institution
) -> None:
    exam = make_exam(institution)
    sitting = api.post(BASE + "sittings/", a_sitting(exam.pk)).json()["id"]
    api.post(f"{BASE}sittings/{sitting}/enrolments/", {"candidates": [{"email": "new@example.org"}]})
    assert api.delete(f"{BASE}sittings/{sitting}/").data["code"] == "has_enrolments"
