"""Writes what the time rules decided: incident rows, their evidence and the events that tell of them."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from proctor_site.kernel import clock
from proctor_site.kernel.figures import ALERT_DELAY
from proctoring import telling
from proctoring.evidence import store, windows
from proctoring.evidence.exhibits import FrameSource, Picture, Recording
from proctoring.evidence.spool_state import StagedOrLost, note_lost, stage_what_can_be
from proctoring.incidents import screen_evidence
from proctoring.incidents.decisions import (
    Decision,
    EndIncident,
    ExtendIncident,
    OpenIncident,
    RepeatIncident,
)
from proctoring.incidents.notices import notice_text
from proctoring.incidents.queries import incident_shape
from proctoring.live.publish import record_event
from proctoring.models import EvidenceItem, Incident, MonitoringSession
from proctoring.models.evidence import OF_SCREEN
from proctoring.models.live_event import Audience
from proctoring.observations import Measurements, ObservationKind, Severity
from proctoring.states import ACKNOWLEDGED, UNREVIEWED

log = logging.getLogger(__name__)

MOST_RECORDINGS = 12
"""Pieces of sound that are kept of one incident."""

_EVENTS: dict[type[Decision], str] = {
    OpenIncident: "incident.opened",
    ExtendIncident: "incident.extended",
    RepeatIncident: "incident.repeated",
    EndIncident: "incident.ended",
}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Under which incidents open: in which light, by which numbers, and which kinds are advisory here."""

    light: str = ""
    rules: Mapping[ObservationKind, str] = field(default_factory=dict)
    advisory: Collection[ObservationKind] = ()


UNKNOWN = Circumstances()


@dataclass(slots=True)
class _Plan:
    """One decision with the row it concerns (None: a new one) and the pictures already in the spool."""

    decision: Decision
    incident: Incident | None
    found: StagedOrLost


def record(
    session: MonitoringSession,
    decisions: Sequence[Decision],
    *,
    engine: str,
    frames: FrameSource | None,
    sounds: Mapping[ObservationKind, Recording] | None = None,
    warn_candidate: bool = False,
    under: Circumstances = UNKNOWN,
) -> list[Incident]:
    """Applies decisions in one transaction: rows, evidence and events, all or nothing.

    `frames`: where the recent pictures are (None: none are left). `sounds`: pieces of sound that show what
    was decided. `engine`: what saw it. With
    `warn_candidate` the candidate is told when an incident graver than info opens. `under`: what is noted of
    its circumstances. Returns the incidents in
    the order of `decisions`. Calling it again with the same decisions opens no second incident of a kind:
    the first is ended.
    """
    plans = [_plan(session, decision, frames, sounds or {}) for decision in decisions]
    try:
        with transaction.atomic():
            applied = [_apply(session, plan, engine, warn_candidate, under) for plan in plans]
    except BaseException:
        for plan in plans:
            store.discard(plan.found.staged)
        raise
    return [incident for incident in applied if incident is not None]


def close_open(session: MonitoringSession) -> int:
    """Ends every incident of the session that is still going on, where it was last seen; how many."""
    with transaction.atomic():
        rows = list(_of(session).filter(ended_at=None))
        for incident in rows:
            _end_row(incident)
    return len(rows)


def _of(session: MonitoringSession) -> "QuerySet[Incident]":
    return Incident._base_manager.filter(session_id=session.pk).select_related("session__candidate")


def _plan(
    session: MonitoringSession,
    decision: Decision,
    frames: FrameSource | None,
    sounds: Mapping[ObservationKind, Recording],
) -> _Plan:
    """Finds the row and puts the chosen evidence into the spool, before the transaction begins."""
    incident = _row_for(session, decision)
    sound = sounds.get(decision.kind)
    if sound is not None:
        return _Plan(decision, incident, _stage_sound(session, decision, incident, sound))
    if frames is None or (incident is None and isinstance(decision, ExtendIncident | EndIncident)):
        return _Plan(decision, incident, StagedOrLost([]))
    kept = _kept(incident)
    wanted = _choose(decision, incident, frames, kept)
    found = frames.pictures(wanted)
    times = {each.sequence: each.captured_at for each in frames.available(decision.kind)}
    pictures = [Picture(number, moment(times[number]), found[number]) for number in wanted if number in found]
    return _Plan(decision, incident, stage_what_can_be(session, pictures))


def _stage_sound(
    session: MonitoringSession, decision: Decision, incident: Incident | None, sound: Recording
) -> StagedOrLost:
    if isinstance(decision, EndIncident) or (incident is None and isinstance(decision, ExtendIncident)):
        return StagedOrLost([])
    if incident is not None and len(_kept(incident)) >= MOST_RECORDINGS:
        return StagedOrLost([])  # more of the same proves no more
    return stage_what_can_be(session, [sound])


def _row_for(session: MonitoringSession, decision: Decision) -> Incident | None:
    rows = _of(session).filter(kind=decision.kind.value).order_by("-id")
    if isinstance(decision, OpenIncident):
        return None
    if isinstance(decision, RepeatIncident):
        last = rows.first()
        # What comes back after a verdict is a new question: the verdict did not see it.
        return last if last is not None and last.review_state in (UNREVIEWED, ACKNOWLEDGED) else None
    return rows.filter(ended_at=None).first()


def _kept(incident: Incident | None) -> list[int]:
    if incident is None:
        return []
    rows = EvidenceItem._base_manager.filter(incident_id=incident.pk, frame_sequence__isnull=False)
    rows = rows.exclude(kind__in=OF_SCREEN)
    return [number for number in rows.values_list("frame_sequence", flat=True) if number is not None]


