"""Evidence files: only with right, own link and within its minutes; each view is logged."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client

from accounts.audit import stream_of
from accounts.middleware import SESSION_KEY
from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from proctoring.evidence import custody, store
from proctoring.evidence.exhibits import Recording
from proctoring.models import EvidenceItem, Incident
from proctoring.models.evidence import EvidenceKind
from tests.factories.accounts import make_member
from tests.watched_sitting import picture, verbs_of

BrowserOf = Callable[..., Client]


def url_for(item: EvidenceItem, viewer: User, slug: str = "north-college") -> str:
    return custody.address_of(item.pk, viewer, slug)


def test_a_file_is_shown_with_headers_that_keep_it_private(
    browser_of: BrowserOf, evidence: list[EvidenceItem], proctor: User
) -> None:
    answer = browser_of(proctor).get(url_for(evidence[0], proctor))
    assert (answer.status_code, answer.content) == (200, picture(50))
    assert {name: answer[name] for name in HEADERS} == {
        **HEADERS,
        "Content-Disposition": f'inline; filename="evidence-{evidence[0].pk}.jpg"',
    }


HEADERS = {
    "Content-Type": "image/jpeg",
    "Content-Disposition": "",
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def test_each_view_is_logged_with_who_and_what(
    browser_of: BrowserOf, evidence: list[EvidenceItem], proctor: User, institution: Institution
) -> None:
    client = browser_of(proctor)
    client.get(url_for(evidence[0], proctor))
    client.get(url_for(evidence[0], proctor))
    assert verbs_of(institution, stream_of(evidence[0])) == ["evidence.viewed", "evidence.viewed"]
    with within(institution):
        entry = AuditEntry.objects.filter(stream=stream_of(evidence[0])).first()
        assert entry is not None
        assert (entry.actor, entry.detail) == (proctor, {"incident": evidence[0].incident_id})


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("proctor", 200),
        ("reviewer", 200),
        ("officer", 200),
        ("admin_member", 200),
        ("candidate", 403),
        ("second_proctor", 403),
        ("author", 403),
        ("data_officer", 403),
        ("stranger", 404),
        ("foreign_proctor", 404),
        ("foreign_officer", 404),
    ],
)
def test_who_may_see_it_even_with_a_link_of_their_own(
    request: pytest.FixtureRequest,
    browser_of: BrowserOf,
    evidence: list[EvidenceItem],
    institution: Institution,
    data_officer: User,
    who: str,
    status: int,
) -> None:
    viewer = request.getfixturevalue(who)
    answer = browser_of(viewer).get(url_for(evidence[0], viewer))
    assert answer.status_code == status
    viewed = ["evidence.viewed"] if status == 200 else []
    assert verbs_of(institution, stream_of(evidence[0])) == viewed


@pytest.fixture
def data_officer(institution: Institution) -> User:
    return make_member(institution, Role.DATA_PROTECTION_OFFICER)


def test_a_stolen_link_does_not_work(
    browser_of: BrowserOf, evidence: list[EvidenceItem], proctor: User, reviewer: User
) -> None:
    answer = browser_of(reviewer).get(url_for(evidence[0], proctor))
    assert answer.status_code == 403
    assert "made for another file or another person" in answer.content.decode()


def test_a_link_is_for_one_file(browser_of: BrowserOf, evidence: list[EvidenceItem], proctor: User) -> None:
    link = custody.make_link(evidence[0].pk, proctor)
    answer = browser_of(proctor).get(f"/i/north-college/evidence/{evidence[1].pk}/", {"link": link})
    assert answer.status_code == 403


def test_a_link_expires(
    browser_of: BrowserOf, evidence: list[EvidenceItem], proctor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_for(evidence[0], proctor)
    later = signing.time.time() + custody.LINK_LIFETIME.total_seconds() + 1
    monkeypatch.setattr(signing.time, "time", lambda: later)
    answer = browser_of(proctor).get(url)
    assert answer.status_code == 403
    assert "This link has expired" in answer.content.decode()


@pytest.mark.parametrize("link", ["", "x", "a:b:c", "%00", "W10:1:2"])
def test_altered_links_do_not_work(
    browser_of: BrowserOf, evidence: list[EvidenceItem], proctor: User, link: str
) -> None:
    answer = browser_of(proctor).get(f"/i/north-college/evidence/{evidence[0].pk}/", {"link": link})
    assert answer.status_code == 403
    assert answer["Cache-Control"] == "private, no-store"


def test_evidence_of_another_institution_is_not_found_here(
    browser_of: BrowserOf, foreign_incident: Incident, officer: User, institution: Institution
) -> None:
    item = EvidenceItem._base_manager.get(incident=foreign_incident)
    assert browser_of(officer).get(url_for(item, officer)).status_code == 404
    assert browser_of(officer).get(url_for(item, officer, "south-school")).status_code == 404


def test_a_file_that_was_altered_is_not_shown(
    browser_of: BrowserOf, evidence: list[EvidenceItem], proctor: User, institution: Institution
) -> None:
    (Path(settings.EVIDENCE_SPOOL) / evidence[0].name).write_bytes(picture(99))
    assert browser_of(proctor).get(url_for(evidence[0], proctor)).status_code == 409
    assert verbs_of(institution, stream_of(evidence[0])) == ["evidence.found_altered"]


def test_a_file_that_cannot_be_read_is_said_to_be_unavailable(
    browser_of: BrowserOf, evidence: list[EvidenceItem], proctor: User
) -> None:
    (Path(settings.EVIDENCE_SPOOL) / evidence[0].name).unlink()
    assert browser_of(proctor).get(url_for(evidence[0], proctor)).status_code == 503


def test_other_types_are_only_saved(
    browser_of: BrowserOf, evidence: list[EvidenceItem], proctor: User
) -> None:
    EvidenceItem._base_manager.filter(pk=evidence[0].pk).update(content_type="text/html")
    answer = browser_of(proctor).get(url_for(evidence[0], proctor))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="evidence-{evidence[0].pk}.bin"'


def links_url(incident: Incident) -> str:
    return f"/i/north-college/incidents/{incident.pk}/evidence/"


def test_fresh_links_work(
    browser_of: BrowserOf, incident: Incident, evidence: list[EvidenceItem], proctor: User
) -> None:
    client = browser_of(proctor)
    found = client.get(links_url(incident)).json()["evidence"]
    assert [each["id"] for each in found] == [item.pk for item in evidence]
    assert [client.get(each["url"]).status_code for each in found] == [200, 200, 200]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("proctor", 200),
        ("reviewer", 200),
        ("second_proctor", 404),
        ("candidate", 403),
        ("stranger", 404),
        ("foreign_proctor", 404),
    ],
)
def test_who_gets_fresh_links(
    request: pytest.FixtureRequest, browser_of: BrowserOf, incident: Incident, who: str, status: int
) -> None:
    assert browser_of(request.getfixturevalue(who)).get(links_url(incident)).status_code == status


def test_there_are_no_links_for_a_foreign_incident(
    browser_of: BrowserOf, foreign_incident: Incident, officer: User
) -> None:
    assert browser_of(officer).get(links_url(foreign_incident)).status_code == 404


def review_url(incident: Incident) -> str:
    return f"/i/north-college/incidents/{incident.pk}/review/"


def test_open_in_review_shows_the_institution_of_the_incident(
    browser_of: BrowserOf, incident: Incident, reviewer: User, institution: Institution
) -> None:
    client = browser_of(reviewer)
    answer = client.get(review_url(incident))
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/admin/proctoring/incident/{incident.pk}/change/",
    )
    assert client.session[SESSION_KEY] == institution.pk


@pytest.mark.parametrize(("who", "status"), [("second_proctor", 404), ("candidate", 403), ("stranger", 404)])
def test_who_may_not_open_the_review(
    request: pytest.FixtureRequest, browser_of: BrowserOf, incident: Incident, who: str, status: int
) -> None:
    assert browser_of(request.getfixturevalue(who)).get(review_url(incident)).status_code == status


def test_a_foreign_incident_has_no_review_here(
    browser_of: BrowserOf, foreign_incident: Incident, officer: User
) -> None:
    assert browser_of(officer).get(review_url(foreign_incident)).status_code == 404


def test_links_live_ten_minutes() -> None:
    assert timedelta(minutes=10) == custody.LINK_LIFETIME


DATA = bytes(range(256)) * 1_000


@pytest.fixture
def film(incident: Incident, institution: Institution) -> EvidenceItem:
    about = {"seconds": 1.0}
    with within(institution):
        recording = Recording(9, incident.started_at, DATA, "video/webm", about, EvidenceKind.SCREEN_CLIP)
        (item,) = store.keep(incident, [recording])
        store._push(item)  # this test's transaction never commits, so nothing else moves the file on
    return item


def test_a_part_of_a_film_is_read_from_its_pieces_alone(
    browser_of: BrowserOf, film: EvidenceItem, proctor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = browser_of(proctor), url_for(film, proctor)
    whole = client.get(address)
    assert (whole.status_code, whole.content, whole["Accept-Ranges"]) == (200, DATA, "bytes")
    monkeypatch.setattr(store, "read", None)  # the whole is not to be read
    part = client.get(address, headers={"Range": "bytes=70000-70009"})
    assert (part.status_code, part.content) == (206, DATA[70_000:70_010])
    assert part["Content-Range"] == f"bytes 70000-70009/{len(DATA)}"
    beyond = client.get(address, headers={"Range": f"bytes={len(DATA)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(DATA)}")
    asked = {"Range": "bytes=1-2", "If-Range": whole["ETag"]}
    assert client.get(address, headers=asked).content == DATA[1:3]


def test_another_tag_gets_the_whole(browser_of: BrowserOf, film: EvidenceItem, proctor: User) -> None:
    asked = {"Range": "bytes=1-2", "If-Range": '"another"'}
    answer = browser_of(proctor).get(url_for(film, proctor), headers=asked)
    assert (answer.status_code, answer.content) == (200, DATA)


def test_head_tells_and_shows_nothing(
    browser_of: BrowserOf, film: EvidenceItem, proctor: User, candidate: User, institution: Institution
) -> None:
    answer = browser_of(proctor).head(url_for(film, proctor))
    assert (answer.status_code, answer.content, answer["Content-Length"]) == (200, b"", str(len(DATA)))
    assert verbs_of(institution, stream_of(film)) == []
    assert browser_of(candidate).head(url_for(film, candidate)).status_code == 403


def test_a_picture_comes_whole(browser_of: BrowserOf, evidence: list[EvidenceItem], proctor: User) -> None:
    answer = browser_of(proctor).get(url_for(evidence[0], proctor), headers={"Range": "bytes=1-2"})
    assert (answer.status_code, answer.content) == (200, picture(50))
