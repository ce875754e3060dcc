"""Reads observations and incidents of past sessions for a replay."""

from collections import defaultdict
from collections.abc import Collection

from proctoring.evidence import observed_minutes
from proctoring.incidents import heard_clips
from proctoring.incidents.observed import unpack
from proctoring.incidents.rule_notes import HeldRules, rules_from_json
from proctoring.models import (
    Consent,
    Incident,
    MonitoringSession,
    ObservationMinute,
    ObservedClip,
    ObservedRules,
)
from proctoring.observations import ObservationKind
from proctoring.review.replay import Minute
from proctoring.review.replay_compare import Stored
from proctoring.review.replay_sound import HeardThen


def minutes_of(session: MonitoringSession) -> list[Minute]:
    """The kept observations of a session in order. Two queries, or few more where keys were changed.

    A minute that cannot be read is left out: its incidents are then told as not replayable.
    """
    rows = list(ObservationMinute.objects.filter(session=session).select_related("rules").order_by("pk"))
    found, is_fresh = [], False
    for row, packed in zip(rows, observed_minutes.opened(rows), strict=True):
        try:
            frames = tuple(unpack(packed or b""))
            held = _held(row.rules)
        except (ValueError, TypeError, KeyError):
            is_fresh = True
            continue
        found.append(Minute(frames, held, row.is_fresh or is_fresh))
        is_fresh = False
    return found


def heard_in(session: MonitoringSession) -> list[HeardThen]:
    """What was heard in a session, in the order of judging. Two queries, or few more where keys were changed.

    A recording that cannot be read is left out, as in `minutes_of`.
    """
    rows = list(ObservedClip.objects.filter(session=session).select_related("rules").order_by("pk"))
    found, is_fresh = [], False
    for row, packed in zip(rows, observed_minutes.opened(rows), strict=True):
        try:
            clip, held = heard_clips.unpack(packed or b""), _held(row.rules)
        except (ValueError, TypeError, KeyError):
            is_fresh = True
            continue
        found.append(HeardThen(clip, held, row.is_fresh or is_fresh, row.is_after_end))
        is_fresh = False
    return found


def was_listened_to(session: MonitoringSession) -> bool:
    """Whether the candidate ever agreed to the microphone in it. One query."""
    return Consent.objects.filter(session=session, microphone=True).exists()


def stored_of(sessions: Collection[int]) -> dict[int, list[Stored]]:
    """Incidents found in pictures and recordings, by session. One query."""
    rows = Incident.objects.filter(session__in=sessions, kind__in=[each.value for each in ObservationKind])
    found: dict[int, list[Stored]] = defaultdict(list)
    for row in rows.order_by("started_at", "pk"):
        found[row.session_id].append(
            Stored(
                row.pk,
                row.kind,
                row.severity,
                row.started_at.timestamp(),
                row.last_seen_at.timestamp(),
                row.count,
                row.repeats,
                row.review_state,
            )
        )
    return found


def _held(rules: ObservedRules) -> HeldRules:
    return rules_from_json(rules.content)
