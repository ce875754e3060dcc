"""Writes announcements: made, corrected, withdrawn by who runs the sitting, acknowledged by candidates."""

import unicodedata
import uuid
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams.delivery import announced, announcement_reach
from exams.models import Announcement, AnnouncementAcknowledgement, Attempt, Question, Sitting
from exams.models.announcement import LONGEST_TEXT
from exams.permissions import may_run_sitting
from exams.signals import announcement_changed
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound

_LAYOUT = "\n\t"


def announce(
    sitting: Sitting,
    *,
    actor: User,
    text: str,
    question: Question | None = None,
    key: uuid.UUID | None = None,
) -> Announcement:
    """Announces a text to a whole sitting, or as a clarification of one question of its exam.

    The same `key` again announces nothing and gives what was announced. Raises NotFound for people who do not
    run the sitting, InvalidInput (text, question), Conflict: cancelled, nobody.
    """
    _require_right(sitting, actor)
    wording = clean_text(text)
    with transaction.atomic():
        lock(sitting)
        if known := _with_key(sitting, key):
            return known
        if question is not None and question not in announcement_reach.questions_of(sitting):
            raise InvalidInput("This question does not belong to the exam of this sitting.", field="question")
        require_readers(sitting, question)
        return _write(sitting, question, wording, actor=actor, key=key)


def correct(
    announcement: Announcement, *, actor: User, text: str, key: uuid.UUID | None = None
) -> Announcement:
    """Replaces an announcement by a new one for the same people; the old one is kept and shown as replaced.

    Refuses as `announce`, and what is no longer in force (Conflict: replaced, withdrawn).
    """
    sitting = announcement.sitting
    _require_right(sitting, actor)
    wording = clean_text(text)
    with transaction.atomic():
        lock(sitting)
        if known := _with_key(sitting, key):
            return known
        require_in_force(announcement)
        if wording == announcement.text:
            raise InvalidInput("This is the same text as before.", field="text", code="unchanged")
        require_readers(sitting, announcement.question)
        return _write(sitting, announcement.question, wording, actor=actor, key=key, replaces=announcement)


def withdraw(announcement: Announcement, *, actor: User) -> Announcement:
    """Says that an announcement no longer holds; its text stays to be read, marked as withdrawn.

    A second time changes nothing. Raises NotFound as `announce`; Conflict: replaced.
    """
    _require_right(announcement.sitting, actor)
    with transaction.atomic():
        lock(announcement.sitting)
        announcement.refresh_from_db()
        if announcement.withdrawn_at is not None:
            return announcement
        require_in_force(announcement)
        announcement.withdrawn_at, announcement.withdrawn_by = clock.now(), actor
        announcement.save(update_fields=["withdrawn_at", "withdrawn_by"])
        audit.record(announcement.institution, announcement, "announcement.withdrawn", actor=actor)
        _tell(announcement, "withdrawn")
    return announcement


def acknowledge(
    attempt: Attempt, announcement_id: int, *, candidate: User, of_withdrawal: bool = False
) -> announced.AnnouncementView:
    """The candidate has read an announcement, or (`of_withdrawal`) that it was withdrawn; its new view.

    A second time changes nothing. Raises NotFound for what this candidate is not shown, Conflict
    (not_withdrawn).
    """
    shown = next((each for each in announced.views_of(attempt) if each["id"] == announcement_id), None)
    if shown is None:
        raise NotFound("There is no such announcement for you.")
    if of_withdrawal and shown["withdrawn_at"] is None:
        raise Conflict("This announcement has not been withdrawn.", code="not_withdrawn")
    with transaction.atomic():
        announcement = Announcement.objects.select_related("sitting").get(pk=announcement_id)
        _, is_fresh = AnnouncementAcknowledgement.objects.get_or_create(
            announcement=announcement,
            attempt=attempt,
            of_withdrawal=of_withdrawal,
            defaults={"institution": attempt.institution, "acknowledged_at": clock.now()},
        )
        if is_fresh:
            detail = {"announcement": announcement_id, "of_withdrawal": of_withdrawal}
            verb = "attempt.announcement_acknowledged"
            audit.record(attempt.institution, attempt, verb, actor=candidate, detail=detail)
            _tell(announcement, "acknowledged", attempt)
    if of_withdrawal == (shown["standing"] == announced.WITHDRAWN):
        shown["unread"] = False
    return shown


def clean_text(text: Any) -> str:
    """The text as it is kept: lines end with a line feed, nothing around it. Raises InvalidInput (text)."""
    if not isinstance(text, str):
        raise InvalidInput("This must be a text.", field="text")
    wording = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not wording:
        raise InvalidInput("Write what you want to announce.", field="text", code="required")
    if len(wording) > LONGEST_TEXT:
        raise InvalidInput(
            f"At most {LONGEST_TEXT} characters; these are {len(wording)}.", field="text", code="too_long"
        )
    if any(unicodedata.category(sign) == "Cc" and sign not in _LAYOUT for sign in wording):
        raise InvalidInput("There is a control character in the text; type it anew.", field="text")
    return wording


def require_in_force(announcement: Announcement) -> None:
    """Raises Conflict (replaced, withdrawn) for an announcement that no longer holds."""
    if Announcement.objects.filter(replaces=announcement).exists():
        raise Conflict("Somebody has corrected this announcement already.", code="replaced")
    if announcement.withdrawn_at is not None:
        raise Conflict("This announcement has been withdrawn; write a new one.", code="withdrawn")


def require_readers(sitting: Sitting, question: Question | None) -> None:
    """Raises Conflict (cancelled, nobody) when no candidate would ever read an announcement."""
    if sitting.cancelled_at is not None:
        raise Conflict("This sitting has been cancelled.", code="cancelled")
    reach = announcement_reach.reach_of(sitting, question)
    if reach.now or reach.later:
        return
    whom = "with this question on their paper " if question is not None else ""
    raise Conflict(f"Nobody would read it: no candidate {whom}is working or still to come.", code="nobody")


def _require_right(sitting: Sitting, actor: User) -> None:
    if not may_run_sitting(actor, sitting):
        raise NotFound("There is no such sitting that you watch.")


def _with_key(sitting: Sitting, key: uuid.UUID | None) -> Announcement | None:
    return None if key is None else Announcement.objects.filter(sitting=sitting, key=key).first()


def _write(
    sitting: Sitting,
    question: Question | None,
    text: str,
    *,
    actor: User,
    key: uuid.UUID | None,
    replaces: Announcement | None = None,
) -> Announcement:
    announcement = Announcement.objects.create(
        institution=sitting.institution,
        sitting=sitting,
        question=question,
        text=text,
        author=actor,
        announced_at=clock.now(),
        replaces=replaces,
        key=key or uuid.uuid4(),
    )
    detail = {
        "announcement": announcement.pk,
        "question": question.pk if question else None,
        "replaces": replaces.pk if replaces else None,
        "text": text,
    }
    verb = "corrected" if replaces else "made"
    audit.record(sitting.institution, announcement, f"announcement.{verb}", actor=actor, detail=detail)
    _tell(announcement, verb)
    return announcement


def _tell(announcement: Announcement, verb: str, attempt: Attempt | None = None) -> None:
    announcement_changed.send(sender=Announcement, announcement=announcement, verb=verb, attempt=attempt)
