"""The only writer of who looks first at whom: shared out, taken, left, given, and handed over.

It never limits a right. Each verb holds the sitting's row, writes an audit entry, and tells proctors' pages.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import apply_move, lock
from exams.models import Enrolment, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from proctoring.live.publish import record_event
from proctoring.models import HandOver, WatchAssignment
from proctoring.models.live_event import Audience
from proctoring.models.watch_assignment import MOST_NOTE
from proctoring.permissions import may_direct_watching, may_watch
from proctoring.rota import queries
from proctoring.rota.rules import MOST_RATIO, Shares, share_out
from proctoring.states import HAND_OVER, HAND_OVER_OFFERED

_MOST_AT_ONCE = 1_000
Changes = Mapping[int, User | None]
"""Enrolment to who looks first from now on."""


def plan(sitting: Sitting, *, ratio: Any, anew: bool = False) -> Shares:
    """How the candidates without a proctor would be shared out; `anew`: all who have not ended.

    Raises InvalidInput (ratio) and Conflict `no_proctors`.
    """
    number = _ratio(ratio)
    proctors = queries.proctors_of(sitting)
    if not proctors:
        raise Conflict("No proctor is assigned to this sitting.", code="no_proctors")
    active = [each for each in queries.candidates_of(sitting) if each.is_active]
    held = {each.pk: 0 for each in proctors}
    waiting = []
    for each in active:
        if each.proctor is None or anew:
            waiting.append(each.enrolment)
        elif each.proctor in held:
            held[each.proctor] += 1
    return share_out(waiting, held, number)


def carry_out(sitting: Sitting, *, actor: User, ratio: Any, anew: bool = False) -> Shares:
    """Shares the candidates out as `plan` says at this moment. `anew` is for who directs the watching."""
    _require_watch(sitting, actor)
    if anew:
        _require_direction(sitting, actor)
    with transaction.atomic():
        lock(sitting, "institution")
        shares = plan(sitting, ratio=ratio, anew=anew)
        people = {each.pk: each for each in queries.proctors_of(sitting)}
        changes: dict[int, User | None] = {
            enrolment: people[proctor] for proctor, given in shares.given.items() for enrolment in given
        }
        if anew:
            changes |= dict.fromkeys(shares.left)
        _write(sitting, changes, actor)
    return shares


def take(sitting: Sitting, enrolments: Any, *, actor: User) -> None:
    """The proctor looks first at candidates whom nobody has; those already theirs stay so.

    Raises InvalidInput (enrolments), Conflict `taken`, `too_many`.
    """
    _require_watch(sitting, actor)
    with transaction.atomic():
        lock(sitting, "institution")
        wanted = _enrolments(sitting, enrolments)
        held = _held(sitting, wanted)
        if any(each.proctor_id != actor.pk for each in held.values()):
            raise Conflict("Another proctor looks at one of them; ask for a hand-over.", code="taken")
        _write(sitting, dict.fromkeys((each for each in wanted if each not in held), actor), actor)


def leave(sitting: Sitting, *, actor: User, enrolments: Any = None) -> None:
    """The proctor no longer looks first at these candidates (None: at any): they are nobody's."""
    _require_watch(sitting, actor)
    with transaction.atomic():
        lock(sitting, "institution")
        mine = WatchAssignment.objects.filter(sitting=sitting, until=None, proctor=actor)
        if enrolments is not None:
            mine = mine.filter(enrolment__in=_enrolments(sitting, enrolments))
        _write(sitting, dict.fromkeys(mine.values_list("enrolment", flat=True)), actor)


def give(sitting: Sitting, enrolments: Any, *, to: Any, actor: User) -> None:
    """Who directs the watching gives candidates to a proctor at once, or (to: None) takes them from theirs.

    Raises NotAllowed `offer_instead` for proctors, InvalidInput (enrolments, to), Conflict `too_many`.
    """
    _require_watch(sitting, actor)
    _require_direction(sitting, actor)
    taker = None if to is None else _proctor(sitting, to)
    with transaction.atomic():
        lock(sitting, "institution")
        wanted = _enrolments(sitting, enrolments)
        held = _held(sitting, wanted)
        now = {each: held[each].proctor_id if each in held else None for each in wanted}
        goal = taker.pk if taker else None
        _write(sitting, {each: taker for each in wanted if now[each] != goal}, actor)


