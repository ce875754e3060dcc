"""What one marker does with one answer: claim it, mark it, undo, or decide between two markers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states
from exams.marking import marks, rubric_rules
from exams.marking.agreement import Settlement, settle
from exams.marking.rubrics import rubric_for
from exams.models import PaperItem, Reading, RoundAnswer, RoundMarker, Rubric
from exams.models.marking_round import ReadingPlace
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotAllowed, NotFound

CLAIM_LASTS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Given:
    """What a marker gives: `points` as typed, or with a rubric the chosen `levels` by criterion."""

    points: object = None
    comment: object = ""
    levels: Mapping[str, Any] | None = None
    reason: object = ""


def marker_of(answer: RoundAnswer, person: User) -> RoundMarker:
    """The person's part in the answer's round. Raises NotAllowed for others, and for one's own answers."""
    if not person.has_perm("exams.mark_answers", answer):
        raise NotAllowed("Your role does not mark answers.")
    found = RoundMarker.objects.filter(round_id=answer.round_id, user=person).first()
    if found is None:
        raise NotAllowed("You do not mark in this round. Ask the exam officer to assign you.")
    if answer.item.attempt.enrolment.candidate_id == person.pk:
        raise NotAllowed("This is your own answer; somebody else marks it.", code="own_answer")
    return found


def claim(answer: RoundAnswer, person: User) -> RoundAnswer:
    """Reserves the answer for the person for CLAIM_LASTS; claiming again renews it.

    Raises NotAllowed, and Conflict (claimed) while somebody else has it, with `details` who and until when.
    """
    marker_of(answer, person)
    with transaction.atomic():
        lock(answer)
        _require_unclaimed(answer, person)
        answer.claimed_by, answer.claimed_until = person, clock.now() + CLAIM_LASTS
        answer.save(update_fields=["claimed_by", "claimed_until"])
    return answer


def is_claimed_by_other(answer: RoundAnswer, person: User) -> bool:
    """Whether somebody else has the answer open now."""
    until = answer.claimed_until
    return answer.claimed_by_id not in (None, person.pk) and until is not None and until > clock.now()


def _require_unclaimed(answer: RoundAnswer, person: User) -> None:
    if is_claimed_by_other(answer, person):
        details = {"claimed_by": str(answer.claimed_by), "claimed_until": answer.claimed_until}
        raise Conflict(
            f"{answer.claimed_by} has this answer open and is marking it. Take the next one, or wait.",
            code="claimed",
            details=details,
        )


def save_reading(answer: RoundAnswer, given: Given, *, person: User) -> Reading:
    """Marks an answer, or changes one's own mark of it; what counts follows from all readings of it.

    Raises NotAllowed, InvalidInput (points, levels, comment), Conflict: round_closed, claimed, enough
    (others have marked it already), moderated.
    """
    if not marker_of(answer, person).is_marker:
        raise NotAllowed("In this round you decide between markers, and do not mark yourself.")
    with transaction.atomic():
        _lock_open(answer)
        _require_unclaimed(answer, person)
        readings = _readings(answer)
        own = next((each for each in readings.values() if each.marker_id == person.pk), None)
        if ReadingPlace.MODERATION in readings:
            raise Conflict("A moderator has decided about this answer.", code="moderated")
        place = own.place if own else _free_place(answer, readings)
        reading = own or Reading(institution=answer.institution, answer=answer, marker=person, place=place)
        _write(reading, given, before=_snapshot(own) if own else None)
        _release(answer)
        _settle(answer, actor=person)
        _record(answer, "saved", person, reading)
    return reading


def moderate(answer: RoundAnswer, given: Given, *, person: User) -> Reading:
    """A third person's final points, with a reason; may be changed by the same moderator.

    Raises NotAllowed (no moderator of this round, or one of its two markers), InvalidInput (points, levels,
    comment, reason), Conflict: round_closed, claimed, not_read (nobody has marked it yet).
    """
    if not marker_of(answer, person).is_moderator:
        raise NotAllowed("Only a moderator of this round decides between markers.")
    reason = marks.checked_reason(given.reason)
    with transaction.atomic():
        _lock_open(answer)
        _require_unclaimed(answer, person)
        readings = _readings(answer)
        if not readings:
            raise Conflict("Nobody has marked this answer yet.", code="not_read")
        if any(
            each.marker_id == person.pk and each.place != ReadingPlace.MODERATION
            for each in readings.values()
        ):
            raise NotAllowed(
                "You have marked this answer yourself; another moderator decides.", code="own_reading"
            )
        own = readings.get(ReadingPlace.MODERATION)
        reading = own or Reading(
            institution=answer.institution, answer=answer, place=ReadingPlace.MODERATION, marker=person
        )
        before = _snapshot(own) if own else None
        reading.marker, reading.reason = person, reason
        _write(reading, given, before=before)
        _release(answer)
        _settle(answer, actor=person)
        _record(answer, "moderated", person, reading, reason=reason)
    return reading


