"""Regrading as the exam officer does it: choose, see who changes, do it."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Institution, User
from exams.marking.services import result_of
from exams.models import Regrade, Sitting
from tests.factories.exams import make_exam, make_sitting
from tests.factories.marking import hand_in, item_of

Browser = Callable[..., Client]


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    return make_sitting(make_exam(scoped, kinds=("true_false", "single_choice"), points=2))


def test_preview_then_regrade(sitting: Sitting, candidate: User, officer: User, browser_of: Browser) -> None:
    attempt = hand_in(sitting, candidate, true_false=False, single_choice="b")
    question = item_of(attempt, "true_false").version.question
    client = browser_of(officer)
    text = client.get(f"/i/north-college/results/{sitting.pk}/regrade/").content.decode()
    address = f"/i/north-college/results/regrade/{question.pk}/"
    assert address in text
    assert client.get(f"{address}?sitting={sitting.pk}").status_code == 200
    assert client.post(address, {"mode": "full"}).status_code == 400
    body = {"mode": "full", "version": "", "points": "", "sittings": [sitting.pk], "reason": "Unclear."}
    text = client.post(address, body).content.decode()
    assert "now passed" in text and "Carla Candidate" in text and "0.00 of 4.00" in text
    assert result_of(attempt).points == 0
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', text)
    assert found is not None
    stale = client.post(address, body | {"digest": "0" * 64})
    assert stale.status_code == 400 and "have changed since the preview" in stale.content.decode()
    text = client.post(address, body | {"digest": found[1]}, follow=True).content.decode()
    assert "1 attempts have other points now" in text and "Unclear." in text
    assert result_of(attempt).points == 2 and Regrade.objects.count() == 1
    assert (
        "Full points for everybody"
        in client.get(f"/i/north-college/results/attempts/{attempt.pk}/").content.decode()
    )
