"""Extra time for a whole sitting in the admin: looked at first, given once, taken back, not for everybody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Allowance, Attempt, Sitting
from proctor_site.kernel import clock
from tests.admin.exams_forms import formset
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting


@pytest.fixture
def attempt(institution: Institution, candidate: User) -> Attempt:
    return make_attempt(enrol(make_sitting(make_exam(institution)), candidate))


def address(sitting: Sitting) -> str:
    return f"/admin/exams/sitting/{sitting.pk}/time/"


def test_look_give_once_take_back(
    institution: Institution, attempt: Attempt, officer: User, browser_of: Callable[..., Client]
) -> None:
    browser, place = browser_of(officer), address(attempt.enrolment.sitting)
    before = attempt.deadline_at
    assert before is not None
    batch = browser.get(place).context["form"].initial["batch"]
    body = {"minutes": 10, "reason": "Heating failed", "batch": str(batch)}
    asked = browser.post(place, body | {"act": "look"})
    assert "Give 10 minutes to everybody?" in asked.content.decode()
    with within(institution):
        assert not Allowance.objects.exists()
    for _ in range(2):
        assert browser.post(place, body | {"act": "give"}, follow=True).status_code == 200
    attempt.refresh_from_db()
    assert attempt.deadline_at == before + timedelta(minutes=10)
    page = browser.post(place, {"batch": str(batch), "act": "take_back"}, follow=True)
    assert "Taken back from 1 candidate" in page.content.decode()
    attempt.refresh_from_db()
    assert attempt.deadline_at == before


def test_mistakes_are_named(attempt: Attempt, officer: User, browser_of: Callable[..., Client]) -> None:
    body = {"minutes": 0, "reason": "", "batch": "x", "act": "give"}
    page = browser_of(officer).post(address(attempt.enrolment.sitting), body)
    assert {"minutes", "reason", "batch"} == set(page.context["form"].errors)


def test_an_allowance_on_the_page_of_an_enrolment_moves_the_deadline(
    attempt: Attempt, officer: User, browser_of: Callable[..., Client]
) -> None:
    browser, before = browser_of(officer), attempt.deadline_at
    assert before is not None
    place = f"/admin/exams/enrolment/{attempt.enrolment_id}/change/"
    row = {"extra_minutes": 15, "factor": 1, "break_minutes": 5, "calculator": "none", "reason": "agreed"}
    page = browser.post(place, formset("allowances", row), follow=True)
    assert page.redirect_chain, page.context["errors"]
    attempt.refresh_from_db()
    assert attempt.deadline_at == before + timedelta(minutes=15)


def test_lost_time_is_given_back_to_everybody_once(
    attempt: Attempt, officer: User, browser_of: Callable[..., Client]
) -> None:
    sitting, browser = attempt.enrolment.sitting, browser_of(officer)
    # Where clocks are changed, minutes before now may not exist, or exist twice.
    Sitting._base_manager.update(time_zone="UTC")
    Attempt._base_manager.update(started_at=attempt.started_at - timedelta(minutes=30))
    now = clock.now().replace(tzinfo=None, microsecond=0)
    body = {"started": now - timedelta(minutes=5), "ended": now - timedelta(minutes=2), "why": "Alarm"}
    asked = browser.post(address(sitting), body | {"act": "look_lost"})
    assert "Give this time back to everybody?" in asked.content.decode()
    for _ in range(2):
        assert browser.post(address(sitting), body | {"act": "credit"}, follow=True).status_code == 200
    attempt.refresh_from_db()
    assert attempt.credited_seconds == 180
    wrong = browser.post(address(sitting), body | {"ended": body["started"], "act": "credit"})
    assert set(wrong.context["lost"].errors) == {"ended"}
