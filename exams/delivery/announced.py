"""Announcements as a candidate reads them: which are shown, at which question, and which are still unread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.db.models import F, QuerySet

from exams import states
from exams.delivery.access import Access
from exams.delivery.navigation import item_states, section_states
from exams.models import Announcement, AnnouncementAcknowledgement, Attempt, PaperItem
from exams.models.exam import Navigation

IN_FORCE, REPLACED, WITHDRAWN = "in_force", "replaced", "withdrawn"
_SEES_GENERAL = (states.READY, *states.RUNNING)


class AnnouncementView(TypedDict):
    """One announcement for one candidate. A clarification names the item and its number on the own paper.

    `standing`: in_force, replaced or withdrawn. `unread`: to be acknowledged, also that it was withdrawn.
    """

    id: int
    text: str
    item: int | None
    position: int | None
    announced_at: datetime
    replaces: int | None
    standing: str
    withdrawn_at: datetime | None
    unread: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What to tell the candidate of a live attempt; `views` None: the page has to ask what it may show."""

    attempt: Attempt
    views: list[AnnouncementView] | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a question stands on a paper."""

    item: int
    position: int


def views_of(attempt: Attempt) -> list[AnnouncementView]:
    """All that the candidate may read now, oldest first; empty (one query) where nothing was announced.

    Clarifications only of questions that are open or were: those of later parts would tell what comes.
    """
    rows = list(_rows().filter(sitting=attempt.enrolment.sitting_id))
    if not rows:
        return []
    places = _open_places(attempt, {row.question_id for row in rows if row.question_id})
    read = set(
        AnnouncementAcknowledgement.objects.filter(attempt=attempt).values_list(
            "announcement_id", "of_withdrawal"
        )
    )
    return [
        _view(attempt, row, places.get(row.question_id or 0), read)
        for row in rows
        if row.question_id is None or row.question_id in places
    ]


def told_to_everybody(announcement: Announcement) -> list[Told]:
    """What each live attempt of the sitting is told when the announcement was just made or changed.

    With what it replaces. Three queries, however many attempts; nothing for those who are not shown it.
    """
    rows = list(_rows().filter(pk__in=[announcement.pk, announcement.replaces_id]))
    attempts = Attempt.objects.filter(enrolment__sitting=announcement.sitting_id, state__in=_SEES_GENERAL)
    question = announcement.question_id
    if question is None:
        return [Told(each, [_view(each, row, None, set()) for row in rows]) for each in attempts]
    running = attempts.filter(state__in=states.RUNNING)
    by_attempt = {item.attempt_id: item for item in _items(running, [question])}
    told = []
    for attempt in running:
        item = by_attempt.get(attempt.pk)
        if item is None:
            continue
        place = _Place(item.pk, item.position)
        is_gated = attempt.sections_in_order or item.section.navigation == Navigation.FORWARD
        views = None if is_gated else [_view(attempt, row, place, set()) for row in rows]
        told.append(Told(attempt, views))
    return told


def standing_of(announcement: Announcement) -> str:
    """in_force, replaced or withdrawn; reads `replaced_by`."""
    if announcement.withdrawn_at is not None:
        return WITHDRAWN
    return REPLACED if hasattr(announcement, "replaced_by") else IN_FORCE


def _rows() -> "QuerySet[Announcement]":
    return Announcement.objects.select_related("replaced_by").order_by("id")


def _items(attempts: Iterable[Attempt], questions: Iterable[int]) -> "QuerySet[PaperItem]":
    rows = PaperItem.objects.filter(attempt__in=attempts, version__question__in=questions)
    return rows.select_related("section").annotate(question=F("version__question_id"))


def _open_places(attempt: Attempt, questions: set[int]) -> dict[int, _Place]:
    """Of these questions those on the paper that are open or were, by question."""
    if not questions or attempt.started_at is None:
        return {}
    found = list(_items([attempt], questions))
    ahead = _ahead(attempt, found)
    return {
        item.question: _Place(item.pk, item.position)  # type: ignore[attr-defined]
        for item in found
        if item.pk not in ahead
    }


def _ahead(attempt: Attempt, found: Sequence[PaperItem]) -> set[int]:
    """Of the paper the items that are still to come; nothing is read where all can be opened at any time."""
    is_gated = any(item.section.navigation == Navigation.FORWARD for item in found)
    if not found or not (attempt.sections_in_order or is_gated):
        return set()
    items = list(attempt.paper.select_related("section").order_by("position"))
    sections = section_states(attempt, {item.section_id: item.section for item in items}.values())
    return {pk for pk, access in item_states(items, sections).items() if access is Access.AHEAD}


def _view(
    attempt: Attempt, row: Announcement, place: _Place | None, read: set[tuple[int, bool]]
) -> AnnouncementView:
    standing = standing_of(row)
    unread = standing == IN_FORCE and (row.pk, False) not in read
    if standing == WITHDRAWN and row.withdrawn_at is not None:
        # Whoever was here before may have acted on it; who came later never needed it.
        unread = attempt.created_at <= row.withdrawn_at and (row.pk, True) not in read
    return AnnouncementView(
        id=row.pk,
        text=row.text,
        item=place.item if place else None,
        position=place.position if place else None,
        announced_at=row.announced_at,
        replaces=row.replaces_id,
        standing=standing,
        withdrawn_at=row.withdrawn_at,
        unread=unread,
    )
