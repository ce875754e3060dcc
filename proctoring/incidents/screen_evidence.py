"""What the screen showed around an incident: pictures at hand, those that come later, a film asked for."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.cache import cache
from django.db.models import Q

from proctor_site.kernel import clock
from proctoring.evidence import screen_ring, store
from proctoring.evidence.exhibits import Picture
from proctoring.evidence.screen_ring import Note
from proctoring.live.publish import record_event
from proctoring.models import EvidenceItem, Incident, MonitoringSession
from proctoring.models.evidence import EvidenceKind
from proctoring.models.live_event import Audience
from proctoring.observations import Severity
from proctoring.states import ACKNOWLEDGED, UNREVIEWED

AFTER = timedelta(seconds=15)
"""A picture so long after the end still shows what was on the screen: they come ten seconds apart."""
FILM_BEFORE, FILM_AFTER = timedelta(seconds=10), timedelta(seconds=10)
FILM_REACH = timedelta(seconds=30)
"""So far back a browser remembers."""
ASK_EVERY_S = 20
ASK_TTL_S = 20 * 60
CLIP_WANTED = "screen.clip_wanted"


@dataclass(frozen=True, slots=True)
class Ask:
    """A film that was asked for: of which session, for which incident, from when to when."""

    session_id: int
    incident_id: int
    begins: datetime
    ends: datetime


def take_along(incident: Incident) -> None:
    """Keeps the pictures around an incident that opens, and asks for a film; in the caller's transaction.

    Nothing happens where no screen is shared.
    """
    memory = screen_ring.load(incident.session_id)
    if not memory.notes:
        return
    started, seen = incident.started_at.timestamp(), incident.last_seen_at.timestamp()
    notes = screen_ring.around(memory, started, max(seen, clock.now().timestamp()))
    found = screen_ring.pictures(incident.session_id, notes)
    store.keep(incident, [_exhibit(each, found[each.sequence]) for each in notes if each.sequence in found])
    if memory.films and incident.severity != Severity.INFO:
        _ask_for_film(incident)


def keep_later(session: MonitoringSession, note: Note, jpeg: bytes) -> list[Incident]:
    """Keeps a picture that has just come with the incidents that it shows: these. In a transaction."""
    at = datetime.fromtimestamp(note.captured_at, UTC)
    kept_with = []
    for incident in _around(session, at):
        if _has_room(incident, note):
            store.keep(incident, [_exhibit(note, jpeg)])
            kept_with.append(incident)
    return kept_with


def asked(token: object) -> Ask | None:
    """The film that was asked for under this token; None: none, or too long ago."""
    if not isinstance(token, str) or not 0 < len(token) <= 64:
        return None
    found: Ask | None = cache.get(f"screen-film:{token}")
    return found


def _around(session: MonitoringSession, at: datetime) -> Sequence[Incident]:
    before = timedelta(seconds=screen_ring.BEFORE_S)
    rows = Incident._base_manager.filter(
        Q(ended_at=None) | Q(ended_at__gte=at - AFTER),
        session_id=session.pk,
        started_at__lte=at + before,
        review_state__in=(UNREVIEWED, ACKNOWLEDGED),
    )
    return list(rows.select_related("session__candidate", "session__attempt", "sitting", "institution"))


def _has_room(incident: Incident, note: Note) -> bool:
    rows = EvidenceItem._base_manager.filter(incident_id=incident.pk, kind=EvidenceKind.SCREEN)
    kept = set(rows.values_list("frame_sequence", flat=True))
    # Two places stay free for the end of an incident that goes on, as with the camera.
    most = screen_ring.MOST_KEPT - (2 if incident.ended_at is None else 0)
    return note.sequence not in kept and len(kept) < most


def _exhibit(note: Note, jpeg: bytes) -> Picture:
    at = datetime.fromtimestamp(note.captured_at, UTC)
    return Picture(note.sequence, at, jpeg, EvidenceKind.SCREEN)


def _ask_for_film(incident: Incident) -> None:
    attempt = incident.session.attempt
    if attempt is None or not cache.add(f"screen-film-asked:{incident.session_id}", 1, ASK_EVERY_S):
        return
    now = clock.now()
    begins = max(incident.started_at - FILM_BEFORE, now - FILM_REACH)
    ends = max(incident.started_at, begins) + FILM_BEFORE + FILM_AFTER
    token = secrets.token_urlsafe(18)
    cache.set(f"screen-film:{token}", Ask(incident.session_id, incident.pk, begins, ends), ASK_TTL_S)
    # The page learns that a film is wanted, not what for: what was found is told where the policy says so.
    record_event(
        incident.institution,
        kind=CLIP_WANTED,
        payload={
            "ask": token,
            "from": round(begins.timestamp() * 1000),
            "to": round(ends.timestamp() * 1000),
        },
        audience=Audience.CANDIDATE,
        attempt=attempt,
    )
