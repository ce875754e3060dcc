"""Enrolments, allowances, attempts and journals in the admin; what lists cost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams import states
from exams.delivery.journal import save_batch
from exams.models import (
    Allowance,
    Attempt,
    Enrolment,
    JournalEntry,
)
from tests.admin.exams_forms import errors_of, formset, url
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

Browser = Callable[..., Client]


def test_allowances_are_for_the_office_only(
    institution: Institution, officer: User, proctor: User, candidate: User, browser_of: Browser
) -> None:
    enrolment = enrol(make_sitting(make_exam(institution)), candidate)
    row = {"extra_minutes": "10", "factor": "1.25", "break_minutes": "0", "reason": "Broken hand"}
    row["calculator"] = "none"
    row["enrolment"] = str(enrolment.pk)
    client = browser_of(officer)
    response = client.post(url("enrolment_change", enrolment.pk), formset("allowances", row))
    assert response.status_code == 302
    with within(institution):
        allowance = Allowance.objects.get()
        assert (allowance.extra_minutes, float(allowance.factor)) == (10, 1.25)
        assert AuditEntry.objects.get().verb == "enrolment.changed"
    assert "Broken hand" in client.get(url("enrolment_change", enrolment.pk)).content.decode()
    seen = browser_of(proctor).get(url("enrolment_change", enrolment.pk))
    assert seen.status_code == 200
    assert "Broken hand" not in seen.content.decode()


def test_enrolments_are_added_withdrawn_and_given_back(
    institution: Institution, officer: User, candidate: User, foreign_candidate: User, browser_of: Browser
) -> None:
    sitting = make_sitting(make_exam(institution))
    client = browser_of(officer)
    body = {"sitting": sitting.pk, **formset("allowances")}
    errors = errors_of(client.post(url("enrolment_add"), {**body, "candidate": foreign_candidate.pk}))
    assert list(errors) == ["candidate"]
    assert client.post(url("enrolment_add"), {**body, "candidate": candidate.pk}).status_code == 302
    with within(institution):
        enrolment = Enrolment.objects.get()
    listing = url("enrolment_changelist")
    client.post(listing, {"action": "withdraw", "_selected_action": [enrolment.pk]})
    enrolment.refresh_from_db()
    assert enrolment.withdrawn_at is not None
    client.post(listing, {"action": "give_back", "_selected_action": [enrolment.pk]})
    enrolment.refresh_from_db()
    assert enrolment.withdrawn_at is None
    make_attempt(enrolment)
    page = client.post(listing, {"action": "withdraw", "_selected_action": [enrolment.pk]}, follow=True)
    assert "terminate the attempt instead" in page.content.decode()


def test_an_attempt_is_read_with_answers_and_a_checked_journal(
    institution: Institution, officer: User, reviewer: User, candidate: User, browser_of: Browser
) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(institution)), candidate))
    with within(institution):
        item = attempt.paper.get(position=1)
        change = {"client_sequence": 1, "item": item.pk, "value": "c", "client_at": "2026-11-23T10:00:00Z"}
        save_batch(attempt, device="device-1", changes=[change])
    client = browser_of(reviewer)
    page = client.get(url("attempt_change", attempt.pk)).content.decode()
    assert "Bern" in page and "Whole: 1 entries" in page
    assert (
        "Question"
        in client.get(url("journalentry_changelist"), {"attempt__id__exact": attempt.pk}).content.decode()
    )
    with within(institution):
        JournalEntry.objects.update(value="a")
    assert "BROKEN at entry 1" in client.get(url("attempt_change", attempt.pk)).content.decode()
    assert browser_of(officer).post(url("attempt_change", attempt.pk), {"state": "ready"}).status_code == 403
    attempt.refresh_from_db()
    assert attempt.state == states.IN_PROGRESS


@pytest.mark.parametrize("who", ["proctor", "author", "candidate", "stranger", "foreign_officer"])
def test_attempts_are_for_office_and_reviewers(
    institution: Institution, second_candidate: User, request: Any, browser_of: Browser, who: str
) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(institution)), second_candidate))
    client = browser_of(request.getfixturevalue(who))
    for address in (
        url("attempt_change", attempt.pk),
        url("attempt_changelist"),
        url("journalentry_changelist"),
    ):
        assert second_candidate.name not in client.get(address, follow=True).content.decode()


LISTS = ["exam", "sitting", "enrolment", "attempt", "journalentry"]


@pytest.mark.parametrize("name", [*(f"{each}_changelist" for each in LISTS), "sitting_candidates"])
def test_lists_cost_the_same_for_any_length(
    institution: Institution,
    officer: User,
    candidate: User,
    author: User,
    reviewer: User,
    browser_of: Browser,
    name: str,
) -> None:
    sitting = make_sitting(make_exam(institution), proctors=[officer])
    client = browser_of(officer)

    def add_row(person: User) -> None:
        make_sitting(make_exam(institution))
        attempt = make_attempt(enrol(sitting, person))
        with within(institution):
            item = attempt.paper.get(position=1)
            change = {
                "client_sequence": 1,
                "item": item.pk,
                "value": "c",
                "client_at": "2026-11-23T10:00:00Z",
            }
            save_batch(attempt, device="device-1", changes=[change])

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            address = url(name, sitting.pk) if name == "sitting_candidates" else url(name)
            assert client.get(address).status_code == 200
        return len(queries)

    add_row(candidate)
    with_one = cost()
    add_row(author)
    add_row(reviewer)
    assert cost() == with_one <= 16


def test_an_attempt_of_another_institution_looks_missing(
    institution: Institution, foreign_officer: User, candidate: User, browser_of: Browser
) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(institution)), candidate))
    response = browser_of(foreign_officer).get(url("attempt_change", attempt.pk))
    assert response.status_code == 302
    with within(institution):
        assert Attempt.objects.count() == 1
