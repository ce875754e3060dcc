"""Reads everything of one attempt for the desk, in a fixed number of queries, however much there is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import User
from exams.delivery.question_views import Seen, seen_in
from exams.models import JournalEntry
from proctoring.coverage import Coverage, coverage_of
from proctoring.desk.lanes import Saved, happenings_of, lanes_of, shown_at
from proctoring.desk.scene import Item, Scene
from proctoring.desk.words import Clock, alt_of, length_of, text_of
from proctoring.evidence import custody
from proctoring.models import EvidenceItem, Incident, MonitoringSession
from proctoring.models.evidence import HEARD, OF_SCREEN
from proctoring.review.blind import Shown
from proctoring.timeline import Timeline, timeline_of


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom the desk is read: whose links, how the candidate is named, how moments are written."""

    user: User
    slug: str
    shown: Shown
    sees_evidence: bool
    clock: Clock


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that is drawn, listed and played. `incidents` in order of time."""

    scene: Scene
    timeline: Timeline
    incidents: list[Incident]
    items: list[Item]
    coverage: Coverage
    seen: list[Seen]


def desk_of(session: MonitoringSession, viewer: Viewer) -> Desk:
    """The desk of a session; needs the scope of its institution."""
    attempt = session.attempt
    incidents = list(
        Incident.objects.filter(session=session).select_related("reviewer").order_by("started_at", "pk")
    )
    timeline = timeline_of(session, viewer.shown.naming(session), viewer.shown.words)
    seen = seen_in(attempt) if attempt is not None else []
    saved = _saved(session)
    coverage = coverage_of(session)
    rows = EvidenceItem.objects.filter(session=session, erased_at=None).order_by("captured_at", "sequence")
    kept = list(rows) if viewer.sees_evidence else []
    items = _items(kept, viewer, incidents, seen, happenings_of(seen, saved, timeline.moments))
    timeline = _whole(timeline, session)
    scene = Scene(timeline.begin, timeline.end, lanes_of(timeline, incidents, items, seen, saved, coverage))
    return Desk(scene, timeline, incidents, items, coverage, seen)


def _whole(timeline: Timeline, session: MonitoringSession) -> Timeline:
    """From the start to the end of the attempt, also where nothing happened."""
    attempt = session.attempt
    own = (session.started_at, session.ended_at)
    known = own if attempt is None else (*own, attempt.started_at, attempt.ended_at)
    moments = [each for each in known if each is not None]
    begin, end = min([timeline.begin, *moments]), max([timeline.end, *moments])
    return replace(timeline, begin=begin, end=end)


def _saved(session: MonitoringSession) -> list[Saved]:
    rows = JournalEntry.objects.filter(attempt_id=session.attempt_id) if session.attempt_id else None
    if rows is None:
        return []
    found = rows.order_by("sequence").values_list(
        "received_at", "item__position", "item__version__question__title"
    )
    return [(at, position, title) for at, position, title in found]


def _items(
    rows: Sequence[EvidenceItem],
    viewer: Viewer,
    incidents: Sequence[Incident],
    seen: Sequence[Seen],
    happenings: Sequence[tuple[datetime, str]],
) -> list[Item]:
    by_pk = {each.pk: each for each in incidents}
    question = shown_at(seen, lambda each: f"question {each.position}, {each.title}")
    return [
        Item(
            pk=row.pk,
            kind=row.get_kind_display(),
            track=_track_of(row.kind),
            begin=row.captured_at,
            seconds=length_of(row),
            url=custody.address_of(row.pk, viewer.user, viewer.slug),
            renew_url=_renew_url(row, viewer.slug),
            alt=alt_of(row, by_pk.get(row.incident_id or 0), viewer.shown.name, viewer.clock),
            text=viewer.shown.words(text_of(row, happenings, question(row.captured_at), viewer.clock)),
            incident=row.incident_id,
        )
        for row in rows
    ]


def _track_of(kind: str) -> str:
    if kind in HEARD:
        return "sound"
    return "screen" if kind in OF_SCREEN else "camera"


def _renew_url(row: EvidenceItem, slug: str) -> str:
    if row.call_id is not None:
        return f"/i/{slug}/calls/{row.call_id}/recording/"
    return f"/i/{slug}/incidents/{row.incident_id}/evidence/" if row.incident_id is not None else ""
