"""The only writer of meetings, participants and watches: who may watch whom, and the record of it."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from accounts.models import User
from accounts.transitions import apply_move, lock
from exams import states as exam_states
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotFound
from proctoring import policies, sessions, states
from proctoring.live import groups, publish
from proctoring.meetings import admission
from proctoring.meetings.providers.base import Join, LiveProvider, ProviderDown
from proctoring.meetings.providers.guarded import provider
from proctoring.meetings.signals import FULL
from proctoring.models import Consent, LiveWatch, Meeting, Participant
from proctoring.models.meeting import Part
from proctoring.permissions import require_watch

log = logging.getLogger(__name__)

SEEN_EVERY_S = 30
STALE_AFTER = timedelta(seconds=3 * SEEN_EVERY_S)
"""A page that gave no sign for so long is gone, though nobody saw it go (its server was killed)."""
_JOIN_FOR = timedelta(hours=4)
SIGNAL = "live.signal"
"""Type of the group message that carries a signal; consumers handle it in `live_signal`."""


@dataclass(frozen=True, slots=True)
class Granted:
    """A watch that may begin: what each side needs. `sound`: whether the microphone may be turned on;
    `recorded`: whether it is recorded while it lasts."""

    watch: LiveWatch
    for_proctor: Join
    for_candidate: Join
    sound: bool
    recorded: bool


def meeting_of(sitting: Sitting) -> Meeting:
    """The meeting of a sitting, made now if there was none."""
    found = Meeting._base_manager.filter(sitting_id=sitting.pk).select_related("institution").first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Meeting.objects.create(
                institution=sitting.institution, sitting=sitting, provider=settings.LIVE_PROVIDER
            )
    except IntegrityError:  # another page asked at the same moment
        return Meeting._base_manager.select_related("institution").get(sitting_id=sitting.pk)


def begin_watch(sitting: Sitting, attempt_id: int, *, proctor: User, connection: str, level: str) -> Granted:
    """A proctor's page begins to watch an attempt of its sitting; asked again, the same watch goes on.

    Raises NotFound for what the person does not watch, NotAllowed for their own attempt, and Conflict with
    the codes `live_off`, `not_running`, `no_consent`, `live_full`, `live_unavailable`.
    """
    service = provider()
    attempt = _attempt(sitting, attempt_id, proctor)
    consent = _consent_to(attempt)
    if service is None or consent is None:
        raise Conflict("Live video is switched off on this server.", code="live_off")
    meeting = _open(meeting_of(sitting), service, proctor)
    candidate = participant_of(meeting, attempt.enrolment.candidate, Part.CANDIDATE)
    asked_at = clock.now()
    watch = _begin(meeting, attempt, candidate, proctor, connection, level)
    until = max(clock.now(), sitting.closes_at, attempt.deadline_at or clock.now()) + _JOIN_FOR
    try:
        for_proctor, for_candidate = admission.let_in(service, watch, candidate, until)
        recorded = _records(attempt, consent)
        admission.record(service, watch, recorded)
    except ProviderDown as down:
        began = _open_watches(connection=connection, attempt_id=attempt_id)
        began.filter(began_at__gte=asked_at).delete()  # nothing was seen, and pages try again and again
        began.update(ended_at=clock.now(), ended_by="unavailable")
        raise _interrupted(meeting, proctor, down) from down
    _restored(meeting, proctor)
    return Granted(watch, for_proctor, for_candidate, sound=consent.microphone, recorded=recorded)


def participant_of(meeting: Meeting, user: User, part: Part) -> Participant:
    """The person's place in the meeting, made now if there was none."""
    made, _ = Participant.objects.get_or_create(
        meeting=meeting,
        user=user,
        part=part,
        defaults={"institution": meeting.institution, "joined_at": clock.now()},
    )
    return made


