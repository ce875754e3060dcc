"""The office makes a practice sitting with one action, is warned of real questions, and sees it marked."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.tenancy import within
from exams.models import Sitting
from proctor_site.kernel import clock
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session


@pytest.fixture
def sitting(institution: Any, candidate: User) -> Sitting:
    now = clock.now()
    made = make_sitting(
        make_exam(institution, title="Algebra"),
        title="Autumn",
        opens_at=now + timedelta(days=9),
        closes_at=now + timedelta(days=10),
    )
    enrol(made, candidate)
    return made


def form_of(sitting: Sitting, **changes: Any) -> dict[str, Any]:
    now = clock.now().astimezone(sitting.zone).replace(tzinfo=None)
    shown = [moment.strftime("%Y-%m-%dT%H:%M") for moment in (now, now + timedelta(days=2))]
    return {
        "exam": sitting.exam_id,
        "opens": shown[0],
        "closes": shown[1],
        "practice_days": 4,
        "with_candidates": "on",
        **changes,
    }


def practice_of(sitting: Sitting) -> Sitting | None:
    with within(sitting.institution):
        return Sitting.objects.filter(is_practice=True).first()


def test_the_officer_is_warned_and_chooses(sitting: Sitting, officer: User, browser_of: Any) -> None:
    client, address = browser_of(officer), f"/admin/exams/sitting/{sitting.pk}/practice/"
    assert address in client.get(f"/admin/exams/sitting/{sitting.pk}/change/").content.decode()
    page = client.get(address).content.decode()
    assert "shows its real questions" in page
    assert f"/admin/exams/exam/{sitting.exam_id}/copy/" in page
    refused = client.post(address, form_of(sitting))
    assert "tick this if they may be seen" in refused.content.decode()
    assert practice_of(sitting) is None
    made = client.post(address, form_of(sitting, shows_real="on"), follow=True)
    assert "1 candidate enrolled" in made.content.decode()
    found = practice_of(sitting)
    assert found is not None
    assert (found.practice_days, found.exam_id) == (4, sitting.exam_id)


def test_another_exam_needs_no_confirmation(
    sitting: Sitting, officer: User, browser_of: Any, institution: Any
) -> None:
    other = make_exam(institution, title="Algebra for practice")
    address = f"/admin/exams/sitting/{sitting.pk}/practice/"
    browser_of(officer).post(address, form_of(sitting, exam=other.pk, with_candidates=""))
    found = practice_of(sitting)
    assert found is not None
    with within(institution):
        assert (found.exam_id, found.enrolments.count()) == (other.pk, 0)


def test_a_window_that_is_too_short_is_named_and_nothing_is_lost(
    sitting: Sitting, officer: User, browser_of: Any
) -> None:
    given = form_of(sitting, shows_real="on", practice_days=11)
    given["closes"] = given["opens"]
    answer = browser_of(officer).post(f"/admin/exams/sitting/{sitting.pk}/practice/", given)
    assert "must close after it opens" in answer.content.decode()
    assert 'value="11"' in answer.content.decode()
    assert practice_of(sitting) is None


def test_lists_mark_practice_and_leave_its_incidents_out(
    sitting: Sitting, candidate: User, officer: User, browser_of: Any, institution: Any
) -> None:
    practice = make_sitting(make_exam(institution), title="Try it", is_practice=True)
    attempt = make_attempt(enrol(practice, candidate))
    incident = make_incident(make_session(attempt))
    client = browser_of(officer)
    sittings = client.get("/admin/exams/sitting/").content.decode()
    assert "Practice: Try it" in sittings
    assert "practice: not watched" in sittings
    for address in ("attempt/", f"attempt/{attempt.pk}/change/", f"sitting/{practice.pk}/candidates/"):
        assert "Practice: Try it" in client.get(f"/admin/exams/{address}").content.decode(), address
    own = f"/admin/proctoring/incident/{incident.pk}/change/"
    assert own not in client.get("/admin/proctoring/incident/").content.decode()
    assert own in client.get(f"/admin/proctoring/incident/?sitting={practice.pk}").content.decode()
