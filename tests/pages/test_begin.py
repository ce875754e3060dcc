"""The page on which a person begins a sitting, and what waiting candidates see before and after."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution, User
from exams import states
from exams.models import Sitting
from proctor_site.kernel import clock
from proctoring.models import LiveEvent
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page

BrowserOf = Callable[..., Client]


@pytest.fixture
def sitting(institution: Institution, proctor: User) -> Sitting:
    opened = clock.now() - timedelta(minutes=5)
    return make_sitting(make_exam(institution), proctors=[proctor], begins="person", opens_at=opened)


def address(sitting: Sitting) -> str:
    return f"/i/north-college/sittings/{sitting.pk}/begin/"


def test_a_proctor_begins_and_waiting_pages_hear_it(
    sitting: Sitting, proctor: User, candidate: User, browser_of: BrowserOf
) -> None:
    attempt = make_attempt(enrol(sitting, candidate), state=states.READY)
    waiting = browser_of(candidate).get(attempt_page(attempt, "waiting")).content.decode()
    assert "As soon as a proctor begins the exam" in waiting
    client = browser_of(proctor)
    assert "1 of 1" in client.get(address(sitting)).content.decode()
    assert "Begin the sitting" in client.get(f"/i/north-college/watch/{sitting.pk}/").content.decode()
    done = client.post(address(sitting), follow=True).content.decode()
    assert "The sitting has begun." in done and "Begin the sitting now" not in done
    told = LiveEvent.objects.with_scopes_disabled().filter(attempt=attempt, audience="candidate")
    assert [each.kind for each in told] == ["attempt.moved"]
    waiting = browser_of(candidate).get(attempt_page(attempt, "waiting")).content.decode()
    assert "As soon as a proctor begins the exam" not in waiting


@pytest.mark.parametrize("who", ["candidate", "second_proctor", "reviewer", "foreign_officer"])
def test_others_do_not_begin_it(sitting: Sitting, request: Any, browser_of: BrowserOf, who: str) -> None:
    answer = browser_of(request.getfixturevalue(who)).post(address(sitting))
    assert answer.status_code in (403, 404)
    sitting.refresh_from_db()
    assert sitting.begun_at is None


def test_the_place_in_the_queue_is_shown(
    institution: Institution, candidate: User, second_candidate: User, browser_of: BrowserOf
) -> None:
    opened = clock.now() - timedelta(seconds=20)
    sitting = make_sitting(make_exam(institution), starts_per_minute=1, opens_at=opened)
    make_attempt(enrol(sitting, second_candidate), state=states.READY)
    attempt = make_attempt(enrol(sitting, candidate), state=states.READY)
    text = browser_of(candidate).get(attempt_page(attempt, "waiting")).content.decode()
    assert "Your place in the queue is 2" in text
