"""What proctors ask candidates to show in the exam: asked, done or declined; the clock stands meanwhile."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

import exams.delivery.attempts as attempts  # by full name: mypy loses the submodule in a cycle
from accounts import audit, stored_files
from accounts.models import User
from accounts.transitions import apply_move, lock
from exams import states as exam_states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, IllegalMove, InvalidInput, NotFound, Refusal
from proctoring import policies, sessions
from proctoring.law_guards import why_not_room_scan
from proctoring.live.messages import iso
from proctoring.live.publish import record_events
from proctoring.models import Consent, MonitoringSession, Showing
from proctoring.models.live_event import Audience
from proctoring.models.showing import What
from proctoring.models.supervision import ActKind
from proctoring.permissions import require_watch
from proctoring.states import SHOWING, SHOWING_OPEN
from proctoring.wording import reason_for

ANSWER_WITHIN = timedelta(minutes=3)
DONE_WITHIN = timedelta(minutes=10)
STEPS = {What.ROOM: ("left", "behind", "right", "desk"), What.DESK: ("desk", "under"), What.FACE: ("face",)}
"""What there is to be pictured, in this order."""


def why_not(attempt: Attempt, what: str) -> str:
    """Why this cannot be asked of the candidate, in a sentence; "" when it can.

    The policy, the law, and the notice that the candidate agreed to must all allow it.
    """
    policy = policies.policy_of(attempt)
    session = sessions.session_of(attempt)
    given = Consent.objects.filter(session=session, withdrawn_at=None).first() if session else None
    is_face = what == What.FACE
    if not is_face and (why := why_not_room_scan(attempt.institution)):
        return why
    if not (policy.asks_photo_again if is_face else policy.scans_rooms):
        return "The policy of this exam does not allow to ask for this."
    if given is None or not given.camera:
        return "The candidate takes the exam without camera."
    if not (given.photo_again if is_face else given.room_scan):
        return "The candidate agreed to a notice that did not name this."
    return ""


def ask(attempt: Attempt, *, proctor: User, what: Any, reason: Any = "", reason_code: Any = "") -> Showing:
    """Asks the candidate, with the reason that they read, and stops their clock until it is over.

    Raises InvalidInput (`what`, `reason`, `reason_code`), Conflict `not_running`, `asked_already` and
    `not_allowed_here` (`why_not`).
    """
    require_watch(attempt, proctor)
    if not isinstance(what, str) or what not in What.values:
        raise InvalidInput(f"This is one of: {', '.join(What.values)}.", field="what")
    why = reason_for(attempt, ActKind.ASK, reason=reason, reason_code=reason_code, required=True)
    if found := why_not(attempt, what):
        raise Conflict(found, code="not_allowed_here")
    try:
        with transaction.atomic():
            lock(attempt)
            if attempt.state not in (exam_states.IN_PROGRESS, exam_states.PAUSED) or attempt.break_until:
                raise Conflict("The candidate is not working now.", code="not_running")
            now = clock.now()
            showing = Showing.objects.create(
                institution=attempt.institution,
                session=sessions.ensure(attempt),
                what=what,
                asked_by=proctor,
                reason=why.told,
                reason_code=why.code,
                asked_at=now,
                expires_at=now + ANSWER_WITHIN,
            )
            if attempt.state == exam_states.IN_PROGRESS:
                detail = {**why.detail, "showing": showing.pk}
                attempts.pause(attempt, actor=proctor, reason=why.told, detail=detail)
                showing.paused_at = attempt.paused_at
                showing.save(update_fields=["paused_at"])
            facts = {"showing": showing.pk, "what": what, "reason": why.told, **why.detail}
            audit.record(attempt.institution, attempt, "attempt.asked_to_show", actor=proctor, detail=facts)
            _tell(showing, attempt, "asked")
    except IntegrityError as error:
        raise Conflict("Something was asked for already; wait for it.", code="asked_already") from error
    return showing


def begin(showing: Showing, *, candidate: User) -> Showing:
    """The candidate agrees and begins; a repeat changes nothing."""
    attempt = _own(showing, candidate)
    with transaction.atomic():
        lock(attempt)
        lock(showing)
        if showing.begun_at is not None and showing.state in SHOWING_OPEN:
            return showing
        now = clock.now()
        values = {"begun_at": now, "expires_at": now + DONE_WITHIN}
        apply_move(showing, SHOWING, "begin", actor=candidate, values=values)
        _tell(showing, attempt, "begun")
    return showing


def decline(showing: Showing, *, candidate: User) -> Showing:
    """The candidate does not want to; the exam goes on, and a person decides what follows."""
    return _end(showing, "decline", attempt=_own(showing, candidate), actor=candidate)


def finish(showing: Showing, *, candidate: User) -> Showing:
    """All is shown. Raises Conflict `incomplete` naming what is missing."""
    attempt = _own(showing, candidate)
    if missing := missing_steps(showing):
        raise Conflict(f"There is no picture yet of: {', '.join(missing)}.", code="incomplete")
    return _end(showing, "finish", attempt=attempt, actor=candidate)


def cancel(showing: Showing, *, proctor: User) -> Showing:
    """The proctor takes the request back; pictures that were sent already stay."""
    attempt = _attempt(showing)
    require_watch(attempt, proctor)
    return _end(showing, "cancel", attempt=attempt, actor=proctor)


def drop(session: MonitoringSession, *, actor: User | None) -> None:
    """The agreement or the attempt has ended: nothing is asked for any more."""
    found = open_showing(session)
    if found is not None:
        _end(found, "cancel", attempt=_attempt(found), actor=actor)


def follow_end(attempt: Attempt, *, actor: User | None) -> None:
    """The attempt has ended, by whatever way."""
    session = MonitoringSession._base_manager.filter(attempt_id=attempt.pk).first()
    if session is not None:
        drop(session, actor=actor)


def expire_due() -> int:
    """Ends requests that nobody has answered in time, so that no exam stands still; how many."""
    due = Showing.objects.filter(state__in=SHOWING_OPEN, expires_at__lte=clock.now())
    related = ("institution", "session__attempt__enrolment__sitting", "session__attempt__institution")
    done = 0
    for showing in due.select_related(*related):
        try:
            _end(showing, "expire", attempt=_attempt(showing), actor=None)
            done += 1
        except Refusal:
            continue  # answered at this very moment
    return done


def erase(session: MonitoringSession) -> int:
    """Deletes the photos of the face that were asked for, in the caller's transaction; how many."""
    rows = Showing._base_manager.filter(session_id=session.pk).exclude(photo_name="")
    names = list(rows.values_list("photo_name", flat=True))
    rows.update(photo_name="", photo_sha256="", answer="")
    stored_files.remove(session.institution, "identity", names)
    return len(names)


