"""Takes the sound of a private call from the proctor's page, in pieces, where policy and consent say so."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum

from accounts import audit
from accounts.models import User
from accounts.tenancy import within
from accounts.transitions import lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge
from proctoring import states
from proctoring.audio.containers import ClipLimits, check_bytes
from proctoring.audio.exchange import ClipError
from proctoring.evidence import keys
from proctoring.models import Call, CallPiece, DataClass
from proctoring.models.call import CallEnd, CallGap
from proctoring.permissions import require_watch

MOST_PIECE_BYTES = 500_000
"""Ten seconds take some 40 kB; Safari's take more."""
MOST_BYTES = 30_000_000
MOST_PIECES = 1_000
MOST_SECONDS = 30 * 60
"""A longer call goes on unrecorded, and says so."""
MOST_NUMBER = 2**48
LATE = timedelta(minutes=10)
_SLACK = timedelta(seconds=5)
TOLD_BY_PAGES = frozenset(
    {CallGap.NO_RECORDER, CallGap.FAILED, CallGap.NOT_TAKEN, CallGap.REFUSED, CallGap.TOO_LONG}
)


@dataclass(frozen=True, slots=True)
class PieceAnswer:
    """What the page is told; `accepted` false: it was taken before, the copy may go."""

    sequence: int
    accepted: bool
    code: str = ""

    def to_json(self) -> dict[str, Any]:
        """The answer of docs/architecture.md."""
        return asdict(self)


def accept_piece(call: Call, data: bytes, *, sequence: int, captured_at: float, proctor: User) -> PieceAnswer:
    """Keeps one piece until the whole is joined. `captured_at`: when it began, seconds, server's clock.

    In any order, each number once. Raises NotFound for calls of others; NotAllowed where the call is not
    recorded (`not_recorded`), the candidate has withdrawn (`withdrawn`), or it is over for long (`too_late`);
    Conflict (`not_open`, `recording_closed`, `number_taken`), InvalidInput, TooLarge; then nothing changed.
    """
    _require(call, proctor)
    if not 0 <= sequence <= MOST_NUMBER:
        raise InvalidInput(f"sequence is a whole number from 0 to {MOST_NUMBER}.", field="sequence")
    _check_sound(data)
    begins = _begin(call, captured_at)
    digest = hashlib.sha256(data).hexdigest()
    with within(call.institution), transaction.atomic():
        lock(call, "institution", "attempt")
        _require_open(call)
        before = CallPiece.objects.filter(call=call, sequence=sequence).first()
        if before is not None:
            if before.sha256 == digest:
                return PieceAnswer(sequence, False, "repeated")
            raise Conflict("Another piece has this number already.", code="number_taken")
        had = CallPiece.objects.filter(call=call).aggregate(bytes=Sum("size"), pieces=Count("pk"))
        if (had["bytes"] or 0) + len(data) > MOST_BYTES or had["pieces"] >= MOST_PIECES:
            raise TooLarge("This call is longer than calls are recorded.", field="piece", code="too_long")
        CallPiece.objects.create(
            institution=call.institution,
            call=call,
            sequence=sequence,
            begins_at=begins,
            data=keys.sealer_of(call.session).seal(DataClass.CALL, piece_name(call.pk, sequence), data),
            size=len(data),
            sha256=digest,
        )
    return PieceAnswer(sequence, True)


def piece_name(call_id: int, sequence: int) -> str:
    """The name under which a piece is encrypted; it lies in the database and has no other."""
    return f"call/{call_id}/{sequence}"


def report(call: Call, *, problem: object, done: object, proctor: User) -> Call:
    """The page says why something was not recorded, or that nothing more comes. Repeats change nothing.

    Raises as `accept_piece`, and Conflict `goes_on` for `done` in a call that is not over.
    """
    _require(call, proctor)
    if problem not in ("", *TOLD_BY_PAGES):
        known = ", ".join(sorted(TOLD_BY_PAGES))
        raise InvalidInput(f"A problem is one of {known}.", field="problem")
    if not isinstance(done, bool):
        raise InvalidInput("Say true or false.", field="done")
    with within(call.institution), transaction.atomic():
        lock(call, "institution", "attempt")
        if done and call.state != states.CALL_ENDED:
            raise Conflict("The call goes on; more may come.", code="goes_on")
        if call.recording_closed_at is not None:
            return call
        if problem and not call.recording_gap:
            call.recording_gap = str(problem)
            detail = {"call": call.pk, "problem": str(problem)}
            audit.record(call.institution, call.attempt, "call.not_recorded", actor=proctor, detail=detail)
        if done and call.recording_sent_at is None:
            call.recording_sent_at = clock.now()
        call.save(update_fields=["recording_gap", "recording_sent_at"])
    return call


def _require(call: Call, proctor: User) -> None:
    if call.proctor_id != proctor.pk:
        raise NotFound("There is no such call of yours.")
    require_watch(call.attempt, proctor)
    if not call.is_recorded:
        raise NotAllowed(
            "This call is not recorded: the exam's policy or the candidate's agreement does not say so.",
            code="not_recorded",
        )
    if call.ended_by == CallEnd.WITHDRAWN:
        raise NotAllowed("The candidate withdrew the agreement; nothing is taken.", code="withdrawn")
    if call.answered_at is None:
        raise Conflict("Nobody has answered this call.", code="not_open")
    if call.ended_at is not None and clock.now() > call.ended_at + LATE:
        minutes = round(LATE.total_seconds() / 60)
        raise NotAllowed(f"This call has been over for more than {minutes} minutes.", code="too_late")


def _require_open(call: Call) -> None:
    """As the row is under its lock."""
    if call.ended_by == CallEnd.WITHDRAWN:
        raise NotAllowed("The candidate withdrew the agreement; nothing is taken.", code="withdrawn")
    if call.recording_closed_at is not None:
        raise Conflict("The recording of this call is kept already.", code="recording_closed")


def _check_sound(data: bytes) -> None:
    if len(data) > MOST_PIECE_BYTES:
        raise TooLarge(
            f"This piece has {len(data)} bytes; at most {MOST_PIECE_BYTES} are accepted.",
            field="piece",
            details={"limit": MOST_PIECE_BYTES},
        )
    try:
        check_bytes(data, ClipLimits(max_bytes=MOST_PIECE_BYTES))
    except ClipError as error:
        raise InvalidInput(
            f"This is no recording: {error.message}.", code=error.code.value, field="piece"
        ) from error


def _begin(call: Call, captured_at: float) -> datetime:
    assert call.answered_at is not None  # `_require`
    try:
        begins = datetime.fromtimestamp(captured_at, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidInput("captured_at must be a moment.", field="captured_at") from error
    if not call.answered_at - _SLACK <= begins <= (call.ended_at or clock.now()) + _SLACK:
        raise InvalidInput("This piece was not recorded during the call.", field="captured_at")
    if begins > call.answered_at + timedelta(seconds=MOST_SECONDS):
        raise TooLarge("This call is longer than calls are recorded.", field="piece", code="too_long")
    return begins
