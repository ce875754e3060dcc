"""Policies in the admin: rules checked before they are stored, and the policy of an exam on its page."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Exam
from proctoring.models import Policy, PolicyAssignment
from proctoring.observations import ObservationKind
from tests.factories.exams import make_exam

URL = "/admin/proctoring/policy/"
BrowserOf = Callable[..., Client]
MODES = tuple(kind.value for kind in ObservationKind)


def form(rules: str = "{}", name: str = "Strict", **more: Any) -> dict[str, Any]:
    return {"name": name, "camera_required": "on", **dict.fromkeys(MODES, "on"), "rules": rules, **more}


def test_an_officer_makes_a_policy(browser_of: BrowserOf, officer: User, institution: Institution) -> None:
    rules = '{"no_face": {"persist_seconds": 5, "severity": "low"}}'
    assert browser_of(officer).post(f"{URL}add/", form(rules)).status_code == 302
    made = Policy._base_manager.get(name="Strict")
    assert (made.institution, made.rules) == (institution, json.loads(rules))


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("{", "Enter a valid JSON"),
        ("[1]", "rules: The changes must be an object of detectors."),
        ('{"nose": {}}', "rules.nose: There is no detector &#x27;nose&#x27;"),
        ('{"no_face": {"persist_seconds": "5"}}', "rules.no_face.persist_seconds: This must be a number."),
        ('{"no_face": {"share": 2}}', "rules.no_face.share: This must be from 0 to 1."),
        ('{"no_face": {"min_frames": 0}}', "rules.no_face.min_frames: This must be a whole number"),
    ],
)
def test_rules_that_make_no_sense_are_refused(
    browser_of: BrowserOf, officer: User, rules: str, words: str
) -> None:
    answer = browser_of(officer).post(f"{URL}add/", form(rules))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Policy._base_manager.exists()


@pytest.mark.parametrize(
    ("who", "may_look", "may_write"),
    [
        ("officer", True, True),
        ("admin_member", True, True),
        ("reviewer", True, False),
        ("proctor", True, False),
        ("author", True, False),
    ],
)
def test_who_reads_and_who_writes(
    request: pytest.FixtureRequest,
    browser_of: BrowserOf,
    institution: Institution,
    who: str,
    may_look: bool,
    may_write: bool,
) -> None:
    client = browser_of(request.getfixturevalue(who))
    assert (client.get(URL).status_code == 200) is may_look
    assert (client.post(f"{URL}add/", form()).status_code == 302) is may_write
    assert Policy._base_manager.exists() is may_write


def test_a_foreign_policy_is_not_found(
    browser_of: BrowserOf, officer: User, other_institution: Institution
) -> None:
    foreign = Policy._base_manager.create(institution=other_institution, name="Theirs")
    client = browser_of(officer)
    for rest in ("change/", "delete/", "history/"):
        assert client.get(f"{URL}{foreign.pk}/{rest}").status_code == 404


def exam_form(exam: Exam, policy: Any) -> dict[str, Any]:
    section = exam.sections.get()
    return {
        "title": exam.title,
        "instructions": "",
        "pass_percentage": "50",
        "calculator": "none",
        "sections-TOTAL_FORMS": "1",
        "sections-INITIAL_FORMS": "1",
        "sections-0-id": section.pk,
        "sections-0-exam": exam.pk,
        "sections-0-title": section.title,
        "sections-0-position": section.position,
        "sections-0-navigation": section.navigation,
        "policy_assignment-TOTAL_FORMS": "1",
        "policy_assignment-INITIAL_FORMS": "0",
        "policy_assignment-0-policy": policy,
    }


def test_an_exam_gets_its_policy_on_its_own_page(
    browser_of: BrowserOf, officer: User, institution: Institution
) -> None:
    exam = make_exam(institution)
    policy = Policy._base_manager.create(institution=institution, name="Strict")
    with within(institution):
        data = exam_form(exam, policy.pk)
    answer = browser_of(officer).post(f"/admin/exams/exam/{exam.pk}/change/", data)
    assert answer.status_code == 302, answer.context["errors"]
    found = PolicyAssignment._base_manager.get()
    assert (found.exam, found.policy, found.institution) == (exam, policy, institution)


def test_a_foreign_policy_cannot_be_chosen(
    browser_of: BrowserOf, officer: User, institution: Institution, other_institution: Institution
) -> None:
    exam = make_exam(institution)
    foreign = Policy._base_manager.create(institution=other_institution, name="Theirs")
    with within(institution):
        data = exam_form(exam, foreign.pk)
    client = browser_of(officer)
    answer = client.post(f"/admin/exams/exam/{exam.pk}/change/", data)
    assert answer.status_code == 200
    assert "Theirs" not in client.get(f"/admin/exams/exam/{exam.pk}/change/").content.decode()
    assert not PolicyAssignment._base_manager.exists()
