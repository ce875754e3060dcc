"""The shared screen on an incident's page: pictures and films with words, fresh links, each look logged."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client

from accounts.models import AuditEntry, User
from accounts.roles import Role
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.evidence import store
from proctoring.evidence.exhibits import Picture, Recording
from proctoring.models import Incident
from proctoring.models.evidence import EvidenceKind
from tests.capture import frame
from tests.factories.accounts import make_member

FILM = b"\x1aE\xdf\xa3" + b"\x00" * 20 + b"webm" + b"\x00" * 500


def keep_screen(incident: Incident) -> None:
    """Two pictures of the screen and a film."""
    began = incident.started_at
    with within(incident.institution):
        picture, film = frame(size=(640, 360)), {"seconds": 10.0}
        store.keep(
            incident,
            [
                Picture(7, began - timedelta(seconds=4), picture, EvidenceKind.SCREEN),
                Picture(8, began + timedelta(seconds=6), picture, EvidenceKind.SCREEN),
                Recording(9, began, FILM, "video/webm", film, EvidenceKind.SCREEN_CLIP),
            ],
        )
    store.flush()


def test_pictures_and_films_are_shown_beside_the_camera(
    browser_of: Callable[..., Client], reviewer: User, incident: Incident
) -> None:
    keep_screen(incident)
    client = browser_of(reviewer)
    page = client.get(f"/admin/proctoring/incident/{incident.pk}/change/").content.decode()
    assert "4 s before it began" in page
    assert 'alt="Screen of ' in page
    assert "10.0 s without sound" in page
    assert "no program has looked at it" in page
    slug = incident.institution.slug
    links = client.get(f"/i/{slug}/incidents/{incident.pk}/evidence/").json()
    assert [len(links[name]) for name in ("evidence", "screens", "screen_clips")] == [0, 2, 1]

    film = links["screen_clips"][0]["url"]
    for part in ("bytes=0-9", "bytes=10-"):
        answer: Any = client.get(film, headers={"Range": part})
        assert (answer.status_code, answer["Content-Type"]) == (206, "video/webm")
    assert client.get(links["screens"][0]["url"])["Content-Type"] == "image/jpeg"
    with within(incident.institution):
        # A film comes in many parts, and is one look.
        assert AuditEntry.objects.filter(verb="evidence.viewed").count() == 2


def test_who_may_not_see_evidence_sees_no_screen(
    browser_of: Callable[..., Client], incident: Incident
) -> None:
    keep_screen(incident)
    officer = make_member(incident.institution, Role.DATA_PROTECTION_OFFICER)
    page = browser_of(officer).get(f"/admin/proctoring/incident/{incident.pk}/change/").content.decode()
    assert "Screen of" not in page
    assert "<video" not in page


def test_the_proctors_page_shows_the_newest_and_counts_the_rest(
    browser_of: Callable[..., Client], proctor: User, incident: Incident
) -> None:
    keep_screen(incident)
    with within(incident.institution):
        at = clock.now()
        store.keep(incident, [Picture(10, at, frame(size=(640, 360)), EvidenceKind.SCREEN)])
    page = browser_of(proctor).get(f"/i/{incident.institution.slug}/watch/{incident.sitting_id}/")
    text = page.content.decode()
    assert text.count('class="entry-screen"') == 2
    assert "1 more picture of the screen and 1 film of it in the review" in text
