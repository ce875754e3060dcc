"""The only writer of private calls: a proctor asks one candidate, who may accept; nobody else hears them."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.models import User
from accounts.tenancy import within
from accounts.transitions import apply_move, lock
from exams import states as exam_states
from exams.delivery.outside import NO_PAGE_OF_OURS
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotFound
from proctoring import policies, states
from proctoring.live import groups, publish
from proctoring.live.messages import iso
from proctoring.live.publish import record_events
from proctoring.meetings.providers.base import OFF, Join
from proctoring.meetings.services import STALE_AFTER
from proctoring.meetings.turn import ice_servers
from proctoring.models import Call, Consent
from proctoring.models.call import CallEnd
from proctoring.models.live_event import Audience
from proctoring.permissions import require_watch

RING_S = 45.0
"""So long a call rings."""
_RING_GRACE = timedelta(seconds=5)
"""An answer in the last moment may take so long to arrive."""
_JOIN_FOR = timedelta(hours=4)
MOST_SHOWN = 50
CHANGED = "call.changed"
SIGNAL = "call.signal"
"""Type of the group message that carries what the two sides agree; consumers handle it in `call_signal`."""
_ALONG = ("institution", "proctor", "attempt__enrolment__candidate", "attempt__enrolment__sitting")


def ask(sitting: Sitting, attempt_id: int, *, proctor: User, connection: str, kind: str) -> Call:
    """Calls the candidate of an attempt; asked again by the same page, the same call goes on.

    Raises NotFound for what the person does not watch, NotAllowed for their own attempt, and Conflict with
    the codes `live_off`, `not_running`, `in_a_call`.
    """
    attempt = _attempt(sitting, attempt_id, proctor)
    if settings.LIVE_PROVIDER == OFF:
        raise Conflict("Calls are switched off on this server.", code="live_off")
    with transaction.atomic():
        lock(attempt)  # two proctors at the same moment
        lock(proctor)  # and two pages of one of them
        _end_stale(Q(attempt_id=attempt.pk) | Q(proctor_id=proctor.pk))
        found = goes_on().filter(Q(attempt_id=attempt.pk) | Q(proctor_id=proctor.pk)).first()
        if found is not None:
            if (found.attempt_id, found.connection) == (attempt.pk, connection):
                return found
            raise _in_a_call(found, proctor)
        now = clock.now()
        call = Call.objects.create(
            institution=attempt.institution,
            attempt=attempt,
            proctor=proctor,
            kind=kind,
            connection=connection,
            is_recorded=may_be_recorded(attempt),
            asked_at=now,
            seen_at=now,
        )
        detail = {"call": call.pk, "kind": kind, "recorded": call.is_recorded}
        audit.record(attempt.institution, attempt, "attempt.called", actor=proctor, detail=detail)
        _tell(call)
    return call


def accept(attempt: Attempt, call_id: int, *, candidate: User) -> Call:
    """The candidate accepts; a second time changes nothing. Raises NotFound, and Conflict `call_over`."""
    call = _of(attempt, call_id, candidate)
    if call.state == states.CALL_OPEN:
        return call
    now = clock.now()
    if call.state != states.CALL_RINGING or now > call.asked_at + timedelta(seconds=RING_S) + _RING_GRACE:
        raise Conflict("This call is over.", code="call_over")
    _move(call, "answer", actor=candidate, answered_at=now)
    return call


def decline(attempt: Attempt, call_id: int, *, candidate: User) -> Call:
    """The candidate does not want to speak; nothing follows from it. A call that is over stays as it is."""
    call = _of(attempt, call_id, candidate)
    if call.state == states.CALL_RINGING:
        _move(call, "decline", actor=candidate, ended_at=clock.now(), ended_by=CallEnd.CANDIDATE)
    return call


def hang_up_by_candidate(attempt: Attempt, call_id: int, *, candidate: User) -> Call:
    """The candidate ends the call; one that only rings is declined. Repeats change nothing."""
    call = _of(attempt, call_id, candidate)
    if call.state == states.CALL_RINGING:
        return decline(attempt, call_id, candidate=candidate)
    _end(call, CallEnd.CANDIDATE, actor=candidate)
    return call


def hang_up_by_proctor(sitting: Sitting, call_id: int, *, proctor: User) -> Call:
    """The proctor ends their own call, or stops ringing. Repeats change nothing; NotFound for other calls."""
    call = _own(sitting, call_id, proctor)
    _end(call, CallEnd.PROCTOR, actor=proctor)
    return call


def resume(sitting: Sitting, call_id: int, *, proctor: User, connection: str) -> Call:
    """The proctor goes on with their call on another page, such as after a reload; the old page is told.

    Raises NotFound for calls of others, Conflict `call_over`.
    """
    call = _own(sitting, call_id, proctor)
    if call.state not in states.CALL_GOES_ON:
        raise Conflict("This call is over.", code="call_over")
    before = call.connection
    with transaction.atomic():
        Call._base_manager.filter(pk=call.pk).update(connection=connection, seen_at=clock.now())
        call.connection = connection
        if before != connection:
            _tell(call)
            moved = {"type": "call", "t": "moved", "call": call.pk}
            transaction.on_commit(
                lambda: publish.send(groups.watching_page(before), {"type": SIGNAL, "signal": moved})
            )
    return call


def page_gone(connection: str) -> None:
    """The proctor's page is gone and did not come back: its call is over."""
    for call in goes_on().filter(connection=connection):
        _end(call, CallEnd.PAGE_GONE)


