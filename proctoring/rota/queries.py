"""Shared reads: who looks first at whom, who is there, whom nobody watches."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import User
from exams import states
from exams.models import Attempt, Enrolment, Sitting, SittingProctor
from proctoring.live import proctor_presence
from proctoring.live.messages import iso
from proctoring.models import HandOver, LiveWatch, WatchAssignment
from proctoring.permissions import may_watch
from proctoring.states import HAND_OVER_OFFERED

Person = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Watched:
    """One candidate of the list. `is_active`: has not ended; only those count."""

    enrolment: int
    name: str
    state: str
    proctor: int | None
    is_seen_live: bool

    @property
    def is_active(self) -> bool:
        return self.state not in states.ENDED

    @property
    def is_running(self) -> bool:
        return self.state in states.RUNNING


@dataclass(slots=True)
class Desk:
    """One proctor: whom they look at first, whom they watch live now, how many of their pages are open."""

    proctor: User
    is_assigned: bool
    pages: int
    candidates: list[Watched] = field(default_factory=list)
    live: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Candidates who have not ended."""
        return sum(each.is_active for each in self.candidates)


@dataclass(frozen=True, slots=True)
class Rota:
    """Who watches whom in a sitting, at one moment."""

    desks: list[Desk]
    nobodys: list[Watched]
    """Candidates who have not ended and whom no proctor looks at first."""
    never_live: list[Watched]
    """Running attempts that nobody has watched live so far."""
    candidates: list[Watched]


def person(user: User) -> Person:
    """A member of staff as events name them."""
    return {"id": user.pk, "name": str(user)}


def proctors_by_enrolment(sitting: Sitting) -> dict[int, Person]:
    """Who looks first at each candidate that has somebody. One query."""
    rows = WatchAssignment.objects.filter(sitting=sitting, until=None).select_related("proctor")
    return {each.enrolment_id: person(each.proctor) for each in rows}


def proctors_of(sitting: Sitting) -> list[User]:
    """The proctors assigned to the sitting who may watch it now, by name."""
    rows = SittingProctor.objects.filter(sitting=sitting, user__is_active=True).select_related("user")
    return sorted((each.user for each in rows if may_watch(each.user, sitting)), key=str)


def candidates_of(sitting: Sitting) -> list[Watched]:
    """Everybody enrolled, by name. Four queries."""
    enrolments = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None).select_related("candidate")
    newest: dict[int, tuple[int, str]] = {}
    attempts = Attempt.objects.filter(enrolment__sitting=sitting).order_by("pk")
    for enrolment, attempt, state in attempts.values_list("enrolment", "pk", "state"):
        newest[enrolment] = (attempt, state)
    held = WatchAssignment.objects.filter(sitting=sitting, until=None)
    proctors = dict(held.values_list("enrolment", "proctor"))
    seen = set(
        LiveWatch.objects.filter(attempt__enrolment__sitting=sitting).values_list("attempt", flat=True)
    )
    found = []
    for each in enrolments:
        attempt, state = newest.get(each.pk, (0, states.SCHEDULED))
        found.append(Watched(each.pk, str(each.candidate), state, proctors.get(each.pk), attempt in seen))
    return sorted(found, key=lambda each: (each.name.casefold(), each.enrolment))


def rota_of(sitting: Sitting) -> Rota:
    """Every proctor who is assigned, here, or holds candidates; and the candidates whom nobody watches."""
    assigned = proctors_of(sitting)
    candidates = candidates_of(sitting)
    pages = proctor_presence.pages_in(sitting.pk)
    others = {*pages, *(each.proctor for each in candidates if each.proctor)} - {each.pk for each in assigned}
    staff = [*assigned, *sorted(User.objects.filter(pk__in=others), key=str)]
    known = {each.pk for each in assigned}
    desks = {each.pk: Desk(each, each.pk in known, pages.get(each.pk, 0)) for each in staff}
    for each in candidates:
        if each.proctor in desks:
            desks[each.proctor].candidates.append(each)
    for proctor, name in _live_now(sitting):
        if proctor in desks and name not in desks[proctor].live:
            desks[proctor].live.append(name)
    return Rota(
        desks=list(desks.values()),
        nobodys=[each for each in candidates if each.is_active and each.proctor is None],
        never_live=[each for each in candidates if each.is_running and not each.is_seen_live],
        candidates=candidates,
    )


def _live_now(sitting: Sitting) -> Iterable[tuple[int, str]]:
    rows = LiveWatch.objects.filter(attempt__enrolment__sitting=sitting, ended_at=None)
    rows = rows.select_related("proctor", "attempt__enrolment__candidate").order_by("pk")
    return [(each.proctor.user_id, str(each.attempt.enrolment.candidate)) for each in rows]


def open_offers(sitting: Sitting) -> list[HandOver]:
    """Hand-overs that wait for an answer, oldest first."""
    rows = HandOver.objects.filter(sitting=sitting, state=HAND_OVER_OFFERED)
    return list(rows.select_related("giver", "taker").order_by("pk"))


def offer_shape(offer: HandOver) -> dict[str, Any]:
    """A hand-over as events and the API show it, with the candidates that it is about."""
    rows = offer.assignments.select_related("enrolment__candidate").order_by("pk")
    answered: datetime | None = offer.answered_at
    return {
        "id": offer.pk,
        "giver": person(offer.giver),
        "taker": person(offer.taker),
        "note": offer.note,
        "state": offer.state,
        "offered_at": iso(offer.offered_at),
        "answered_at": iso(answered),
        "candidates": [
            {"enrolment": each.enrolment_id, "name": str(each.enrolment.candidate)} for each in rows
        ],
    }