def undo(answer: RoundAnswer, *, person: User) -> RoundAnswer:
    """Takes one's last save of this answer back, one step: to what it was before, or to no mark.

    Raises NotAllowed, NotFound (nothing of one's own), Conflict: round_closed, claimed, moderated.
    """
    marker_of(answer, person)
    with transaction.atomic():
        _lock_open(answer)
        _require_unclaimed(answer, person)
        readings = _readings(answer)
        own = next((each for each in readings.values() if each.marker_id == person.pk), None)
        if own is None:
            raise NotFound("There is nothing of yours to undo here.")
        if own.place != ReadingPlace.MODERATION and ReadingPlace.MODERATION in readings:
            raise Conflict("A moderator has decided about this answer.", code="moderated")
        _record(answer, "undone", person, own)
        if own.before is None:
            own.delete()
        else:
            _restore(own)
        _settle(answer, actor=person)
    return answer


def _lock_open(answer: RoundAnswer) -> None:
    lock(answer)
    lock(answer.round)
    if answer.round.state != states.OPEN:
        raise Conflict("This round is closed; its marks are final.", code="round_closed")


def _readings(answer: RoundAnswer) -> dict[int, Reading]:
    return {each.place: each for each in Reading.objects.filter(answer=answer)}


def _free_place(answer: RoundAnswer, readings: dict[int, Reading]) -> int:
    if ReadingPlace.FIRST not in readings:
        return ReadingPlace.FIRST
    if answer.needs_second and ReadingPlace.SECOND not in readings:
        return ReadingPlace.SECOND
    raise Conflict("Somebody else has marked this answer already.", code="enough")


def _write(reading: Reading, given: Given, *, before: dict[str, Any] | None) -> None:
    item = reading.answer.item
    most = most_of(item)
    rubric = rubric_for(item.version)
    reading.comment = marks.checked_comment(given.comment)
    if rubric is None:
        reading.points, reading.rubric, reading.levels = marks.checked_points(given.points, most), None, {}
    else:
        levels = {str(name): level for name, level in (given.levels or {}).items()}
        reading.points = rubric_rules.points_by(rubric.criteria, levels, most)
        known = {each["id"] for each in rubric.criteria}
        reading.rubric, reading.levels = rubric, {name: levels[name] for name in sorted(known)}
    reading.before, reading.made_at = before, clock.now()
    reading.save()


def most_of(item: PaperItem) -> Decimal:
    """What the question counts for on this paper now, after regrades."""
    return marks.wanted_as_is(item).layers.most


def _snapshot(reading: Reading) -> dict[str, Any]:
    return {
        "points": str(reading.points),
        "comment": reading.comment,
        "rubric": reading.rubric_id,
        "levels": reading.levels,
        "reason": reading.reason,
        "marker": reading.marker_id,
    }


def _restore(reading: Reading) -> None:
    before: dict[str, Any] = reading.before or {}
    reading.points, reading.comment = Decimal(before["points"]), before["comment"]
    reading.rubric = Rubric.objects.filter(pk=before["rubric"]).first()
    reading.levels, reading.reason = before["levels"], before["reason"]
    reading.marker_id = before["marker"]
    reading.before, reading.made_at = None, clock.now()
    reading.save()


def _release(answer: RoundAnswer) -> None:
    answer.claimed_by, answer.claimed_until = None, None
    answer.save(update_fields=["claimed_by", "claimed_until"])


def _settle(answer: RoundAnswer, *, actor: User) -> None:
    readings = _readings(answer)
    found = settlement(answer, readings)
    answer.reading_count = len([place for place in readings if place != ReadingPlace.MODERATION])
    answer.is_settled, answer.is_disputed = found.points is not None, found.is_disputed
    answer.save(update_fields=["reading_count", "is_settled", "is_disputed"])
    item = PaperItem.objects.select_related("mark", "attempt__institution").get(pk=answer.item_id)
    lock(item.attempt)
    moderated = readings.get(ReadingPlace.MODERATION)
    marks.give(
        item,
        found.points,
        comment=_comment(readings) if found.points is not None else "",
        actor=actor,
        source="moderation" if moderated else "round",
        reason=moderated.reason if moderated else "",
    )


def settlement(answer: RoundAnswer, readings: Mapping[int, Reading]) -> Settlement:
    """What counts for an answer after these readings (by place)."""
    points = {place: each.points for place, each in readings.items()}
    return settle(
        points.get(ReadingPlace.FIRST),
        points.get(ReadingPlace.SECOND),
        points.get(ReadingPlace.MODERATION),
        needs_second=answer.needs_second,
        possible=most_of(answer.item),
        threshold=answer.round.threshold,
    )


def _comment(readings: Mapping[int, Reading]) -> str:
    """The moderator's comment if there is one, else those of both markers, each once."""
    last = readings.get(ReadingPlace.MODERATION)
    if last is not None and last.comment:
        return last.comment
    both = [readings[place].comment for place in sorted(readings) if readings[place].comment]
    return "\n\n".join(dict.fromkeys(both))


def _record(answer: RoundAnswer, what: str, person: User, reading: Reading, *, reason: str = "") -> None:
    detail = {"points": str(reading.points), "place": int(reading.place), "before": reading.before}
    if reason:
        detail["reason"] = reason
    audit.record(answer.institution, answer, f"round_answer.{what}", actor=person, detail=detail)