def note_seen(connection: str) -> None:
    """The proctor's page is still there."""
    goes_on().filter(connection=connection).update(seen_at=clock.now())


def stop_for(attempt: Attempt, *, by: str) -> None:
    """Ends the attempt's call: the exam has ended, or consent was withdrawn. In the caller's transaction."""
    for call in goes_on().filter(attempt_id=attempt.pk):
        _end(call, CallEnd(by))


def close_due() -> None:
    """Ends calls that nobody answers and those whose page is gone. Across institutions."""
    _end_stale(Q())


def running_of(attempt: Attempt) -> Call | None:
    """The call that rings or is open, for the candidate's page."""
    return goes_on().filter(attempt_id=attempt.pk).first()


def running_by(sitting: Sitting, proctor: User) -> Call | None:
    """The person's own call in this sitting, for their page."""
    return goes_on().filter(proctor_id=proctor.pk, attempt__enrolment__sitting_id=sitting.pk).first()


def covered(attempt_id: int, begin: datetime, end: datetime) -> bool:
    """Whether a call with a proctor was open at any moment from `begin` to `end`."""
    answered = Call._base_manager.filter(attempt_id=attempt_id, answered_at__lt=end)
    return answered.filter(Q(ended_at=None) | Q(ended_at__gt=begin)).exists()


def of_attempt(attempt: Attempt) -> "QuerySet[Call]":
    """The newest calls of an attempt, for staff who may see it."""
    return (
        Call.objects.filter(attempt=attempt)
        .select_related("proctor")
        .order_by("-pk")
        .prefetch_related("recordings")[:MOST_SHOWN]
    )


def why_not(attempt: Attempt) -> str:
    """Why the candidate cannot be called, in one sentence; "" when it can be tried."""
    if settings.LIVE_PROVIDER == OFF or attempt.enrolment.sitting.is_practice:
        return "Calls are switched off here."
    if attempt.enrolment.sitting.exam.is_outside:
        return NO_PAGE_OF_OURS
    if attempt.state not in exam_states.RUNNING:
        return "A call is possible while the candidate takes the exam."
    return ""


def goes_on() -> "QuerySet[Call]":
    """Calls that ring or are open."""
    # _base_manager: a page ends its own call outside any scope, and the sweep runs across institutions.
    rows = Call._base_manager.filter(state__in=states.CALL_GOES_ON)
    return rows.select_related(*_ALONG)


def join_for(call: Call, side: str) -> dict[str, Any]:
    """What the browser of one side ("proctor", "candidate") needs to find the other."""
    until = clock.now() + _JOIN_FOR
    servers = ice_servers(f"call-{call.pk}-{side}", until)
    return Join("peer", until, ice_servers=servers, relay_only=settings.RELAY_ONLY).to_json()


def may_be_recorded(attempt: Attempt) -> bool:
    """Whether the policy records calls and this candidate's notice said so, while that consent holds."""
    if not policies.policy_of(attempt).records_calls:
        return False
    agreed = Consent._base_manager.filter(session__attempt_id=attempt.pk, withdrawn_at=None)
    return agreed.filter(camera=True, call_recording=True).exists()


