"""The incident feed of the proctor's page: newest first, each with evidence behind short-lived links."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from exams.models import Attempt, Sitting
from proctoring.evidence import custody
from proctoring.evidence.sound_exhibits import Sound, played_by
from proctoring.models import EvidenceItem, Incident
from proctoring.models.evidence import EvidenceKind
from proctoring.review.precision_page import words_of_kinds

FEED_LENGTH = 40
PICTURES_EACH = 4
SOUNDS_EACH = 2
SCREENS_EACH = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """One evidence picture and the address at which this viewer may open it for some minutes."""

    pk: int
    captured_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One incident of the feed. `more`, `more_sounds`, `more_screens`, `films`: what is not shown here."""

    incident: Incident
    pictures: list[Picture]
    more: int
    sounds: list[Sound]
    more_sounds: int
    screens: list[Picture]
    more_screens: int
    films: int
    precision: str = ""
    """How often people here agreed with its detector."""


def feed_of(sitting: Sitting, viewer: User, slug: str) -> list[Entry]:
    """The newest incidents of the sitting. Three queries."""
    rows = Incident.objects.filter(sitting=sitting).select_related("session__candidate")
    return _entries(rows.order_by("-pk")[:FEED_LENGTH], viewer, slug, words_of_kinds(sitting.institution))


def feed_of_attempt(attempt: Attempt, viewer: User, slug: str) -> list[Entry]:
    """All incidents of one attempt, newest first. Three queries."""
    rows = Incident.objects.filter(session__attempt=attempt).select_related("session__candidate")
    return _entries(rows.order_by("-pk"), viewer, slug, words_of_kinds(attempt.institution))


def version_of(entries: Iterable[Entry]) -> str:
    """A word that changes when something of the entries does, links apart."""
    parts = [
        (each.incident.pk, each.incident.review_state, each.incident.explanation, each.more, each.more_sounds)
        + tuple(sound.pk for sound in each.sounds)
        for each in entries
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def pictures_of(
    incident: Incident, viewer: User, slug: str, kind: str = EvidenceKind.CAMERA_FRAME
) -> list[Picture]:
    """Every piece of evidence of one kind with fresh links, in order of time."""
    items = EvidenceItem.objects.filter(incident=incident, kind=kind, erased_at=None)
    return [_picture(item, viewer, slug) for item in items.order_by("captured_at", "sequence")]


def _entries(rows: Iterable[Incident], viewer: User, slug: str, precision: Mapping[str, str]) -> list[Entry]:
    incidents = list(rows)
    items: dict[int, list[EvidenceItem]] = {}
    rows = EvidenceItem.objects.filter(incident__in=incidents, erased_at=None)
    for item in rows.order_by("captured_at", "sequence"):
        items.setdefault(item.incident_id or 0, []).append(item)  # those of incidents only
    entries = []
    for incident in incidents:
        kept = items.get(incident.pk, [])
        found = [item for item in kept if item.kind == EvidenceKind.CAMERA_FRAME]
        heard = [item for item in kept if item.kind == EvidenceKind.SOUND]
        shown = spread(found, PICTURES_EACH)
        pictures = [_picture(item, viewer, slug) for item in shown]
        newest = played_by(heard[-SOUNDS_EACH:], viewer, slug)
        seen = [item for item in kept if item.kind == EvidenceKind.SCREEN]
        screens = [_picture(item, viewer, slug) for item in seen[-SCREENS_EACH:]]
        entries.append(
            Entry(
                incident,
                pictures,
                len(found) - len(shown),
                newest,
                len(heard) - len(newest),
                screens,
                len(seen) - len(screens),
                sum(item.kind == EvidenceKind.SCREEN_CLIP for item in kept),
                precision.get(incident.kind, ""),
            )
        )
    return entries


def _picture(item: EvidenceItem, viewer: User, slug: str) -> Picture:
    return Picture(item.pk, item.captured_at, custody.address_of(item.pk, viewer, slug))


def spread(items: Sequence[EvidenceItem], most: int) -> list[EvidenceItem]:
    """At most `most` of the items, spread evenly, the first and the last among them."""
    if len(items) <= most:
        return list(items)
    step = (len(items) - 1) / (most - 1)
    return [items[round(number * step)] for number in range(most)]
