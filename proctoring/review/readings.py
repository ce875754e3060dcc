"""Giving a reading: one person's judgement, which moves the case on, and taking back a slip of the hand."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import apply_move, lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed
from proctoring.models import Case, Interview, Reading, ReasonCode
from proctoring.models.case import ADVERSE, ReadingPart, Verdict
from proctoring.models.supervision import ActKind
from proctoring.review import looks
from proctoring.review.blind import is_blind_for
from proctoring.review.cases import plain_text
from proctoring.review.readers import (
    next_part,
    require_fresh_eyes,
    require_reviewer,
    require_unlocked,
    valid_readings,
)
from proctoring.review.signals import case_moved
from proctoring.states import CASE, CASE_DECIDED, CASE_FIRST_READ

TAKE_BACK = timedelta(minutes=30)
"""How long a reader may take the only reading of a case back."""
GRAVITY = (Verdict.NO_CONCERN.value, Verdict.INCONCLUSIVE.value, Verdict.BREACH.value)
"""From mild to grave."""
_MOST_REASONS = 10


def give(case: Case, *, actor: User, verdict: str, reasons: Sequence[str] = (), note: str = "") -> Reading:
    """Gives the first, second or third reading, whichever is wanted, and moves the case on.

    No concern at first closes the case, unless it was drawn to be read by two. Two readings that agree on
    something adverse lead on to the reply window; readings that differ ask for a third reader. Raises
    NotAllowed, Conflict, InvalidInput.
    """
    with transaction.atomic():
        lock(case, "session", "institution")
        readings = valid_readings(case)
        part = next_part(case, readings)
        if part not in (ReadingPart.FIRST, ReadingPart.SECOND, ReadingPart.THIRD):
            raise Conflict("No reading of this case is wanted now.", code="no_reading_wanted")
        reading = make(case, part, readings, actor=actor, verdict=verdict, reasons=reasons, note=note)
        verb, values = _move_after(case, [*readings, reading], actor)
        if verb == "read_third":
            audit.record(case.institution, case, "case.read_third", actor=actor, detail=_about(reading))
        else:
            apply_move(case, CASE, verb, actor=actor, values=values, detail=_about(reading))
        looks.release_lock(case, actor=actor)
        case_moved.send(Case, case=case, verb=verb, actor=actor)
    return reading


def make(
    case: Case,
    part: str,
    readings: list[Reading],
    *,
    actor: User,
    verdict: str,
    reasons: Sequence[str],
    note: str,
) -> Reading:
    """Writes the row of a reading after all checks; the caller moves the case, in its transaction."""
    require_reviewer(case, actor)
    require_fresh_eyes(case, actor, part, readings)
    require_unlocked(case, actor)
    verdict = known_verdict(verdict)
    coded = _coded(case, reasons)
    note = plain_text(note, "note")
    if verdict in ADVERSE and not coded and not note:
        raise InvalidInput("Say why: choose a reason or write a note.", field="reasons")
    look = looks.look_of(case, actor)
    now = clock.now()
    return Reading.objects.create(
        institution=case.institution,
        case=case,
        number=Reading.objects.filter(case=case).count() + 1,
        part=part,
        reader=actor,
        verdict=verdict,
        reasons=coded,
        note=note,
        is_blind=is_blind_for(case, actor),
        opened_at=look.begun_at if look else None,
        finished_at=now,
        seconds=_spent(case, actor),
    )


def proposed(readings: Sequence[Reading]) -> str:
    """What the readings come to: what two of them share; of three that differ, inconclusive; "": not yet."""
    verdicts = [each.verdict for each in readings if each.part != ReadingPart.APPEAL]
    for verdict in verdicts:
        if verdicts.count(verdict) > 1:
            return verdict
    return Verdict.INCONCLUSIVE if len(verdicts) > 2 else ""


def take_back(case: Case, *, actor: User) -> Case:
    """The reader of the only reading takes it back within half an hour; the case is open again.

    Raises Conflict (codes "too_late", "interview_offered") and NotAllowed.
    """
    with transaction.atomic():
        lock(case, "session", "institution")
        readings = valid_readings(case)
        require_reviewer(case, actor)
        if case.state not in (CASE_FIRST_READ, CASE_DECIDED) or len(readings) != 1 or case.appealed_at:
            raise Conflict("This case has gone on; a reading cannot be taken back any more.", code="gone_on")
        [reading] = readings
        if reading.reader_id != actor.pk:
            raise NotAllowed("Only who gave a reading can take it back.")
        if clock.now() - reading.finished_at > TAKE_BACK:
            raise Conflict("A reading can be taken back for half an hour.", code="too_late")
        if Interview.objects.filter(case=case).exists():
            words = "The candidate was invited to an interview on this reading; it stands."
            raise Conflict(words, code="interview_offered")
        require_unlocked(case, actor)
        Reading.objects.filter(pk=reading.pk).update(withdrawn_at=clock.now())
        emptied = {"verdict": "", "decided_at": None, "decided_by": None, "first_reader": None}
        apply_move(case, CASE, "take_back", actor=actor, values=emptied, detail={"reading": reading.number})
        case_moved.send(Case, case=case, verb="take_back", actor=actor)
    return case


def can_take_back(case: Case, viewer: User) -> bool:
    """Whether the button is offered; the service checks again."""
    if case.state not in (CASE_FIRST_READ, CASE_DECIDED):
        return False
    readings = valid_readings(case)
    return (
        len(readings) == 1
        and readings[0].reader_id == viewer.pk
        and clock.now() - readings[0].finished_at <= TAKE_BACK
        and not Interview.objects.filter(case=case).exists()
    )


def visible_to(case: Case, viewer: User) -> list[Reading]:
    """The readings the person may see: while another is wanted, only who has given one sees any.

    So the next reader judges without knowing what the last one thought.
    """
    rows = list(Reading.objects.filter(case=case).select_related("reader").order_by("number"))
    valid = [each for each in rows if each.withdrawn_at is None]
    if next_part(case, valid) in (ReadingPart.SECOND, ReadingPart.THIRD):
        has_read = any(each.reader_id == viewer.pk for each in valid)
        return rows if has_read else []
    return rows


def known_verdict(verdict: object) -> str:
    """The verdict. Raises InvalidInput (field "verdict")."""
    if verdict not in Verdict.values:
        raise InvalidInput("Choose no concern, breach or inconclusive.", field="verdict")
    return str(verdict)


def reasons_offered(case: Case) -> list[ReasonCode]:
    """The coded reasons that the institution offers for readings, in their order."""
    rows = ReasonCode.objects.filter(institution=case.institution, is_active=True)
    return [each for each in rows if ActKind.READ.value in each.acts]


def _coded(case: Case, codes: Sequence[str]) -> list[dict[str, str]]:
    if isinstance(codes, str) or len(codes) > _MOST_REASONS:
        raise InvalidInput(f"Choose up to {_MOST_REASONS} reasons.", field="reasons")
    offered = {each.code: each for each in reasons_offered(case)} if codes else {}
    unknown = [str(code)[:40] for code in codes if code not in offered]
    if unknown:
        raise InvalidInput(f"There is no reason “{unknown[0]}” for readings here.", field="reasons")
    return [{"code": code, "wording": offered[code].wording} for code in dict.fromkeys(codes)]


def _move_after(case: Case, readings: list[Reading], actor: User) -> tuple[str, dict[str, Any]]:
    last, now = readings[-1], clock.now()
    closed = {"verdict": Verdict.NO_CONCERN.value, "decided_at": now, "decided_by": actor}
    # Whose case it was has read it; in their hands no colleague would be offered it.
    freed: dict[str, Any] = {"assigned_to": None, "assigned_at": None}
    is_clear = proposed(readings) == Verdict.NO_CONCERN
    if last.part == ReadingPart.FIRST:
        is_clear = last.verdict == Verdict.NO_CONCERN and not case.reads_twice
        read: dict[str, Any] = {"first_reader": actor}
        return ("clear", read | closed) if is_clear else ("read", read | freed)
    if last.part == ReadingPart.SECOND:
        seconded = {"second_reader": actor}
        return ("clear", seconded | closed) if is_clear else ("read_again", seconded | freed)
    return ("clear", closed) if is_clear else ("read_third", {})


def _spent(case: Case, actor: User) -> int:
    """All seconds of the person with the case, with those since the last renewal."""
    look = looks.look_of(case, actor)
    since = 0.0
    if look is not None and case.locked_by_id == actor.pk:
        since = (clock.now() - look.last_at).total_seconds()
    return looks.seconds_of(case, actor) + max(round(min(since, looks.LEASE.total_seconds())), 0)


def _about(reading: Reading) -> dict[str, Any]:
    return {
        "reading": reading.number,
        "part": reading.part,
        "verdict": reading.verdict,
        "reasons": [each["code"] for each in reading.reasons],
        "is_blind": reading.is_blind,
        "seconds": reading.seconds,
    }
