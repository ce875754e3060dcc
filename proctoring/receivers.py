"""What proctoring does when an attempt moves or something is announced: tell pages, keep sessions in step."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.delivery import announced
from exams.models import Announcement, Attempt, Exam, Sitting, SittingProctor
from exams.signals import (
    announcement_changed,
    attempt_moved,
    attempt_thrown_away,
    deletion_wanted,
    exam_copied,
    left_safe_browser,
    practice_due,
    ready_texts_wanted,
)
from proctoring import holds, sessions, telling, wording
from proctoring.incidents.signals import incident_reviewed
from proctoring.live import announcements, attempt_state
from proctoring.live.publish import record_event, record_events, record_for_candidates
from proctoring.models import Case, Incident
from proctoring.models.live_event import Audience
from proctoring.models.policy import PolicyAssignment
from proctoring.models.supervision import TextKind
from proctoring.review import estimates, standings
from proctoring.review.signals import case_moved

_SAYS_OF_INCIDENTS = ("clear", "decide", "decide_appeal", "take_back")
"""Moves of a case after which its verdict is another one."""
_TOLD_OF_CASES = {
    "opened": "case.opened",
    "clear": "case.decided",
    "decide": "case.decided",
    "appeal": "case.appealed",
    "decide_appeal": "case.decided",
}
"""What other systems hear (webhooks)."""
_TOLD_OF_SESSIONS = {"pause": "session.paused", "resume": "session.resumed"}
"""What the system hears that delivers the exam."""
_KINDS = {"deadline_changed": "attempt.deadline_changed", "take_over": "attempt.taken_over"}


@receiver(attempt_moved, dispatch_uid="proctoring.attempt_moved")
def attempt_has_moved(
    sender: type[Attempt],
    *,
    attempt: Attempt,
    verb: str,
    before: str,
    actor: User | None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    **_more: Any,
) -> None:
    """Writes the events of one move in its transaction, and keeps the monitoring session in step."""
    # At start-up these would load the analysis for nothing.
    from proctoring.browser.events import BrowserKind  # noqa: PLC0415
    from proctoring.identity import person_checks, showings  # noqa: PLC0415
    from proctoring.ingest import browser_events  # noqa: PLC0415
    from proctoring.ingest.ending import continue_for, end_for  # noqa: PLC0415
    from proctoring.talk import services as talk  # noqa: PLC0415

    kind = _KINDS.get(verb, "attempt.moved")
    told = attempt_state.for_candidate(attempt, reason=reason)
    if kind == "attempt.taken_over":
        told = {"device": attempt.device}
    for_proctors = attempt_state.for_proctors(attempt, verb=verb, before=before, reason=reason)
    for_proctors["reason_code"] = (detail or {}).get("reason_code", "")
    record_events(
        attempt.institution,
        kind=kind,
        told={Audience.CANDIDATE: told, Audience.PROCTORS: for_proctors},
        sitting=attempt.enrolment.sitting,
        attempt=attempt,
    )
    if verb in _TOLD_OF_SESSIONS and attempt.enrolment.sitting.exam.is_outside:
        session = sessions.session_of(attempt)
        if session is not None:
            telling.of_session(session, _TOLD_OF_SESSIONS[verb], state=session.state)
    if verb == "take_over":
        browser_events.note_own(attempt, BrowserKind.SEVERAL_PAGES)
    if before == states.CHECKING_IN:
        person_checks.follow_move(attempt, verb=verb, actor=actor, reason=reason)
    if attempt.state in states.ENDED:
        showings.follow_end(attempt, actor=actor)
        end_for(attempt, actor=actor, reason=verb)
        talk.close_for(attempt)
    elif verb == "reinstate":
        continue_for(attempt, actor=actor, reason=reason)


@receiver(attempt_thrown_away, dispatch_uid="proctoring.attempt_thrown_away")
def attempt_was_thrown_away(
    sender: type[Attempt], *, attempt: Attempt, actor: User | None, **_more: Any
) -> dict[str, int]:
    """Nothing that was captured in practice stays."""
    # At start-up this would load the analysis for nothing.
    from proctoring import throwing_away  # noqa: PLC0415

    return throwing_away.throw_away(attempt, actor=actor)


@receiver(practice_due, dispatch_uid="proctoring.practice_due")
def practice_is_due(sender: type[Attempt], *, rows: "QuerySet[Attempt]", **_more: Any) -> "QuerySet[Attempt]":
    """Those that no legal hold keeps."""
    free: QuerySet[Attempt] = holds.unheld(rows, **holds.OF_ATTEMPT)
    return free


@receiver(deletion_wanted, dispatch_uid="proctoring.deletion_wanted")
def people_are_to_be_deleted(
    sender: type[Any], *, institution: Institution, sitting: Sitting | None, people: list[int], **_more: Any
) -> None:
    """A legal hold keeps them."""
    holds.require_free_list(institution, sitting, people)


@receiver(left_safe_browser, dispatch_uid="proctoring.left_safe_browser")
def safe_browser_was_left(sender: type[Attempt], *, attempt: Attempt, sighting: str, **_more: Any) -> None:
    """Tells the proctors; a person asks what happened."""
    candidate = attempt.enrolment.candidate
    record_event(
        attempt.institution,
        kind="safe_browser.left",
        payload={"candidate": {"id": candidate.pk, "name": str(candidate)}, "sighting": sighting},
        audience=Audience.PROCTORS,
        sitting=attempt.enrolment.sitting,
        attempt=attempt,
    )


@receiver(post_delete, sender=SittingProctor, dispatch_uid="proctoring.proctor_left")
def proctor_has_left(sender: type[SittingProctor], *, instance: SittingProctor, **_more: Any) -> None:
    """Whom they looked at first is nobody's now, and listed so."""
    from proctoring.rota import services as rota  # noqa: PLC0415

    with within(instance.institution):  # also from where no scope is open: a person who is deleted
        rota.proctor_left(instance.sitting, instance.user, actor=None)