def _choose(decision: Decision, incident: Incident | None, frames: FrameSource, kept: list[int]) -> list[int]:
    """Numbers of the frames to keep now, without those that are kept already."""
    start = incident.started_at.timestamp() if incident else _start_of(decision)
    over = isinstance(decision, EndIncident)
    until = decision.ended_at if isinstance(decision, EndIncident) else decision.last_seen_at
    chosen = windows.choose(frames.available(decision.kind), start, max(start, until), ended=over, kept=kept)
    return [number for number in chosen if number not in kept]


def _start_of(decision: Decision) -> float:
    if isinstance(decision, OpenIncident):
        return decision.started_at
    if isinstance(decision, RepeatIncident):
        return decision.resumed_at
    raise TypeError(f"{type(decision).__name__} starts no incident")


def _apply(
    session: MonitoringSession, plan: _Plan, engine: str, warn_candidate: bool, under: Circumstances
) -> Incident | None:
    decision, incident = plan.decision, plan.incident
    if incident is None:
        if isinstance(decision, ExtendIncident | EndIncident):
            log.warning("session %s: %s without an open incident", session.pk, type(decision).__name__)
            return None
        incident = _open(session, decision, engine, under)
        kind = _EVENTS[OpenIncident]
    else:
        _update(incident, decision, under)
        merged = isinstance(decision, RepeatIncident) and decision.merged
        kind = _EVENTS[ExtendIncident if merged else type(decision)]
    store.attach(incident, plan.found.staged)
    note_lost(incident, plan.found)
    if kind == "incident.opened":
        screen_evidence.take_along(incident)
    tell_proctors(incident, kind)
    if kind == "incident.opened" and warn_candidate and incident.severity != Severity.INFO:
        _tell_candidate(incident, decision.kind)
    return incident


def _open(
    session: MonitoringSession, decision: OpenIncident | RepeatIncident, engine: str, under: Circumstances
) -> Incident:
    for forgotten in _of(session).filter(kind=decision.kind.value, ended_at=None):
        _end_row(forgotten)  # the cache was emptied meanwhile: the rules do not know of it any more
    return Incident.objects.create(
        institution=session.institution,
        session=session,
        sitting=session.sitting,
        kind=decision.kind.value,
        severity=decision.severity.value,
        confidence=min(1.0, max(0.0, decision.confidence)),
        started_at=moment(_start_of(decision)),
        last_seen_at=moment(decision.last_seen_at),
        count=decision.count,
        explanation=decision.explanation,
        measurements=_plain(decision.measurements),
        engine=engine[:400],
        light=under.light,
        rule=under.rules.get(decision.kind, ""),
        advisory=decision.kind in under.advisory,
    )


def _update(incident: Incident, decision: Decision, under: Circumstances) -> None:
    incident.confidence = min(1.0, max(incident.confidence, decision.confidence))
    incident.count = decision.count
    incident.explanation = decision.explanation
    incident.measurements = _plain(decision.measurements)
    if isinstance(decision, EndIncident):
        incident.last_seen_at = incident.ended_at = max(incident.started_at, moment(decision.ended_at))
        incident.repeats = decision.repeats
    else:
        incident.last_seen_at = max(incident.last_seen_at, moment(decision.last_seen_at))
    if isinstance(decision, RepeatIncident):
        incident.ended_at, incident.repeats = None, decision.repeats
    if isinstance(decision, ExtendIncident | RepeatIncident):
        incident.severity = decision.severity.value
        incident.advisory = decision.kind in under.advisory
    # Named columns: a verdict may be given at this very moment, and must not be overwritten.
    incident.save(
        update_fields=[
            "confidence", "count", "explanation", "measurements", "last_seen_at", "ended_at", "repeats",
            "severity", "advisory",
        ]
    )  # fmt: skip


def _end_row(incident: Incident) -> None:
    incident.ended_at = incident.last_seen_at
    incident.save(update_fields=["ended_at"])
    tell_proctors(incident, _EVENTS[EndIncident])


def tell_proctors(incident: Incident, kind: str) -> None:
    """The event of an incident for the pages of its sitting, in the caller's transaction."""
    if kind == "incident.opened":
        telling.of_incident(incident, "incident.raised")
    if incident.sitting is None:
        return  # an outside caller's session has no proctors' page
    if incident.sitting.is_practice:
        return  # nobody watches practice; the candidate is told as in the exam
    record_event(
        incident.institution,
        kind=kind,
        payload=incident_shape(incident),
        audience=Audience.PROCTORS,
        sitting=incident.sitting,
        attempt=incident.session.attempt,
    )
    if kind == _EVENTS[OpenIncident]:
        transaction.on_commit(partial(_note_delay, incident.last_seen_at))


def _note_delay(seen_at: datetime) -> None:
    ALERT_DELAY.observe(max(0.0, (clock.now() - seen_at).total_seconds()))


def _tell_candidate(incident: Incident, kind: ObservationKind) -> None:
    attempt = incident.session.attempt
    if attempt is None:
        return
    record_event(
        incident.institution,
        kind="incident.notice",
        payload={"kind": kind.value, "text": notice_text(kind)},
        audience=Audience.CANDIDATE,
        attempt=attempt,
    )


def _plain(measurements: Measurements) -> dict[str, float | int | str]:
    return {
        name: round(value, 4) if isinstance(value, float) else value for name, value in measurements.items()
    }


def moment(seconds: float) -> datetime:
    """Seconds since the epoch as an aware moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