def set_quality(connection: str, attempt_id: int, *, level: str, sound: bool) -> bool:
    """Writes down that a watch is large, or heard from now on. False when nothing is watched so, or the
    candidate did not agree to sound."""
    watch = _open_watches(connection=connection, attempt_id=attempt_id).select_related("attempt").first()
    if watch is None:
        return False
    consent = _consent_to(watch.attempt) if sound else None
    if sound and (consent is None or not consent.microphone):
        return False
    changes: dict[str, Any] = {"is_large": True} if level == FULL else {}
    if sound and watch.heard_at is None:
        changes["heard_at"] = clock.now()
    if changes:
        LiveWatch._base_manager.filter(pk=watch.pk).update(**changes)
    return True


def end_watch(connection: str, attempt_id: int, *, by: str) -> None:
    """Ends one watch of a page; nothing happens when it has ended already."""
    _end(_open_watches(connection=connection, attempt_id=attempt_id), by)


def end_page(connection: str) -> None:
    """Ends all watches of a page that is gone."""
    _end(_open_watches(connection=connection), "page_gone")


def note_seen(connection: str) -> None:
    """The page is still there; every `SEEN_EVERY_S` seconds."""
    _open_watches(connection=connection).update(seen_at=clock.now())


def stop_for(attempt: Attempt, *, by: str) -> None:
    """Nobody watches the attempt any more: it has ended, or consent was withdrawn.

    In the caller's transaction. Both sides are told when that commits.
    """
    watches = _with_meeting(_open_watches(attempt_id=attempt.pk))
    if not watches:
        return
    _open_watches(attempt_id=attempt.pk).update(ended_at=clock.now(), ended_by=by)
    transaction.on_commit(lambda: _tell_ended(attempt, watches, by))


def close_due() -> None:
    """Ends watches whose page is gone, and meetings whose sitting is over. Across institutions."""
    now = clock.now()
    lost = _with_meeting(_open_watches(seen_at__lt=now - STALE_AFTER))
    _open_watches(pk__in=[each.pk for each in lost]).update(ended_at=F("seen_at"), ended_by="lost")
    admission.put_out(lost)
    over = Meeting._base_manager.filter(sitting__closes_at__lt=now).select_related("institution")
    for meeting in over.exclude(state__in=(states.MEETING_ENDED, states.MEETING_CANCELLED)):
        running = Attempt._base_manager.filter(
            enrolment__sitting__meeting=meeting.pk, state__in=exam_states.RUNNING
        )
        if not running.exists():
            _close(meeting, now)


def _attempt(sitting: Sitting, attempt_id: int, proctor: User) -> Attempt:
    attempt = (
        Attempt.objects.filter(pk=attempt_id, enrolment__sitting=sitting)
        .select_related("institution", "enrolment__sitting__exam", "enrolment__candidate")
        .first()
    )
    if attempt is None or sitting.is_practice:
        raise NotFound("There is no such attempt in a sitting that you watch.")
    require_watch(attempt, proctor)
    if attempt.state not in exam_states.RUNNING:
        raise Conflict("This attempt is not running.", code="not_running")
    return attempt


def _consent_to(attempt: Attempt) -> Consent | None:
    """The consent under which the attempt may be watched; None when live video is off for it.

    Raises Conflict `no_consent` when the candidate did not agree to it, or takes the exam without camera.
    """
    if not policies.policy_of(attempt).shows_live:
        return None
    session = sessions.session_of(attempt)
    found = (
        Consent._base_manager.filter(session=session, withdrawn_at=None, camera=True, live_video=True).first()
        if session is not None and session.state == states.SESSION_LIVE
        else None
    )
    if found is None:
        raise Conflict("This candidate has not agreed to being watched live.", code="no_consent")
    return found


def _records(attempt: Attempt, consent: Consent) -> bool:
    """Only what the candidate's notice said, and the policy still wants."""
    return consent.live_recording and policies.policy_of(attempt).records_live