def offer(sitting: Sitting, enrolments: Any, *, to: Any, note: Any, actor: User) -> HandOver:
    """Offers own candidates to another proctor. Nothing moves before they accept.

    Raises InvalidInput (enrolments, to, note), Conflict `not_yours`, `offered_already`, `too_many`.
    """
    _require_watch(sitting, actor)
    taker, words = _proctor(sitting, to), _note(note)
    if taker.pk == actor.pk:
        raise InvalidInput("Choose another proctor than yourself.", field="to")
    with transaction.atomic():
        lock(sitting, "institution")
        wanted = _enrolments(sitting, enrolments)
        held = _held(sitting, wanted, "hand_over")
        if len(held) < len(wanted) or any(each.proctor_id != actor.pk for each in held.values()):
            raise Conflict("You can hand over only candidates who are yours.", code="not_yours")
        if any(each.hand_over and each.hand_over.state == HAND_OVER_OFFERED for each in held.values()):
            raise Conflict("One of them is offered to somebody already.", code="offered_already")
        _require_room(sitting, taker, len(wanted))
        made = HandOver.objects.create(
            institution=sitting.institution,
            sitting=sitting,
            giver=actor,
            taker=taker,
            note=words,
            offered_at=clock.now(),
        )
        WatchAssignment.objects.filter(pk__in=[each.pk for each in held.values()]).update(hand_over=made)
        detail = {"taker": taker.pk, "enrolments": wanted, "note": words}
        audit.record(sitting.institution, made, "handover.offered", actor=actor, detail=detail)
        _tell(sitting, "watch.offered", {"hand_over": queries.offer_shape(made)})
    return made


def answer(hand_over: HandOver, *, verb: str, actor: User) -> HandOver:
    """Accepts or declines (who it was offered to) or withdraws it (who offered it, or directs the watching).

    A repeat of the same answer changes nothing. Raises NotFound, InvalidInput (answer), NotAllowed, Conflict.
    """
    sitting = hand_over.sitting
    _require_watch(sitting, actor)
    if verb not in HAND_OVER.verbs:
        raise InvalidInput("The answer is accept, decline or withdraw.", field="answer")
    if not _may_answer(hand_over, verb, actor):
        raise NotAllowed("This hand-over was not offered to you.", code="not_yours")
    with transaction.atomic():
        lock(sitting, "institution")
        lock(hand_over, "institution", "giver", "taker")
        if hand_over.state == HAND_OVER.target(HAND_OVER_OFFERED, verb):
            return hand_over
        still = WatchAssignment.objects.filter(hand_over=hand_over, until=None)
        enrolments = list(still.values_list("enrolment", flat=True))
        _settle(hand_over, verb, actor)
        if verb == "accept":
            _write(sitting, dict.fromkeys(enrolments, hand_over.taker), actor)
    return hand_over


def proctor_left(sitting: Sitting, proctor: User, *, actor: User | None) -> None:
    """The person watches this sitting no longer: theirs are nobody's. In the caller's transaction."""
    mine = WatchAssignment.objects.filter(sitting=sitting, until=None, proctor=proctor)
    _write(sitting, dict.fromkeys(mine.values_list("enrolment", flat=True)), actor or proctor)


def _write(sitting: Sitting, changes: Changes, actor: User) -> None:
    """Ends what held before and begins anew, under the lock of the sitting."""
    if not changes:
        return
    for taker in {each for each in changes.values() if each is not None}:
        _require_room(sitting, taker, sum(each == taker for each in changes.values()), besides=changes)
    now = clock.now()
    held = WatchAssignment.objects.filter(sitting=sitting, until=None, enrolment__in=changes)
    in_offers = set(held.exclude(hand_over=None).values_list("hand_over", flat=True))
    held.update(until=now)
    WatchAssignment.objects.bulk_create(
        WatchAssignment(
            institution=sitting.institution,
            sitting=sitting,
            enrolment_id=enrolment,
            proctor=proctor,
            since=now,
            assigned_by=actor,
        )
        for enrolment, proctor in changes.items()
        if proctor is not None
    )
    detail = {"changes": {str(key): each.pk if each else None for key, each in changes.items()}}
    audit.record(sitting.institution, sitting, "sitting.watch_assigned", actor=actor, detail=detail)
    _drop_empty_offers(in_offers, actor)
    named = Enrolment.objects.filter(pk__in=changes).select_related("candidate")
    told = [
        {
            "enrolment": each.pk,
            "candidate": queries.person(each.candidate),
            "proctor": queries.person(who) if (who := changes[each.pk]) else None,
        }
        for each in named
    ]
    _tell(sitting, "watch.assigned", {"changes": told, "by": queries.person(actor)})


