"""Recordings on pages: in parts, logged once for each link, described, and only for who may hear them."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.audit import stream_of
from accounts.models import Institution, User
from proctoring.evidence import custody
from proctoring.models import EvidenceItem, Incident
from tests.watched_sitting import keep_sound, verbs_of

BrowserOf = Callable[..., Client]
SLUG = "north-college"


@pytest.fixture
def sound(incident: Incident) -> EvidenceItem:
    return keep_sound(incident)


def url_for(item: EvidenceItem, viewer: User) -> str:
    return custody.address_of(item.pk, viewer, SLUG)


def test_a_recording_comes_in_the_parts_that_are_asked_for(
    browser_of: BrowserOf, sound: EvidenceItem, proctor: User
) -> None:
    client, url = browser_of(proctor), url_for(sound, proctor)
    whole = client.get(url)
    assert (whole.status_code, whole["Content-Type"], len(whole.content)) == (200, "audio/wav", sound.size)
    part = client.get(url, headers={"range": "bytes=4-11"})
    assert (part.status_code, part.content) == (206, whole.content[4:12])
    assert part["Content-Range"] == f"bytes 4-11/{sound.size}"
    beyond = client.get(url, headers={"range": f"bytes={sound.size}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{sound.size}")
    for answer in (whole, part, beyond):
        assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert whole["Content-Disposition"] == f'inline; filename="evidence-{sound.pk}.wav"'


def test_a_link_is_logged_once_wherever_it_begins_to_listen(
    browser_of: BrowserOf, sound: EvidenceItem, proctor: User, reviewer: User, institution: Institution
) -> None:
    client, url = browser_of(proctor), url_for(sound, proctor)
    for part in ("bytes=5-", "bytes=0-", "bytes=100-200"):
        assert client.get(url, headers={"range": part}).status_code == 206
    assert verbs_of(institution, stream_of(sound)) == ["evidence.viewed"]
    browser_of(reviewer).get(url_for(sound, reviewer))
    assert verbs_of(institution, stream_of(sound)) == ["evidence.viewed"] * 2


def test_captions_need_the_same_link_and_right(
    browser_of: BrowserOf,
    sound: EvidenceItem,
    evidence: list[EvidenceItem],
    proctor: User,
    reviewer: User,
    second_proctor: User,
    institution: Institution,
) -> None:
    mine = custody.captions_address_of(sound.pk, proctor, SLUG)
    answer = browser_of(proctor).get(mine)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/vtt; charset=utf-8")
    assert answer["Cache-Control"] == "private, no-store"
    assert "00:00:01.000 --> 00:00:01.900\n[another voice]" in answer.content.decode()
    assert browser_of(reviewer).get(mine).status_code == 403
    theirs = custody.captions_address_of(sound.pk, second_proctor, SLUG)
    assert browser_of(second_proctor).get(theirs).status_code == 403
    of_a_picture = custody.captions_address_of(evidence[0].pk, proctor, SLUG)
    assert browser_of(proctor).get(of_a_picture).status_code == 404
    assert verbs_of(institution, stream_of(sound)) == []


def test_a_foreign_recording_has_neither_captions_nor_players_here(
    browser_of: BrowserOf, foreign_incident: Incident, officer: User
) -> None:
    foreign = keep_sound(foreign_incident)
    client = browser_of(officer)
    assert client.get(custody.captions_address_of(foreign.pk, officer, SLUG)).status_code == 404
    assert client.get(f"/i/{SLUG}/incidents/{foreign_incident.pk}/sounds/").status_code == 404


def test_the_feed_gets_players_and_fresh_links_for_them(
    browser_of: BrowserOf, incident: Incident, sound: EvidenceItem, proctor: User
) -> None:
    client = browser_of(proctor)
    part = client.get(f"/i/{SLUG}/incidents/{incident.pk}/sounds/").content.decode()
    assert part.count("<clip-player") == 1 and f'data-sound="{sound.pk}"' in part
    assert "marked: voice 1 0:00 to 0:01, another voice 0:01 to 0:02" in part
    (fresh,) = client.get(f"/i/{SLUG}/incidents/{incident.pk}/evidence/").json()["sounds"]
    assert fresh["id"] == sound.pk
    assert client.get(fresh["url"]).status_code == client.get(fresh["captions_url"]).status_code == 200


def test_feed_and_panel_show_the_newest_recordings_each_with_ids_of_its_own(
    browser_of: BrowserOf, incident: Incident, proctor: User
) -> None:
    assert incident.sitting is not None and incident.session.attempt is not None
    newest = [keep_sound(incident, sequence=each) for each in range(3)][1:]
    client, wall = browser_of(proctor), f"/i/{SLUG}/watch/{incident.sitting_id}/"
    enrolment = incident.session.attempt.enrolment_id
    pages = {"feed": wall, "panel": f"{wall}candidates/{enrolment}/?part=panel"}
    for place, address in pages.items():
        page = client.get(address).content.decode()
        assert page.count("<clip-player") == 2 and "1 more recording in the review" in page
        assert all(f'id="{place}-{each.pk}-title"' in page for each in newest)
