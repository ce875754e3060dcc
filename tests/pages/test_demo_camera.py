"""The camera demo: there only with a demo institution; the page works by the API with a token of minutes."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import audit
from accounts.models import ApiToken, Institution, User
from accounts.tenancy import within
from exams.delivery import expiry
from proctor_site.kernel import clock
from proctoring.models import MonitoringSession, OutsideSession
from proctoring.pages import demo_camera
from tests.capture import RED, frame, scripted  # noqa: F401
from tests.factories.tokens import client_with

BASE, TOKEN = "/demo/camera/", "/demo/camera/token/"


@pytest.fixture
def demo_college(institution: Institution) -> Institution:
    with within(institution):
        audit.record(institution, institution, demo_camera.MADE_FOR_DEMO)
    return institution


def _a_start(lent: dict[str, Any], who: str = "visitor-1") -> dict[str, Any]:
    """What the page's script sends."""
    consent = {
        "camera": True,
        "microphone": False,
        "face_comparison": False,
        "agreed_at": clock.now().isoformat(),
        "notice_url": "http://testserver/demo/camera/",
        "notice_version": "1",
        "asked_by": "The page of the camera demo",
    }
    return {
        "sitting": lent["sitting"],
        "candidate_id": who,
        "candidate_name": "Visitor",
        "consent": consent,
    }


def _visitor(browser_of: Any) -> tuple[APIClient, dict[str, Any]]:
    lent = browser_of(None).post(TOKEN).json()
    return client_with(lent["token"]), lent


@pytest.mark.django_db
def test_without_a_demo_there_is_no_page(institution: Institution, browser_of: Any) -> None:
    visitor = browser_of(None)
    assert visitor.get(BASE).status_code == 404
    assert visitor.post(TOKEN).status_code == 404
    assert not ApiToken.objects.with_scopes_disabled().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("scripted")
def test_a_visitor_begins_sees_figures_and_leaves_nothing(demo_college: Institution, browser_of: Any) -> None:
    assert "Before you begin" in browser_of(None).get(BASE).content.decode()
    api, lent = _visitor(browser_of)
    other, _ = _visitor(browser_of)
    made = api.post(lent["sessions"], _a_start(lent)).json()
    one = f"{lent['sessions']}{made['id']}/"
    about = {"x-sequence": "1", "x-captured-at": str(clock.now().timestamp() * 1000)}
    sent = api.generic("POST", one + "frames/", frame(RED), content_type="image/jpeg", headers=about)
    assert sent.json()["accepted"]
    assert api.get(one + "metrics/").json()["frames_analysed"] == 1
    assert api.get(one + "alerts/").json()["results"] == []
    assert {other.get(one + "metrics/").status_code, other.delete(one).status_code} == {404}
    assert api.post(one + "end/").status_code == 200
    assert api.delete(one).status_code == 204
    assert api.get(one).status_code == 404
    with within(demo_college):
        assert not OutsideSession.objects.exists()
        session = MonitoringSession.objects.get()
    assert (session.state, session.candidate.name) == ("ended", "erased person")


@pytest.mark.django_db
def test_the_token_is_bounded(
    demo_college: Institution, browser_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, lent = _visitor(browser_of)
    assert api.post(lent["sessions"], _a_start(lent)).status_code == 201
    assert api.post(lent["sessions"], _a_start(lent, "visitor-2")).data["code"] == "one_at_a_time"
    assert api.get("/api/v1/institution/members/").status_code == 403
    monkeypatch.setattr(demo_camera, "_LENT", 1)
    assert browser_of(None).post(TOKEN).status_code == 429
    later = clock.now() + demo_camera.LENT_FOR + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert api.get(lent["sessions"]).data["code"] == "token_expired"


@pytest.mark.django_db
def test_who_left_without_stopping_is_deleted_with_the_next_visitor_and_places_are_limited(
    demo_college: Institution, browser_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_camera, "MOST_AT_ONCE", 1)
    api, lent = _visitor(browser_of)
    made = api.post(lent["sessions"], _a_start(lent)).json()
    full = browser_of(None).post(TOKEN)
    assert (full.status_code, full.json()["code"]) == (409, "full")
    assert api.post(f"{lent['sessions']}{made['id']}/end/").status_code == 200
    assert browser_of(None).post(TOKEN).status_code == 200
    with within(demo_college):
        assert not OutsideSession.objects.exists()


@pytest.mark.django_db
def test_visitors_leave_neither_tokens_nor_sessions_nor_more_accounts(
    demo_college: Institution, browser_of: Any
) -> None:
    accounts = User.objects.filter(email__startswith="token-")
    api, lent = _visitor(browser_of)
    assert api.post(lent["sessions"], _a_start(lent)).status_code == 201
    _visitor(browser_of)
    assert accounts.count() == 2, "each has one of their own while both are there"
    with clock.at(clock.now() + timedelta(minutes=30)):
        expiry.sweep()
        demo_camera.clear_left()
        with within(demo_college):
            assert not ApiToken.objects.exists() and not OutsideSession.objects.exists()
        _visitor(browser_of)
        _visitor(browser_of)
        assert accounts.count() == 2, "both serve again"
        _visitor(browser_of)
        assert accounts.count() == 3
