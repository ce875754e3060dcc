"""The one writer of marks: sets a layer, lets what counts follow from it, and keeps every former value."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states
from exams.kinds import shapes
from exams.marking.standing import Layers, standing
from exams.models import Mark, MarkChange, PaperItem, QuestionVersion
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput

LONGEST_COMMENT = 4_000
LONGEST_REASON = 1_000
_POINTS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?|\.[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one mark is to be. `item` has its mark loaded (`mark_of`)."""

    item: PaperItem
    layers: Layers
    marker: User | None = None
    key: QuestionVersion | None = None
    comment: str = ""


def mark_of(item: PaperItem) -> Mark | None:
    """The mark of an item, or None before anything has marked it."""
    return getattr(item, "mark", None)


def wanted_as_is(item: PaperItem) -> Wanted:
    """The mark as it stands, to be changed with `dataclasses.replace`."""
    mark = mark_of(item)
    if mark is None:
        return Wanted(item, Layers(item.points))
    layers = Layers(
        most=_most(item, mark),
        rule=mark.rule_points,
        person=mark.person_points,
        person_possible=mark.person_possible,
        ruling=mark.ruling,
    )
    return Wanted(item, layers, mark.marker, mark.key, mark.comment)


def _most(item: PaperItem, mark: Mark) -> Decimal:
    # What a question that is left out would count for is not lost: `possible` is 0 only in what stands.
    return item.points if mark.question_points is None else mark.question_points


def write(wanted: Iterable[Wanted], *, actor: User | None, source: str, reason: str = "") -> list[MarkChange]:
    """Writes marks and, for each whose points, possible points or comment change, one row of history.

    A first mark by rule needs no history: it overwrites nothing. The caller holds the lock and the
    transaction. Returns the changes that count.
    """
    now = clock.now()
    new: list[Mark] = []
    old: list[Mark] = []
    changes: list[MarkChange] = []
    for each in wanted:
        mark = mark_of(each.item)
        before = _standing_of(each.item, mark)
        made = mark or Mark(institution=each.item.institution, attempt=each.item.attempt, item=each.item)
        _fill(made, each, now)
        (new if mark is None else old).append(made)
        after = _standing_of(each.item, made)
        if before != after and not (mark is None and source == "rule"):
            changes.append(_change(each.item, before, after, actor, source, reason, now))
    Mark.objects.bulk_create(new, batch_size=1_000)
    # As an upsert: the CASE that bulk_update builds takes 35 s for 5,000 marks, this about one.
    Mark.objects.bulk_create(
        old, batch_size=1_000, update_conflicts=True, unique_fields=["id"], update_fields=_FIELDS
    )
    MarkChange.objects.bulk_create(changes, batch_size=1_000)
    return changes


_FIELDS = (
    "points",
    "possible",
    "question_points",
    "rule_points",
    "person_points",
    "person_possible",
    "ruling",
    "key",
    "marker",
    "comment",
    "marked_at",
)
_Standing = tuple[Decimal | None, Decimal, str]


def _standing_of(item: PaperItem, mark: Mark | None) -> _Standing:
    if mark is None:
        return None, item.points, ""
    return mark.points, item.points if mark.possible is None else mark.possible, mark.comment


def _fill(mark: Mark, wanted: Wanted, now: datetime) -> None:
    layers = wanted.layers
    possible, mark.points = standing(layers)
    mark.possible = None if possible == wanted.item.points else possible
    mark.question_points = None if layers.most == wanted.item.points else layers.most
    mark.rule_points, mark.person_points = layers.rule, layers.person
    mark.person_possible, mark.ruling = layers.person_possible, layers.ruling
    mark.marker, mark.key, mark.comment = wanted.marker, wanted.key, wanted.comment
    mark.marked_at = now


def _change(
    item: PaperItem,
    before: _Standing,
    after: _Standing,
    actor: User | None,
    source: str,
    reason: str,
    now: datetime,
) -> MarkChange:
    return MarkChange(
        institution=item.institution,
        item=item,
        source=source,
        points_before=before[0],
        points_after=after[0],
        possible_before=before[1],
        possible_after=after[1],
        comment_before=before[2],
        comment_after=after[2],
        reason=reason,
        actor=actor,
        at=now,
    )


def give(
    item: PaperItem, points: Decimal | None, *, comment: str, actor: User, source: str, reason: str = ""
) -> None:
    """Sets what a person gives, out of what the question counts for now; None takes it back.

    In the caller's transaction and under its lock.
    """
    as_is = wanted_as_is(item)
    person_possible = None if points is None else as_is.layers.most
    layers = replace(as_is.layers, person=points, person_possible=person_possible)
    marker = None if points is None else actor
    write(
        [replace(as_is, layers=layers, marker=marker, comment=comment)],
        actor=actor,
        source=source,
        reason=reason,
    )


def override(item: PaperItem, *, points: object, comment: object, reason: object, actor: User) -> PaperItem:
    """Changes a single mark by hand, whoever or whatever gave it; empty points give the rule its word back.

    Raises InvalidInput (points, comment, reason) and Conflict while the attempt still runs.
    """
    words = checked_reason(reason)
    text = checked_comment(comment)
    with transaction.atomic():
        lock(item.attempt)
        item = PaperItem.objects.select_related("mark", "attempt__institution").get(pk=item.pk)
        if item.attempt.state not in states.ENDED:
            raise Conflict("This attempt is not over yet.", code="not_ended")
        if item.attempt.state == states.ABANDONED:
            raise Conflict(
                "This attempt was not handed in. Accept it as handed in first.", code="not_handed_in"
            )
        most = wanted_as_is(item).layers.most
        wanted = None if points in (None, "") else checked_points(points, most)
        before = _standing_of(item, mark_of(item))
        give(item, wanted, comment=text, actor=actor, source="override", reason=words)
        item = PaperItem.objects.select_related("mark", "attempt__institution").get(pk=item.pk)
        after = _standing_of(item, mark_of(item))
        detail = {
            "item": item.pk,
            "position": item.position,
            "from": _plain(before[0]),
            "to": _plain(after[0]),
            "reason": words,
        }
        audit.record(item.institution, item.attempt, "attempt.mark_overridden", actor=actor, detail=detail)
    return item


def checked_points(given: object, most: Decimal) -> Decimal:
    """Points from 0 to `most`, two decimals at most, point or comma. Raises InvalidInput (points)."""
    text = str(given).strip().replace(",", ".")
    points = Decimal(text) if _POINTS.fullmatch(text) else None
    if points is None or points > most:
        shown = format(most.normalize(), "f")
        raise InvalidInput(
            f"Give points from 0 to {shown}, with at most two decimals, such as 2.5.", field="points"
        )
    return points


def checked_comment(given: object) -> str:
    """A comment in its one clean form, maybe empty. Raises InvalidInput (comment)."""
    return shapes.plain_text(
        given or "", "comment", "The comment", most=LONGEST_COMMENT, may_be_empty=True
    ).strip()


def checked_reason(given: object) -> str:
    """A reason that says something. Raises InvalidInput (reason)."""
    text = given.strip() if isinstance(given, str) else ""
    if not text:
        raise InvalidInput("Say why, in a few words.", field="reason", code="required")
    return shapes.plain_text(text, "reason", "The reason", most=LONGEST_REASON)


def _plain(points: Decimal | None) -> str | None:
    return None if points is None else str(points)