@receiver(exam_copied, dispatch_uid="proctoring.exam_copied")
def exam_was_copied(sender: type[Exam], *, exam: Exam, copy: Exam, **_more: Any) -> None:
    """The copy is watched by the same policy."""
    own = PolicyAssignment.objects.filter(exam=exam).first()
    if own is not None:
        PolicyAssignment.objects.create(institution=copy.institution, exam=copy, policy=own.policy)


@receiver(announcement_changed, dispatch_uid="proctoring.announcement_changed")
def announcement_has_changed(
    sender: type[Announcement],
    *,
    announcement: Announcement,
    verb: str,
    attempt: Attempt | None,
    **_more: Any,
) -> None:
    """Tells the candidates it is for, or the other pages of the one who has read it; and the proctors."""
    kind, sitting = f"announcement.{verb}", announcement.sitting
    if attempt is None:
        told = announced.told_to_everybody(announcement)
        payloads = {each.attempt.pk: announcements.for_candidate(each.views) for each in told}
    else:
        views = [each for each in announced.views_of(attempt) if each["id"] == announcement.pk]
        payloads = {attempt.pk: announcements.for_candidate(views)}
    record_for_candidates(announcement.institution, sitting, kind=kind, payloads=payloads)
    record_event(
        announcement.institution,
        kind=kind,
        payload={"announcement": announcement.pk},
        audience=Audience.PROCTORS,
        sitting=sitting,
        attempt=attempt,
    )


@receiver(post_save, sender=Institution, dispatch_uid="proctoring.prepared_for_proctors")
def institution_was_made(
    sender: type[Institution], *, instance: Institution, created: bool, raw: bool = False, **_more: Any
) -> None:
    """Its proctors find coded reasons and ready texts."""
    from proctoring.supervision.defaults import make_defaults  # noqa: PLC0415

    if created and not raw:
        make_defaults(instance)


@receiver(ready_texts_wanted, dispatch_uid="proctoring.ready_texts_wanted")
def ready_announcements(sender: type[Sitting], *, sitting: Sitting, **_more: Any) -> list[str]:
    """What the institution prepared to be announced, in the language of the exam."""
    return [each["text"] for each in wording.ready_texts_for(sitting.exam, TextKind.ANNOUNCE)]


@receiver(incident_reviewed, dispatch_uid="proctoring.precision")
def verdict_was_given(sender: type[Incident], *, incident: Incident, **_more: Any) -> None:
    """Counts it for its detector, which becomes advisory when people disagree with it too often.

    And what a look at its case is worth has changed.
    """
    standings.follow_verdict(incident)
    telling.of_incident(incident, "incident.reviewed", review_state=incident.review_state)
    estimates.refresh(Case.objects.filter(session=incident.session_id))


@receiver(case_moved, dispatch_uid="proctoring.case_moved.precision")
def case_has_a_word(sender: type[Case], *, case: Case, verb: str, **_more: Any) -> None:
    """What a case comes to says something of the incidents that nobody decided one by one."""
    if verb in _SAYS_OF_INCIDENTS:
        standings.follow_case(case)


@receiver(case_moved, dispatch_uid="proctoring.case_moved.mails")
def case_has_moved(sender: type[Case], *, case: Case, verb: str, **_more: Any) -> None:
    """Tells the candidate by e-mail what they can read or do now, and other systems that it has moved."""
    from proctoring.rights import mails  # noqa: PLC0415

    mails.follow_move(case, verb)
    if verb in _TOLD_OF_CASES:
        telling.of_case(case, _TOLD_OF_CASES[verb])


@receiver(case_moved, dispatch_uid="proctoring.case_moved.interviews")
def case_was_decided(sender: type[Case], *, case: Case, actor: User | None, **_more: Any) -> None:
    """Calls off interviews that nobody needs any more."""
    from proctoring.interviews import offers  # noqa: PLC0415

    offers.follow_case(case, actor=actor)
