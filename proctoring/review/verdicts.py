"""From readings to a decision: the reply window, the decision after it, and the appeal against it."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from accounts.transitions import apply_move, lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, TooLate
from proctoring.models import Case, Interview
from proctoring.models.case import ADVERSE, ReadingPart
from proctoring.review import looks
from proctoring.review.cases import plain_text
from proctoring.review.readers import require_reviewer, require_unlocked, valid_readings
from proctoring.review.readings import GRAVITY, known_verdict, make, proposed
from proctoring.review.signals import case_moved
from proctoring.review.terms import terms_of
from proctoring.states import (
    CASE,
    CASE_APPEALED,
    CASE_DECIDED,
    CASE_REPLY_WINDOW,
    INTERVIEW_STANDING,
)

MOST_IN_APPEAL = 10_000
"""Characters: as many as a reply may have."""
LEFT_AFTER_NEWS = timedelta(days=3)
"""What is added to a released case can be replied to for at least so long."""


def open_reply_window(case: Case, *, actor: User, told: str) -> Case:
    """Tells the candidate what is held against them, and shows them incidents and evidence from now on.

    Only after two readers agree on something adverse. Raises NotAllowed, Conflict, InvalidInput ("told").
    """
    with transaction.atomic():
        lock(case, "session", "institution")
        require_reviewer(case, actor)
        require_unlocked(case, actor)
        told = plain_text(told, "told", required=True)
        CASE.target(case.state, "open_reply_window")
        if proposed(valid_readings(case)) not in ADVERSE:
            raise Conflict(
                "The readers do not agree yet; a third one has to read this case.", code="no_agreement"
            )
        now = clock.now()
        days = timedelta(days=terms_of(case.institution).reply_days)
        values = {"concern_text": told, "released_at": now, "reply_until": now + days, "said_all_at": None}
        apply_move(case, CASE, "open_reply_window", actor=actor, values=values)
        case_moved.send(Case, case=case, verb="open_reply_window", actor=actor)
    return case


def say_all(case: Case, *, candidate: User) -> Case:
    """The candidate closes their reply window: nothing more to say, please decide.

    Raises NotFound for anybody else, Conflict when no window is open.
    """
    with transaction.atomic():
        lock(case, "session", "institution")
        _require_candidate(case, candidate)
        now = clock.now()
        if case.state != CASE_REPLY_WINDOW or (case.reply_until is not None and case.reply_until <= now):
            raise Conflict("There is nothing to reply to now.", code="no_window")
        if case.said_all_at is None:
            Case.objects.filter(pk=case.pk).update(said_all_at=now)
            case.said_all_at = now
            audit.record(case.institution, case, "case.said_all", actor=candidate)
            case_moved.send(Case, case=case, verb="said_all", actor=candidate)
    return case


def is_window_closed(case: Case) -> bool:
    """Whether the candidate has had the time to reply, or has said that there is nothing more."""
    if case.said_all_at is not None:
        return True
    return case.reply_until is not None and case.reply_until <= clock.now()


def leave_time_to_reply(case: Case, *, actor: User, why: str) -> None:
    """Moves the end of the reply window on, so that something new can be answered; never back.

    In the caller's transaction, which holds the lock of the case. Elsewhere than in that window: nothing.
    """
    least = clock.now() + LEFT_AFTER_NEWS
    if case.state != CASE_REPLY_WINDOW or case.reply_until is None:
        return
    if case.reply_until >= least and case.said_all_at is None:
        return
    until = max(case.reply_until, least)
    Case.objects.filter(pk=case.pk).update(reply_until=until, said_all_at=None)
    detail = {"from": case.reply_until.isoformat(), "until": until.isoformat(), "why": why}
    case.reply_until, case.said_all_at = until, None
    audit.record(case.institution, case, "case.reply_window_extended", actor=actor, detail=detail)


def is_ready() -> Q:
    """Cases whose reply window is closed and that nobody has decided yet: `is_window_closed` on rows."""
    closed = Q(reply_until__lte=clock.now()) | Q(said_all_at__isnull=False)
    return closed & Q(state=CASE_REPLY_WINDOW)


def decide(case: Case, *, actor: User, verdict: str, told: str) -> Case:
    """Decides after the reply window; in the candidate's favour also before its end.

    Never graver than what the readers agreed on. Raises NotAllowed, Conflict (codes "window_open",
    "interview_open", "graver"), InvalidInput (fields "verdict", "told").
    """
    with transaction.atomic():
        lock(case, "session", "institution")
        require_reviewer(case, actor)
        require_unlocked(case, actor)
        verdict = known_verdict(verdict)
        told = plain_text(told, "told", required=True)
        CASE.target(case.state, "decide")
        if verdict in ADVERSE and not is_window_closed(case):
            raise Conflict(
                "The candidate can still reply; wait for the end of the window.", code="window_open"
            )
        _require_no_interview(case, verdict)
        _require_not_graver(verdict, proposed(valid_readings(case)), "what the readers agreed on")
        now = clock.now()
        values = {
            "verdict": verdict,
            "outcome_text": told,
            "decided_at": now,
            "decided_by": actor,
            "appeal_until": now + timedelta(days=terms_of(case.institution).appeal_days),
        }
        apply_move(case, CASE, "decide", actor=actor, values=values, detail={"verdict": verdict})
        looks.release_lock(case, actor=actor)
        case_moved.send(Case, case=case, verb="decide", actor=actor)
    return case


def appeal(case: Case, *, candidate: User, text: str) -> Case:
    """The candidate challenges an adverse decision, once and in time.

    Raises NotFound for anybody else, Conflict, TooLate, InvalidInput (field "text").
    """
    with transaction.atomic():
        lock(case, "session", "institution")
        _require_candidate(case, candidate)
        if case.state != CASE_DECIDED or case.verdict not in ADVERSE:
            raise Conflict("There is no decision to appeal against.", code="nothing_to_appeal")
        if case.appealed_at is not None:
            raise Conflict("You have appealed already; that decision stands.", code="appealed_already")
        now = clock.now()
        if case.appeal_until is None or case.appeal_until <= now:
            raise TooLate("The time to appeal is over.")
        text = plain_text(text, "text", required=True, most=MOST_IN_APPEAL)
        values = {"appealed_at": now, "appeal_text": text, "verdict_before_appeal": case.verdict}
        apply_move(case, CASE, "appeal", actor=candidate, values=values)
        case_moved.send(Case, case=case, verb="appeal", actor=candidate)
    return case


def decide_appeal(
    case: Case,
    *,
    actor: User,
    verdict: str,
    told: str,
    reasons: Sequence[str] = (),
    note: str = "",
) -> Case:
    """A person who had no part in the case decides the appeal; never graver than before.

    Raises NotAllowed (codes "same_reader", "decided_it", "ended_it"), Conflict, InvalidInput.
    """
    with transaction.atomic():
        lock(case, "session", "institution")
        told = plain_text(told, "told", required=True)
        if case.state != CASE_APPEALED:
            raise Conflict("No appeal waits for a decision here.", code="no_appeal")
        readings = valid_readings(case)
        _require_not_graver(known_verdict(verdict), case.verdict_before_appeal, "the first decision")
        _require_no_interview(case, verdict)
        reading = make(
            case, ReadingPart.APPEAL, readings, actor=actor, verdict=verdict, reasons=reasons, note=note
        )
        values = {
            "verdict": verdict,
            "appeal_reader": actor,
            "appeal_decided_at": clock.now(),
            "appeal_outcome_text": told,
        }
        detail = {"verdict": verdict, "before": case.verdict_before_appeal, "reading": reading.number}
        apply_move(case, CASE, "decide_appeal", actor=actor, values=values, detail=detail)
        looks.release_lock(case, actor=actor)
        case_moved.send(Case, case=case, verb="decide_appeal", actor=actor)
    return case


def _require_candidate(case: Case, candidate: User) -> None:
    if case.session.candidate_id is None or case.session.candidate_id != candidate.pk:
        raise NotFound("There is no such case of yours.")


def _require_no_interview(case: Case, verdict: str) -> None:
    """Nobody is judged against while a talk is promised to them. Raises Conflict (code "interview_open")."""
    if verdict in ADVERSE and Interview.objects.filter(case=case, state__in=INTERVIEW_STANDING).exists():
        words = "An interview is offered or agreed. Hold it or call it off before a decision against them."
        raise Conflict(words, code="interview_open")


def _require_not_graver(verdict: str, limit: str, than: str) -> None:
    if limit in GRAVITY and GRAVITY.index(verdict) > GRAVITY.index(limit):
        raise Conflict(f"The verdict cannot be graver than {than}.", code="graver")
    if limit not in GRAVITY:
        raise InvalidInput("The readers do not agree yet.", field="verdict")