def for_candidate(call: Call) -> dict[str, Any]:
    """A call as the candidate's page hears of it. `page` is where its answers go."""
    return _shape(call) | {"proctor": str(call.proctor), "page": call.connection}


def for_proctors(call: Call) -> dict[str, Any]:
    """A call as every proctor of the sitting hears of it: who speaks with whom, and nothing of what."""
    candidate = call.attempt.enrolment.candidate
    return _shape(call) | {
        "attempt": call.attempt_id,
        "candidate": {"id": candidate.pk, "name": str(candidate)},
        "proctor": {"id": call.proctor_id, "name": str(call.proctor)},
    }


def _shape(call: Call) -> dict[str, Any]:
    return {
        "call": call.pk,
        "state": call.state,
        "kind": call.kind,
        "recorded": call.is_recorded,
        "asked_at": iso(call.asked_at),
        "answered_at": iso(call.answered_at),
        "ended_at": iso(call.ended_at),
        "ended_by": call.ended_by,
    }


def _attempt(sitting: Sitting, attempt_id: int, proctor: User) -> Attempt:
    attempt = (
        Attempt.objects.filter(pk=attempt_id, enrolment__sitting=sitting)
        .select_related("institution", "enrolment__sitting__exam", "enrolment__candidate")
        .first()
    )
    if attempt is None or sitting.is_practice:
        raise NotFound("There is no such attempt in a sitting that you watch.")
    require_watch(attempt, proctor)
    if attempt.state not in exam_states.RUNNING:  # only the exam page rings
        raise Conflict("This candidate is not taking the exam now.", code="not_running")
    return attempt


def _in_a_call(found: Call, proctor: User) -> Conflict:
    if found.proctor_id == proctor.pk:
        who = found.attempt.enrolment.candidate
        return Conflict(f"You are in a call with {who} already. End that one first.", code="in_a_call")
    return Conflict(f"{found.proctor} is in a call with this candidate.", code="in_a_call")


def _of(attempt: Attempt, call_id: int, candidate: User) -> Call:
    rows = Call._base_manager.filter(pk=call_id, attempt_id=attempt.pk)
    call = rows.select_related(*_ALONG).first()
    if call is None or attempt.enrolment.candidate_id != candidate.pk:
        raise NotFound("There is no such call for you.")
    return call


def _own(sitting: Sitting, call_id: int, proctor: User) -> Call:
    rows = Call.objects.filter(pk=call_id, proctor=proctor, attempt__enrolment__sitting=sitting)
    call = rows.select_related(*_ALONG).first()
    if call is None:
        raise NotFound("There is no such call of yours.")
    require_watch(call.attempt, proctor)
    return call


def _end(call: Call, by: CallEnd, *, actor: User | None = None) -> None:
    """Ends what goes on; a call that only rang is missed. What is over already stays."""
    if call.state not in states.CALL_GOES_ON:
        return
    verb = "miss" if call.state == states.CALL_RINGING else "end"
    at = max(call.seen_at, call.answered_at or call.asked_at) if by is CallEnd.LOST else clock.now()
    try:
        _move(call, verb, actor=actor, ended_at=at, ended_by=by)
    except Conflict:  # somebody else ended or answered it at the same moment
        call.refresh_from_db()
        if call.state == states.CALL_OPEN:
            _move(call, "end", actor=actor, ended_at=at, ended_by=by)


def _end_stale(chosen: Q) -> None:
    now = clock.now()
    rung = Q(state=states.CALL_RINGING, asked_at__lt=now - timedelta(seconds=RING_S) - _RING_GRACE)
    for call in goes_on().filter(chosen).filter(rung | Q(seen_at__lt=now - STALE_AFTER)):
        _end(call, CallEnd.NO_ANSWER if call.state == states.CALL_RINGING else CallEnd.LOST)


def _move(call: Call, verb: str, *, actor: User | None, **values: Any) -> None:
    with within(call.institution), transaction.atomic():
        apply_move(call, states.CALL, verb, actor=actor, values=values)
        _tell(call)


def _tell(call: Call) -> None:
    record_events(
        call.institution,
        kind=CHANGED,
        told={Audience.CANDIDATE: for_candidate(call), Audience.PROCTORS: for_proctors(call)},
        sitting=call.attempt.enrolment.sitting,
        attempt=call.attempt,
    )
