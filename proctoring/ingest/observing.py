"""Keeps what the detectors said: of frames gathered and written once a minute, of recordings at once.

What cannot be written is lost, and logged: no frame or recording is refused for it, and the replay says so.
"""

import logging
from dataclasses import replace

from django.db import DatabaseError, transaction

from accounts.tenancy import within
from proctor_site.kernel.errors import Refusal
from proctoring.analysis.heard import Heard
from proctoring.analysis.recent import Memory, Observed
from proctoring.evidence import observed_minutes
from proctoring.incidents import heard_clips
from proctoring.incidents.observed import note_of, pack, seen_frame
from proctoring.incidents.recording import moment
from proctoring.incidents.rule_notes import digest_of, rules_to_json
from proctoring.models import MonitoringSession, ObservationMinute, ObservedClip, ObservedRules
from proctoring.observations import FrameReport
from proctoring.policies import RuleSet

log = logging.getLogger(__name__)

SECONDS = 60.0
MOST_FRAMES = 200
"""Bounds what is gathered in the cache; cameras send two frames a second at most."""


def keep(session: MonitoringSession, memory: Memory, rule_set: RuleSet, report: FrameReport) -> Memory:
    """The memory with one more frame; writes what was gathered when its minute is over or the rules changed.

    Called before the rules see the frame: `memory.rules` is the state it meets.
    """
    gathered, digest = memory.observed, digest_of(rule_set)
    is_fresh = memory.rules.frames == 0
    over = bool(gathered.notes) and (
        is_fresh
        or gathered.digest != digest
        or len(gathered.notes) >= MOST_FRAMES
        or not 0 <= report.captured_at - gathered.began_at < SECONDS
    )
    if over:
        _write(session, gathered)
    if over or not gathered.notes:
        _name_rules(session, rule_set, digest)
        gathered = Observed(report.captured_at, digest, is_fresh, ())
    notes = (*gathered.notes, note_of(seen_frame(report)))
    return replace(memory, observed=replace(gathered, notes=notes))


def keep_clip(
    session: MonitoringSession, memory: Heard, rule_set: RuleSet, clip: heard_clips.HeardClip
) -> None:
    """Writes what was heard in one recording. Called before the rules see it: `memory` is what it meets."""
    digest, begins_at = digest_of(rule_set), moment(clip.at)
    _name_rules(session, rule_set, digest)
    try:
        with within(session.institution), transaction.atomic():
            ObservedClip.objects.create(
                institution=session.institution,
                session=session,
                rules=ObservedRules.objects.get(institution=session.institution, digest=digest),
                begins_at=begins_at,
                is_fresh=not memory.rules.kinds,
                is_after_end=memory.is_ended,
                data=observed_minutes.sealed_clip(session, begins_at, heard_clips.pack(clip)),
            )
    except (DatabaseError, ObservedRules.DoesNotExist, Refusal):
        log.exception("session %s: what was heard in a recording could not be kept", session.pk)


def flush(session: MonitoringSession, memory: Memory) -> None:
    """Writes what is gathered: the session ends."""
    if memory.observed.notes:
        _write(session, memory.observed)


def _name_rules(session: MonitoringSession, rule_set: RuleSet, digest: str) -> None:
    """Keeps the rules now, while they are at hand: when the minute is written they may have changed."""
    try:
        with within(session.institution), transaction.atomic():
            ObservedRules.objects.get_or_create(
                institution=session.institution, digest=digest, defaults={"content": rules_to_json(rule_set)}
            )
    except DatabaseError:
        log.exception("session %s: the rules of a minute could not be kept", session.pk)


def _write(session: MonitoringSession, gathered: Observed) -> None:
    packed, begins_at = pack(gathered.notes), moment(gathered.began_at)
    try:
        with within(session.institution), transaction.atomic():
            ObservationMinute.objects.create(
                institution=session.institution,
                session=session,
                rules=ObservedRules.objects.get(institution=session.institution, digest=gathered.digest),
                begins_at=begins_at,
                frames=len(gathered.notes),
                is_fresh=gathered.is_fresh,
                data=observed_minutes.sealed(session, begins_at, packed),
            )
    except (DatabaseError, ObservedRules.DoesNotExist, Refusal):
        log.exception("session %s: a minute of observations could not be kept", session.pk)
