"""Announcements for those who run a sitting: whom they reach, who has read them, texts to use again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from exams import states
from exams.bank.outline import entries_of
from exams.delivery.announced import IN_FORCE, standing_of
from exams.models import (
    Announcement,
    AnnouncementAcknowledgement,
    Attempt,
    Enrolment,
    PaperItem,
    Question,
    Sitting,
)
from proctor_site.kernel import clock

MOST_EARLIER = 8
_ON_THE_WAY = (states.SCHEDULED, states.CHECKING_IN)
_NEVER_SAW_IT = (*_ON_THE_WAY, states.REFUSED, states.MISSED)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many candidates see an announcement at once, and how many may see it when they start."""

    now: int
    later: int


@dataclass(frozen=True, slots=True)
class Line:
    """One announcement with how many of those it has reached have read it, or that it was withdrawn."""

    announcement: Announcement
    standing: str
    reached: int
    read: int
    withdrawal_read: int

    @property
    def is_in_force(self) -> bool:
        return self.standing == IN_FORCE


@dataclass(frozen=True, slots=True)
class _Run:
    """One attempt of the sitting, as far as it matters here."""

    pk: int
    state: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


def reach_of(sitting: Sitting, question: Question | None = None) -> Reach:
    """Whom an announcement made now would reach."""
    live = Attempt.objects.filter(enrolment__sitting=sitting, state__in=states.LIVE)
    waiting = live.filter(state__in=_ON_THE_WAY).count()
    if clock.now() <= sitting.closes_at:
        opened = Attempt.objects.filter(enrolment=OuterRef("pk"))
        enrolled = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None)
        waiting += enrolled.exclude(Exists(opened)).count()
    if question is None:
        return Reach(live.exclude(state__in=_ON_THE_WAY).count(), waiting)
    waiting += live.filter(state=states.READY).count()
    running = live.filter(state__in=states.RUNNING, paper__version__question=question)
    return Reach(running.count(), waiting)


def questions_of(sitting: Sitting) -> list[Question]:
    """What a clarification may be about: the questions of the exam, and those drawn from its pools here."""
    placed = [entry.placement.question for entry in entries_of(sitting.exam) if entry.placement]
    drawn = Question.objects.filter(versions__paper_items__attempt__enrolment__sitting=sitting).exclude(
        pk__in=[question.pk for question in placed]
    )
    return [*placed, *drawn.distinct()]


def lines_of(sitting: Sitting) -> list[Line]:
    """All announcements of a sitting, newest first. Four queries, however many; one where there are none."""
    rows = Announcement.objects.filter(sitting=sitting).select_related(
        "author", "question", "replaced_by", "withdrawn_by"
    )
    announcements = list(rows.order_by("-id"))
    if not announcements:
        return []
    runs = _runs_of(sitting)
    papers = _papers_with(sitting, announcements)
    read: Counter[tuple[int, bool]] = Counter(
        AnnouncementAcknowledgement.objects.filter(announcement__sitting=sitting).values_list(
            "announcement_id", "of_withdrawal"
        )
    )
    return [
        Line(
            announcement=row,
            standing=standing_of(row),
            reached=sum(_has_reached(row, run, papers) for run in runs),
            read=read[row.pk, False],
            withdrawal_read=read[row.pk, True],
        )
        for row in announcements
    ]


def earlier_texts(sitting: Sitting) -> list[str]:
    """Texts in force of all sittings of the exam, newest first, each once, to be used again."""
    rows = Announcement.objects.filter(
        sitting__exam=sitting.exam_id, withdrawn_at=None, replaced_by=None
    ).order_by("-id")
    return list(dict.fromkeys(rows.values_list("text", flat=True)[: 5 * MOST_EARLIER]))[:MOST_EARLIER]


def _runs_of(sitting: Sitting) -> list[_Run]:
    rows = Attempt.objects.filter(enrolment__sitting=sitting).exclude(state__in=_NEVER_SAW_IT)
    return [_Run(*row) for row in rows.values_list("pk", "state", "created_at", "started_at", "ended_at")]


def _papers_with(sitting: Sitting, announcements: Sequence[Announcement]) -> set[tuple[int, int]]:
    """Pairs of attempt and question for the questions that clarifications are about."""
    questions = {row.question_id for row in announcements if row.question_id}
    if not questions:
        return set()
    on_paper = Q(attempt__enrolment__sitting=sitting, version__question__in=questions)
    return set(PaperItem.objects.filter(on_paper).values_list("attempt_id", "version__question_id"))


def _has_reached(row: Announcement, run: _Run, papers: set[tuple[int, int]]) -> bool:
    if row.question_id and (run.started_at is None or (run.pk, row.question_id) not in papers):
        return False
    if run.ended_at is not None and run.ended_at < row.announced_at:
        return False
    replaced = getattr(row, "replaced_by", None)
    until = row.withdrawn_at or (replaced.announced_at if replaced else None)
    return until is None or run.created_at <= until
