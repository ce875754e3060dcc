"""The proctor's page in a real browser: live without reload, by keyboard, after a lost connection."""

import re
from typing import Any

from playwright.sync_api import expect

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams.models import Attempt, Sitting, SittingProctor
from proctoring.incidents.queries import incident_shape
from proctoring.live.publish import record_event
from proctoring.models import Incident, MonitoringSession
from proctoring.observations import ObservationKind, Severity
from tests.e2e.browsers import Console
from tests.factories.accounts import make_member
from tests.factories.proctoring import make_incident, make_session
from tests.watched_sitting import keep_pictures, more_attempts


def wall_of(sitting: Sitting) -> str:
    return f"/i/north-college/watch/{sitting.pk}/"


def tell(found: Incident, kind: str = "incident.opened") -> None:
    """Tells live pages about the incident as recording does."""
    with within(found.institution):
        payload = incident_shape(found)
        attempt = found.session.attempt
        where = {"audience": "proctors", "sitting": found.sitting, "attempt": attempt}
        record_event(found.institution, kind=kind, payload=payload, **where)


def test_an_incident_appears_without_reload_and_is_acknowledged(
    open_as: Any, sitting: Sitting, session: MonitoringSession, proctor: User
) -> None:
    _, page = open_as(proctor, wall_of(sitting))
    expect(page.locator("#page-state")).to_have_text("Live")
    expect(page.locator("#feed-empty")).to_be_visible()
    found = make_incident(session, kind=ObservationKind.SEVERAL_FACES, severity=Severity.HIGH)
    keep_pictures(found, 2)
    tell(found)
    entry = page.locator(f'[data-entry="{found.pk}"]')
    expect(entry).to_contain_text("several faces, Carla Candidate")
    expect(page.locator("#announcements")).to_have_text("New incident: several faces, Carla Candidate.")
    tile = page.locator("[data-tile]")
    expect(tile).to_contain_text("1 incident, high")
    picture = entry.locator("img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 64)
    tell(found)  # said twice: shown once
    found.count = 25
    found.explanation = "2 faces in 25 of 25 frames over 25 s."
    found.save()
    tell(found, "incident.extended")
    expect(entry).to_contain_text("25 of 25 frames")
    expect(page.locator("[data-entry]")).to_have_count(1)
    entry.get_by_role("button", name="Acknowledge").click()
    expect(entry).to_contain_text("acknowledged")
    expect(tile).not_to_contain_text("1 incident")
    assert Incident._base_manager.get(pk=found.pk).review_state == "acknowledged"


def test_what_happened_while_offline_is_there_after_the_return(
    open_as: Any, sitting: Sitting, session: MonitoringSession, proctor: User, console: Console
) -> None:
    context, page = open_as(proctor, wall_of(sitting))
    console.allow("ERR_INTERNET_DISCONNECTED")
    console.allow("WebSocket connection")
    expect(page.locator("#page-state")).to_have_text("Live")
    before = make_incident(session)
    tell(before)
    expect(page.locator("[data-entry]")).to_have_count(1)
    context.set_offline(True)
    expect(page.locator("#page-state")).to_contain_text("Offline since")
    missed = make_incident(session, kind=ObservationKind.CAMERA_COVERED)
    tell(missed)
    page.wait_for_timeout(1_500)
    expect(page.locator("[data-entry]")).to_have_count(1)
    context.set_offline(False)
    expect(page.locator("#page-state")).to_have_text("Live", timeout=30_000)
    expect(page.locator("[data-entry]")).to_have_count(2)
    expect(page.locator("[data-entry]").first).to_have_attribute("data-entry", str(missed.pk))
    expect(page.locator("[data-tile]")).to_contain_text("2 incidents, medium")


def test_filters_search_and_order_do_not_disturb_who_works(
    open_as: Any, sitting: Sitting, proctor: User, institution: Institution
) -> None:
    names = ("Ada Ash", "Bea Birk", "Cid Cole", "Dan Dorn")
    people = [make_member(institution, Role.CANDIDATE, name=name) for name in names]
    attempts = more_attempts(sitting, people)
    _, page = open_as(proctor, wall_of(sitting))
    expect(page.locator("#page-state")).to_have_text("Live")
    shown = page.locator("[data-tile]:visible h3")
    expect(shown).to_have_text(list(names))
    page.get_by_role("link", name="Ada Ash").focus()
    tell(make_incident(make_session(attempts[3]), severity=Severity.HIGH))
    expect(page.get_by_role("button", name="Needs attention")).to_contain_text("4")
    expect(page.locator("#sort-state")).to_have_text("1 candidate moved up.")
    page.wait_for_timeout(3_500)
    expect(shown).to_have_text(list(names))
    expect(page.get_by_role("link", name="Ada Ash")).to_be_focused()
    page.get_by_role("button", name="Sort now").click()
    expect(shown).to_have_text(["Dan Dorn", "Ada Ash", "Bea Birk", "Cid Cole"])
    page.get_by_label("Find a candidate by name or number").fill("b")
    expect(shown).to_have_text(["Bea Birk"])
    page.get_by_label("Find a candidate by name or number").fill("zzz")
    page.get_by_role("button", name="Show everybody").click()
    page.get_by_role("button", name="Ended").click()
    expect(page.locator("#no-match")).to_be_visible()


def test_pictures_whose_links_have_expired_get_fresh_ones(
    open_as: Any, sitting: Sitting, session: MonitoringSession, proctor: User, console: Console
) -> None:
    keep_pictures(make_incident(session), 1)
    console.allow("403")
    _, page = open_as(proctor, wall_of(sitting))
    picture = page.locator(".entry-picture img")
    expect(picture).to_have_js_property("naturalWidth", 64)
    picture.evaluate("image => { image.src = image.src.split('?')[0] + '?link=expired'; }")
    expect(picture).not_to_have_attribute("src", re.compile("link=expired"))
    expect(picture).to_have_js_property("naturalWidth", 64)
    page.locator(".entry-picture").click()
    large = page.locator("#picture-dialog img")
    expect(large).to_have_js_property("naturalWidth", 64)
    page.keyboard.press("Escape")
    expect(page.locator(".entry-picture")).to_be_focused()


def test_a_proctor_who_is_taken_off_the_sitting_is_told(
    open_as: Any, sitting: Sitting, attempt: Attempt, proctor: User
) -> None:
    _, page = open_as(proctor, wall_of(sitting))
    expect(page.locator("#page-state")).to_have_text("Live")
    SittingProctor._base_manager.filter(user=proctor).delete()
    expect(page.locator("#page-problem")).to_contain_text("You no longer watch this sitting.", timeout=20_000)
    expect(page.locator("#page-state")).to_contain_text("Offline since")


def test_somebody_enrolled_meanwhile_appears(
    open_as: Any, sitting: Sitting, attempt: Attempt, proctor: User, institution: Institution
) -> None:
    _, page = open_as(proctor, wall_of(sitting))
    expect(page.locator("#page-state")).to_have_text("Live")
    expect(page.locator("[data-tile]")).to_have_count(1)
    (late,) = more_attempts(sitting, [make_member(institution, Role.CANDIDATE, name="Lea Late")])
    tell(make_incident(make_session(late)))
    tile = page.locator("[data-tile]", has_text="Lea Late")
    expect(tile).to_contain_text("1 incident, medium", timeout=15_000)
    expect(page.locator("[data-entry]")).to_have_count(1)


def test_details_of_a_candidate_open_in_place(
    open_as: Any, sitting: Sitting, attempt: Attempt, incident: Incident, proctor: User
) -> None:
    _, page = open_as(proctor, wall_of(sitting))
    page.get_by_role("link", name=re.compile("^Carla Candidate:")).click()
    dialog = page.locator("#details-dialog")
    expect(dialog).to_contain_text(incident.explanation)
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_role("link", name=re.compile("^Carla Candidate:"))).to_be_focused()