def _drop_empty_offers(offers: Iterable[int], actor: User) -> None:
    """Offers of which nothing is left to give are withdrawn."""
    waiting = HandOver.objects.filter(pk__in=offers, state=HAND_OVER_OFFERED)
    for each in waiting.exclude(assignments__until=None).select_related("institution", "sitting"):
        _settle(each, "withdraw", actor)


def _settle(hand_over: HandOver, verb: str, actor: User) -> None:
    apply_move(hand_over, HAND_OVER, verb, actor=actor, values={"answered_at": clock.now()})
    _tell(hand_over.sitting, "watch.answered", {"hand_over": queries.offer_shape(hand_over)})


def _may_answer(hand_over: HandOver, verb: str, actor: User) -> bool:
    if verb == "withdraw":
        return hand_over.giver_id == actor.pk or may_direct_watching(actor, hand_over.sitting)
    return hand_over.taker_id == actor.pk


def _require_room(sitting: Sitting, proctor: User, more: int, besides: Iterable[int] = ()) -> None:
    own = {
        each.enrolment
        for each in queries.candidates_of(sitting)
        if each.proctor == proctor.pk and each.is_active
    }
    if len(own - set(besides)) + more > MOST_RATIO:
        raise Conflict(f"{proctor} would have more than {MOST_RATIO} candidates.", code="too_many")


def _require_watch(sitting: Sitting, person: User) -> None:
    if not may_watch(person, sitting):
        raise NotFound("There is no such sitting that you watch.")


def _require_direction(sitting: Sitting, person: User) -> None:
    if not may_direct_watching(person, sitting):
        raise NotAllowed("Exam officers do this; you can offer a hand-over.", code="offer_instead")


def _held(sitting: Sitting, enrolments: Iterable[int], *along: str) -> dict[int, WatchAssignment]:
    rows = WatchAssignment.objects.filter(sitting=sitting, until=None, enrolment__in=enrolments)
    return {each.enrolment_id: each for each in rows.select_related(*along)}


def _enrolments(sitting: Sitting, value: Any) -> list[int]:
    is_list = isinstance(value, list) and 0 < len(value) <= _MOST_AT_ONCE
    if not is_list or any(isinstance(each, bool) or not isinstance(each, int) for each in value):
        raise InvalidInput("Choose at least one candidate.", field="enrolments")
    wanted = list(dict.fromkeys(each for each in value if 0 < each < 2**63))
    found = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None, pk__in=wanted).count()
    if found < len(set(value)):
        raise InvalidInput("One of them is not a candidate of this sitting.", field="enrolments")
    return wanted


def _proctor(sitting: Sitting, value: Any) -> User:
    is_id = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63
    found = User.objects.filter(pk=value, is_active=True).first() if is_id else None
    if found is None or not may_watch(found, sitting):
        raise InvalidInput("Choose a proctor of this sitting.", field="to")
    return found


def _note(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidInput("This must be a text.", field="note")
    words = value.strip()
    if len(words) > MOST_NOTE or "\x00" in words:
        raise InvalidInput(f"At most {MOST_NOTE} ordinary characters.", field="note", code="too_long")
    return words


def _ratio(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_RATIO:
        raise InvalidInput(f"Candidates of one proctor: from 1 to {MOST_RATIO}.", field="ratio")
    return value


def _tell(sitting: Sitting, kind: str, payload: dict[str, Any]) -> None:
    record_event(sitting.institution, kind=kind, payload=payload, audience=Audience.PROCTORS, sitting=sitting)