def open_showing(session: MonitoringSession | None) -> Showing | None:
    """What is asked for now, if anything."""
    if session is None:
        return None
    rows = Showing._base_manager.filter(session_id=session.pk, state__in=SHOWING_OPEN)
    return rows.select_related("institution", "session__attempt__enrolment__sitting").first()


def missing_steps(showing: Showing) -> list[str]:
    """Which of its steps have no picture yet."""
    if showing.what == What.FACE:
        return [] if showing.photo_name else ["face"]
    had = {each.about.get("step") for each in showing.pictures.all()}
    return [step for step in STEPS[What(showing.what)] if step not in had]


def shape_of(showing: Showing) -> dict[str, Any]:
    """As the candidate's page and the API show it; nothing of the comparison."""
    return {
        "id": showing.pk,
        "what": showing.what,
        "state": showing.state,
        "reason": showing.reason,
        "steps": list(STEPS[What(showing.what)]),
        "missing": missing_steps(showing),
        "asked_at": iso(showing.asked_at),
        "expires_at": iso(showing.expires_at),
    }


def _end(showing: Showing, verb: str, *, attempt: Attempt, actor: User | None) -> Showing:
    """Ends it, and the pause that it made; a repeat of the same changes nothing."""
    after = {"decline": "declined", "finish": "done", "cancel": "cancelled", "expire": "expired"}[verb]
    with transaction.atomic():
        lock(attempt)
        lock(showing)
        if showing.state == after:
            return showing
        try:
            apply_move(showing, SHOWING, verb, actor=actor, values={"ended_at": clock.now()})
        except IllegalMove as error:
            raise Conflict("This is over already.", code="over") from error
        detail = {"showing": showing.pk, "what": showing.what}
        audit.record(attempt.institution, attempt, f"attempt.showing_{after}", actor=actor, detail=detail)
        # A pause of somebody else, or one that was made anew, is left to them.
        is_ours = showing.paused_at is not None and attempt.paused_at == showing.paused_at
        if attempt.state == exam_states.PAUSED and is_ours:
            attempts.resume(attempt, actor=actor, detail=detail)
        _tell(showing, attempt, after)
    return showing


def _own(showing: Showing, candidate: User) -> Attempt:
    attempt = _attempt(showing)
    if attempt.enrolment.candidate_id != candidate.pk:
        raise NotFound("Nothing of the kind is asked of you.")
    return attempt


def _attempt(showing: Showing) -> Attempt:
    attempt = showing.session.attempt
    if attempt is None:
        raise NotFound("This session has no exam.")
    return attempt


def _tell(showing: Showing, attempt: Attempt, fact: str) -> None:
    person = attempt.enrolment.candidate
    for_proctors = {
        "id": showing.pk,
        "what": showing.what,
        "state": showing.state,
        "candidate": {"id": person.pk, "name": str(person)},
    }
    record_events(
        attempt.institution,
        kind=f"showing.{fact}",
        told={Audience.CANDIDATE: shape_of(showing), Audience.PROCTORS: for_proctors},
        sitting=attempt.enrolment.sitting,
        attempt=attempt,
    )
