"""The review in a real browser, by keyboard alone."""

from typing import Any

from playwright.sync_api import expect

from accounts.models import AuditEntry, User
from proctoring.models import Incident, MonitoringSession
from proctoring.observations import ObservationKind
from tests.e2e.browsers import Console
from tests.factories.proctoring import make_incident
from tests.watched_sitting import keep_pictures, keep_sound


def test_an_incident_is_decided_by_keyboard_alone(
    open_as: Any, session: MonitoringSession, reviewer: User
) -> None:
    older = make_incident(session, kind=ObservationKind.CAMERA_COVERED)
    found = make_incident(session, kind=ObservationKind.SEVERAL_FACES)
    for each in (older, found):
        keep_pictures(each, 3)
    _, page = open_as(reviewer, "/admin/proctoring/incident/")
    link = page.locator("#result_list tbody tr").first.get_by_role("link", name="Carla Candidate")
    for _ in range(80):
        page.keyboard.press("Tab")
        if link.evaluate("node => node === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Several faces: Carla Candidate")
    caption = page.locator("#stage-caption")
    expect(caption).to_contain_text("2 of 3")
    expect(page.locator("#stage-picture")).to_have_js_property("naturalWidth", 64)
    page.keyboard.press("ArrowRight")
    expect(caption).to_contain_text("3 of 3")
    page.keyboard.press("e")
    dialog = page.locator("#picture-dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(dialog).to_contain_text("2 of 3")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text("Camera covered: Carla Candidate")
    page.wait_for_load_state()  # its scripts listen for keys now; the words stood there before
    page.keyboard.press("k")
    expect(page.locator("h1")).to_have_text("Several faces: Carla Candidate")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.keyboard.type("a duck, i.e. no person; j k")
    assert Incident._base_manager.get(pk=found.pk).review_state == "unreviewed"
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.locator(".messagelist")).to_contain_text("Several faces, Carla Candidate is dismissed.")
    expect(page.locator("h1")).to_have_text("Camera covered: Carla Candidate")
    decided = Incident._base_manager.get(pk=found.pk)
    assert (decided.review_state, decided.review_note) == ("dismissed", "a duck, i.e. no person; j k")
    assert decided.reviewer == reviewer


def test_blocked_keys_explain_themselves_and_keys_can_be_switched_off(
    open_as: Any, incident: Incident, reviewer: User
) -> None:
    _, page = open_as(reviewer, f"/admin/proctoring/incident/{incident.pk}/change/")
    page.keyboard.press("r")
    expect(page.locator("#decide-problem")).to_have_text("Nothing has been decided yet.")
    page.get_by_label("Use these keys").uncheck()
    page.keyboard.press("u")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.get_by_label("Use these keys")).not_to_be_checked()
    page.keyboard.press("u")
    page.wait_for_timeout(500)
    assert Incident._base_manager.get(pk=incident.pk).review_state == "unreviewed"


def test_a_recording_is_heard_by_keys_and_outlives_its_link(
    open_as: Any, session: MonitoringSession, reviewer: User, console: Console
) -> None:
    make_incident(session, kind=ObservationKind.CAMERA_COVERED)
    found = make_incident(session, kind=ObservationKind.ANOTHER_VOICE)
    keep_sound(found)
    keep_sound(found, sequence=1)
    _, page = open_as(reviewer, f"/admin/proctoring/incident/{found.pk}/change/")
    player, other = page.locator("clip-player").first, page.locator("clip-player").last
    expect(player.get_by_role("button", name="Play", exact=True)).to_be_visible()
    # As after ten minutes: the link of the page is refused, and a fresh one is asked for.
    page.evaluate("() => { document.querySelector('audio').src += 'x'; }")
    console.allow("403")
    page.keyboard.press("p")
    page.keyboard.press("l")
    expect(player.locator("[data-slot=status]")).to_have_text("Loop from 0:00 to 0:02.")
    expect(player.locator("[data-slot=caption]")).to_contain_text("[another voice]", timeout=15_000)
    page.keyboard.press("<")
    expect(player.locator("[data-slot=speed]")).to_have_text("0.75×")
    page.keyboard.press("k")
    expect(player.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("j")
    expect(player.get_by_label("Place in the recording")).to_have_js_property("value", "1")
    other.get_by_role("button", name="Play", exact=True).click()
    player.get_by_role("button", name="Play", exact=True).click()
    expect(other.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")  # the page's own again
    expect(page.locator("h1")).to_have_text("Camera covered: Carla Candidate")
    views = AuditEntry._base_manager.filter(verb="evidence.viewed", actor=reviewer)
    assert views.count() == 2, "one for each link that played, however many parts were fetched"
