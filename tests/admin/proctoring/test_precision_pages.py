"""The pages on precision and on trying numbers: what they show, who may act, how many queries they cost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.jobs import worker
from accounts.models import AuditEntry, Job, User
from accounts.tenancy import within
from proctoring.ingest.ending import end_session
from proctoring.models import (
    DetectorPrecision,
    DetectorStanding,
    Incident,
    MonitoringSession,
    Policy,
    PolicyAssignment,
    PrecisionTerms,
)
from proctoring.review.intervals import Figures
from tests.admin.proctoring.test_policies import form
from tests.capture import RED, FrameFeed, frame, scripted  # noqa: F401

PAGE = "/admin/proctoring/detectorprecision/"
BrowserOf = Callable[..., Client]


def count(session: MonitoringSession, kind: str = "phone", **fields: Any) -> None:
    with within(session.institution):
        DetectorPrecision.objects.create(institution=session.institution, kind=kind, **fields)


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_it_shows_each_detector_by_light_with_links_to_the_incidents(
    browser_of: BrowserOf, officer: User, session: MonitoringSession
) -> None:
    count(session, light="dark", upheld=2, dismissed=6)
    count(session, light="ordinary", upheld=12, inconclusive=3)
    count(session, "tab_hidden", upheld=3)
    page = browser_of(officer).get(PAGE).content.decode()
    assert Figures(14, 6).words in page
    assert "too few verdicts yet (3)" in page
    assert "?kind__exact=phone&amp;light__exact=dark&amp;review_state__exact=dismissed" in page
    assert (
        page.count('<svg class="precision-drawing"') == 3
    )  # phone, dark, ordinary: of three verdicts nothing is drawn
    assert 'style="' not in page.partition('id="content"')[2]


def test_nobody_decided_yet(browser_of: BrowserOf, officer: User, session: MonitoringSession) -> None:
    assert "Nobody here has decided about an incident yet" in browser_of(officer).get(PAGE).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 20])
def test_the_number_of_queries_is_fixed(
    browser_of: BrowserOf,
    officer: User,
    session: MonitoringSession,
    number: int,
    django_assert_num_queries: Any,
) -> None:
    for each in range(number):
        count(session, f"kind_{each}", upheld=each, dismissed=6)
        with within(session.institution):
            DetectorStanding.objects.create(
                institution=session.institution, kind=f"kind_{each}", rule="a" * 12, state="advisory"
            )
    client = browser_of(officer)
    client.get(PAGE)
    with django_assert_num_queries(12):
        client.get(PAGE)


def test_an_advisory_detector_is_brought_back_with_a_reason(
    browser_of: BrowserOf, officer: User, proctor: User, session: MonitoringSession
) -> None:
    count(session, rule="a" * 12, dismissed=25)
    with within(session.institution):
        standing = DetectorStanding.objects.create(
            institution=session.institution, kind="phone", rule="a" * 12, state="advisory", dismissed=25
        )
    banner = browser_of(proctor).get("/admin/proctoring/incident/").content.decode()
    assert "Advisory here: Phone." in banner
    wall = browser_of(proctor).get(f"/i/{session.institution.slug}/watch/{session.sitting_id}/")
    assert "Advisory here: Phone." in wall.content.decode()

    client = browser_of(officer)
    assert "Phone is advisory" in client.get(PAGE).content.decode()
    refused = client.post(f"{PAGE}{standing.pk}/bring-back/", {"reason": ""}, follow=True)
    assert "Say why it may alarm again" in refused.content.decode()
    done = client.post(f"{PAGE}{standing.pk}/bring-back/", {"reason": "New lamps."}, follow=True)
    assert "alarms again" in done.content.decode()
    entry = AuditEntry._base_manager.get(verb="detectorstanding.bring_back")
    assert (entry.actor, entry.detail["reason"]) == (officer, "New lamps.")
    assert "Phone is advisory" not in client.get(PAGE).content.decode()


def test_terms_are_checked_and_audited(
    browser_of: BrowserOf, officer: User, session: MonitoringSession
) -> None:
    client = browser_of(officer)
    wrong = client.post(f"{PAGE}terms/", {"floor_percent": "100", "least_verdicts": "30"})
    assert wrong.status_code == 400
    assert 'value="100"' in wrong.content.decode()  # what was typed is still there
    assert client.post(f"{PAGE}terms/", {"floor_percent": "60", "least_verdicts": "30"}).status_code == 302
    terms = PrecisionTerms._base_manager.get()
    assert (terms.floor_percent, terms.least_verdicts, terms.by_itself) == (60, 30, False)
    assert AuditEntry._base_manager.get(verb="precisionterms.changed").detail["floor_percent"] == 60


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("scripted")
def test_numbers_are_tried_on_a_past_sitting_and_nothing_is_saved(
    browser_of: BrowserOf, officer: User, session: MonitoringSession
) -> None:
    with within(session.institution):
        feed = FrameFeed(session)
        for letter in "pp---ppppp------ppp":
            feed.send(frame(RED) if letter == "p" else frame())
        end_session(session, actor=None, reason="submit")
        policy = Policy.objects.create(institution=session.institution, name="Calm")
        PolicyAssignment.objects.create(
            institution=session.institution, exam=session.sitting.exam, policy=policy
        )
        Incident.objects.update(review_state="upheld")
    client = browser_of(officer)
    address = f"/admin/proctoring/policy/{policy.pk}/try/"
    page = client.get(f"/admin/proctoring/policy/{policy.pk}/change/").content.decode()
    assert f'value="sitting:{session.sitting_id}"' in page

    typed = form("Calm", **{"rule-no_face-persist_seconds": "60", "try_on": f"sitting:{session.sitting_id}"})
    asked = client.post(address, typed)
    assert asked.status_code == 302
    worker.work()
    assert Job._base_manager.get().state == "done"
    told = text_of(client.get(asked.headers["Location"]).content.decode())
    assert "1 would not have been raised (of these, people upheld 1 , dismissed 0)" in told
    assert str(session.candidate) in told
    assert Policy._base_manager.get().rules == {}  # nothing was saved

    same = client.post(address, typed | {"rule-no_face-persist_seconds": ""})
    worker.work()
    told = text_of(client.get(same.headers["Location"]).content.decode())
    assert "0 would not have been raised, 0 more would have been" in told
    assert "1 stay as they are" in told

    wrong = client.post(address, typed | {"rule-no_face-min_frames": "none"})
    assert "please correct frames to open" in wrong.content.decode()
    nowhere = client.post(address, typed | {"try_on": "sitting:0"}, follow=True)
    assert "Nobody was watched under this policy there" in nowhere.content.decode()