def _open(meeting: Meeting, service: LiveProvider, actor: User) -> Meeting:
    if meeting.state in (states.MEETING_ENDED, states.MEETING_CANCELLED):
        raise Conflict("The sitting is over.", code="not_running")
    try:
        external = service.create_meeting(f"sitting-{meeting.sitting_id}", str(meeting.sitting))
    except ProviderDown as down:
        raise _interrupted(meeting, actor, down) from down
    if meeting.state != states.MEETING_SCHEDULED:
        if external != meeting.external_id:
            Meeting._base_manager.filter(pk=meeting.pk).update(external_id=external)
            meeting.external_id = external
        return meeting
    values = {"external_id": external, "opened_at": clock.now()}
    try:
        return apply_move(meeting, states.MEETING, "open", actor=actor, values=values)
    except Conflict:  # another page opened it at the same moment
        meeting.refresh_from_db()
        return meeting


def _restored(meeting: Meeting, actor: User) -> None:
    """Only once somebody was let in: otherwise each try would open and interrupt it, in the audit log too."""
    if meeting.state != states.MEETING_INTERRUPTED:
        return
    try:
        apply_move(meeting, states.MEETING, "restore", actor=actor)
    except Conflict:  # another page was let in at the same moment
        meeting.refresh_from_db()


def _interrupted(meeting: Meeting, actor: User, down: ProviderDown) -> Conflict:
    log.warning("meeting %s: live video is not available: %s", meeting.pk, down)
    if meeting.state == states.MEETING_OPEN:
        apply_move(meeting, states.MEETING, "interrupt", actor=actor, reason=str(down)[:200])
    return Conflict("Live video is not available now.", code="live_unavailable")


@transaction.atomic
def _begin(
    meeting: Meeting, attempt: Attempt, candidate: Participant, proctor: User, connection: str, level: str
) -> LiveWatch:
    lock(candidate)  # two pages at the same moment count each other
    here = participant_of(meeting, proctor, Part.PROCTOR)
    now = clock.now()
    found = _open_watches(attempt_id=attempt.pk, seen_at__gt=now - STALE_AFTER).select_related("proctor")
    for each in found:
        if each.connection == connection:
            return each
    if len(found) >= settings.LIVE_MOST_WATCHERS:
        raise Conflict(
            f"{len(found)} pages watch this candidate already; more would burden their connection.",
            code="live_full",
        )
    return LiveWatch.objects.create(
        institution=attempt.institution,
        proctor=here,
        attempt=attempt,
        connection=connection,
        is_large=level == FULL,
        began_at=now,
        seen_at=now,
    )


def _open_watches(**chosen: Any) -> "QuerySet[LiveWatch]":
    # _base_manager: a page ends its own watches outside any scope, and the sweep runs across institutions.
    return LiveWatch._base_manager.filter(ended_at=None, **chosen)


def _with_meeting(watches: "QuerySet[LiveWatch]") -> list[LiveWatch]:
    return list(watches.select_related("proctor__meeting"))


def _end(watches: "QuerySet[LiveWatch]", by: str) -> None:
    ended = _with_meeting(watches)
    watches.update(ended_at=clock.now(), ended_by=by)
    admission.put_out(ended)


def _tell_ended(attempt: Attempt, watches: list[LiveWatch], by: str) -> None:
    for page in (each.connection for each in watches):
        ended = {"type": "live", "t": "ended", "from": attempt.pk, "code": by}
        publish.send(groups.watching_page(page), {"type": SIGNAL, "signal": ended})
        unwatch = {"type": "live", "t": "unwatch", "from": page}
        publish.send(groups.candidate_of(attempt.pk), {"type": SIGNAL, "signal": unwatch})
    admission.put_out(watches)
    admission.put_out_candidate(attempt)


def _close(meeting: Meeting, now: datetime) -> None:
    if meeting.state == states.MEETING_SCHEDULED:
        apply_move(meeting, states.MEETING, "cancel", actor=None)
        return
    service = provider()
    try:
        if service is not None:
            service.end(meeting.external_id)
    except ProviderDown:
        log.exception(
            "meeting %s: the provider could not be told its end; the next sweep tries again", meeting.pk
        )
        return
    apply_move(meeting, states.MEETING, "end", actor=None, values={"ended_at": now})
