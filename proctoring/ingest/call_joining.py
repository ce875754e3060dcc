"""Joins the pieces of recorded calls that are over, and keeps each whole as one piece of evidence."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.tenancy import within
from accounts.transitions import lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Unavailable
from proctoring import states
from proctoring.analysis import sound_pool
from proctoring.analysis.worker_pools import WorkerLost
from proctoring.audio.call_sound import CallPieces, CallSound
from proctoring.evidence import keys, sounds, store
from proctoring.evidence.exhibits import Recording, Staged
from proctoring.ingest.call_recording import LATE, MOST_SECONDS, piece_name
from proctoring.models import Call, CallPiece
from proctoring.models.call import CallGap
from proctoring.models.evidence import EvidenceKind

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(hours=24)
"""Pieces that end every process that reads them are not tried for ever."""
MOST_EACH = 3
"""Of one round: others wait for the same sweep."""
_END_S = 2.0


def finish_due() -> int:
    """Finishes what waits: all was sent, or the time for it is over. Across institutions; how many.

    What cannot be joined now (nobody listens, or a process was lost) waits for the next round.
    """
    now = clock.now()
    # _base_manager: the sweep runs across institutions.
    waiting = Call._base_manager.filter(
        Q(recording_sent_at__isnull=False) | Q(ended_at__lt=now - LATE),
        is_recorded=True,
        recording_closed_at=None,
        state=states.CALL_ENDED,
    ).select_related("institution", "attempt__monitoring__institution")
    done = 0
    for call in waiting.order_by("ended_at")[:MOST_EACH]:
        try:
            done += finish(call)
        except (Unavailable, WorkerLost) as error:
            log.warning("the recording of call %s waits: %s", call.pk, error)
            if call.ended_at is not None and now > call.ended_at + GIVE_UP_AFTER:
                with within(call.institution):
                    _close(call, [], _snapshot(call), CallGap.UNREADABLE)
    return done


def finish(call: Call) -> bool:
    """Joins, keeps and closes; False when something came meanwhile, or somebody else was faster."""
    with within(call.institution):
        numbers = _snapshot(call)
        sound = sound_pool.join(_pieces_of(call), longest_s=MOST_SECONDS) if numbers else None
        staged = _stage(call, sound, numbers[0]) if sound is not None and sound.data else []
        try:
            return _close(call, staged, numbers, _gap_of(call, sound))
        except BaseException:
            store.discard(staged)
            raise


def _snapshot(call: Call) -> list[int]:
    return list(CallPiece.objects.filter(call=call).values_list("sequence", flat=True))


def _pieces_of(call: Call) -> CallPieces:
    assert call.answered_at is not None  # only answered calls are `ended`
    begin = call.answered_at
    rows = CallPiece.objects.filter(call=call)
    return tuple(((each.begins_at - begin).total_seconds(), _plain(each)) for each in rows)


def _plain(piece: CallPiece) -> bytes:
    return keys.unseal(piece_name(piece.call_id, piece.sequence), bytes(piece.data))


def _stage(call: Call, sound: CallSound, number: int) -> list[Staged]:
    assert call.answered_at is not None
    about = sounds.describe_call(sound, call.seconds or sound.seconds)
    whole = Recording(number, call.answered_at, sound.data, sound.mime, about, EvidenceKind.CALL)
    return store.stage(call.session, [whole])


def _gap_of(call: Call, sound: CallSound | None) -> str:
    """What the page said stays; else what is seen here."""
    if call.recording_gap:
        return call.recording_gap
    if sound is None:
        return CallGap.NO_SOUND
    if sound.unreadable:
        return CallGap.UNREADABLE
    ends_early = (call.seconds or 0.0) - sound.seconds > _END_S
    return CallGap.MISSING if sound.gaps or ends_early else ""


def _close(call: Call, staged: list[Staged], numbers: list[int], gap: str) -> bool:
    with transaction.atomic():
        lock(call, "institution", "attempt__monitoring__institution")
        if call.recording_closed_at is not None or sorted(_snapshot(call)) != sorted(numbers):
            store.discard(staged)
            return False
        kept = store.attach(call, staged)
        CallPiece.objects.filter(call=call).delete()
        call.recording_gap, call.recording_closed_at = call.recording_gap or gap, clock.now()
        call.save(update_fields=["recording_gap", "recording_closed_at"])
        detail = {"call": call.pk, "evidence": [each.pk for each in kept], "problem": call.recording_gap}
        audit.record(call.institution, call.attempt, "call.recording_kept", detail=detail)
    return True
