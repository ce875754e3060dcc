"""Announcements stand in the candidate's pages from the first byte, also for who comes late or reloads."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.delivery import announcements
from exams.models import Attempt
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.papers import items

BrowserOf = Callable[..., Client]


@pytest.fixture
def attempt(institution: Institution, candidate: User, officer: User) -> Attempt:
    """Running, after one announcement to all and one clarification."""
    attempt = make_attempt(enrol(make_sitting(make_exam(institution)), candidate))
    with within(institution):
        question = items(attempt)[1].version.question
        sitting = attempt.enrolment.sitting
        announcements.announce(sitting, actor=officer, text="To all </script>")
        announcements.announce(sitting, actor=officer, text="Of the second", question=question)
    return attempt


def known(client: Client, attempt: Attempt, page: str) -> list[tuple[str, Any]]:
    text = client.get(f"/i/north-college/attempts/{attempt.pk}/{page}/").content.decode()
    found = re.search(r'<script id="known-announcements" type="application/json">(.*?)</script>', text)
    assert found is not None
    return [(each["text"], each["position"]) for each in json.loads(found[1])]


@pytest.mark.parametrize("page", ["exam", "questions"])
def test_the_exam_page_knows_all(browser_of: BrowserOf, attempt: Attempt, candidate: User, page: str) -> None:
    wanted = [("To all </script>", None), ("Of the second", 2)]
    assert known(browser_of(candidate), attempt, page) == wanted


def test_the_waiting_page_knows_what_is_for_everybody(
    browser_of: BrowserOf, attempt: Attempt, candidate: User
) -> None:
    Attempt._base_manager.filter(pk=attempt.pk).update(state=states.READY, started_at=None)
    assert known(browser_of(candidate), attempt, "waiting") == [("To all </script>", None)]


def test_times_are_read_in_the_candidates_zone(
    browser_of: BrowserOf, attempt: Attempt, candidate: User
) -> None:
    candidate.time_zone = "Asia/Tokyo"
    candidate.save()
    text = browser_of(candidate).get(f"/i/north-college/attempts/{attempt.pk}/exam/").content.decode()
    assert 'data-zone="Asia/Tokyo"' in text
