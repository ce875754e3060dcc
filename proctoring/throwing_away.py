"""Proctoring's part of throwing a practice attempt away: incidents, evidence, face data, warnings, events.

The monitoring session stays as an empty shell under the consent, which proves that capture was agreed to. The
keys of its files are destroyed, so that copies in backups are noise, and a signed certificate names them.
"""

from functools import partial

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams.models import Attempt
from proctor_site.kernel.errors import Conflict
from proctoring import coverage, holds, sessions
from proctoring.analysis import forgetting
from proctoring.evidence import custody, derived, keys, store
from proctoring.holds import Span
from proctoring.identity import document, reference, showings, voice
from proctoring.models import (
    ActResult,
    BrowserEvent,
    Call,
    CandidateWarning,
    ChatMessage,
    CoverageMinute,
    EvidenceManifest,
    HeadBaseline,
    IdentityCheck,
    Incident,
    LiveEvent,
    LivenessCheck,
    LiveWatch,
    MonitoringSession,
    ObservationMinute,
    ObservedClip,
    RaisedHand,
    SessionMeasures,
    Showing,
    TimeGift,
)
from proctoring.rights import certificates


def throw_away(attempt: Attempt, *, actor: User | None) -> dict[str, int]:
    """Deletes all of it in the caller's transaction, and says how many of what. Raises Conflict `held`."""
    session = sessions.session_of(attempt)
    if holds.why_held(Span(attempt, session)):
        raise Conflict(
            "This is under a legal hold and cannot be deleted now. Your exam office can tell you more.",
            code="held",
        )
    events, _ = LiveEvent.objects.filter(attempt=attempt).delete()
    # Practice is watched by nobody; a sitting may have been made practice afterwards.
    watches, _ = LiveWatch.objects.filter(attempt=attempt).delete()
    messages, _ = ChatMessage.objects.filter(attempt=attempt).delete()
    hands, _ = RaisedHand.objects.filter(attempt=attempt).delete()
    counts = {"live_events": events, "live_watches": watches, "messages": messages, "raised_hands": hands}
    counts["act_results"], _ = ActResult.objects.filter(attempt=attempt).delete()
    counts["time_gifts"], _ = TimeGift.objects.filter(attempt=attempt).delete()
    if session is not None:
        counts |= _empty(session, actor)
    counts["calls"], _ = Call.objects.filter(attempt=attempt).delete()  # after the evidence that names them
    return {name: number for name, number in counts.items() if number}


def _empty(session: MonitoringSession, actor: User | None) -> dict[str, int]:
    lock(session)
    head = {"evidence_hash": session.evidence_hash, "evidence_count": session.evidence_count}
    counts = {"evidence": store.erase(session)}  # before the incidents that it proves
    counts["reports"] = derived.drop_reports(session)
    for name, rows in (
        ("incidents", Incident.objects.filter(session=session)),
        ("browser_events", BrowserEvent.objects.filter(session=session)),
        ("warnings", CandidateWarning.objects.filter(session=session)),
        ("liveness_checks", LivenessCheck.objects.filter(session=session)),
        ("head_baselines", HeadBaseline.objects.filter(session=session)),
        ("observation_minutes", ObservationMinute.objects.filter(session=session)),
        ("observed_clips", ObservedClip.objects.filter(session=session)),
        ("measures", SessionMeasures.objects.filter(session=session)),
        ("coverage", CoverageMinute.objects.filter(session=session)),
    ):
        counts[name], _ = rows.delete()
    counts["identity_checks"], _ = IdentityCheck.objects.filter(session=session).delete()
    counts["face_data"] = reference.erase(session)
    counts["voices"] = voice.erase(session)
    counts["documents"] = document.erase(session)
    showings.erase(session)
    counts["showings"], _ = Showing.objects.filter(session=session).delete()
    EvidenceManifest.objects.filter(session=session).delete()
    destroyed = keys.labels_of([session])
    keys.destroy_for_session(session, actor=actor)
    audit.record(
        session.institution, session, custody.THROWN_AWAY, actor=actor, detail={**head, "deleted": counts}
    )
    _certify(session, counts, sorted(destroyed), actor)
    coverage.forget(session.pk)
    transaction.on_commit(partial(forgetting.everything, session))
    return counts


def _certify(
    session: MonitoringSession, counts: dict[str, int], destroyed: list[str], actor: User | None
) -> None:
    gone = {name: number for name, number in counts.items() if number}
    if session.attempt is not None and (gone or destroyed):
        certificates.make(
            session.institution,
            subject=session.attempt,
            counts=gone,
            heads={f"session {session.pk}": session.evidence_hash},
            keys=destroyed,
            actor=actor,
        )
