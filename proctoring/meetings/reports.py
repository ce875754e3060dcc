"""What a provider of live video reports by itself: who came, who left, what ended.

Reports come twice, late and in any order. So nothing here depends on their order: the latest coming and the
latest leaving of each participant are kept, and each report counts once, by its id.
"""

import hashlib
import logging
import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring import holds
from proctoring.meetings import admission
from proctoring.meetings.providers.base import Happened, LiveEvent
from proctoring.models import LiveWatch, Meeting, MeetingEvent, Participant
from proctoring.models.meeting import Part

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=3)
"""Longer than providers try to deliver a report."""
LEFT_ROOM = "left_room"
_LONGEST_ID = 100
_IDENTITY = re.compile(rf"({'|'.join(Part.values)})-(\d{{1,18}})(?:-([0-9a-f]{{32}}))?")


def note_events(events: list[LiveEvent]) -> int:
    """Notes what the configured provider reported; how many were new. What is about nobody is left out."""
    return sum(_note(event) for event in events)


def forget_old() -> None:
    """Deletes reports that cannot come again. Across institutions; what is held stays."""
    old = MeetingEvent._base_manager.filter(received_at__lt=clock.now() - KEPT_FOR)
    holds.unheld(old, lists_of="meeting__sitting").delete()


def _note(event: LiveEvent) -> bool:
    named = _IDENTITY.fullmatch(event.identity)
    meeting, person = _subject(event, named)
    if meeting is None:
        return False
    now = clock.now()
    at = min(event.at, now)  # a clock that is ahead must not outlast what happens later
    with within(meeting.institution), transaction.atomic():
        if not _is_new(meeting, event, at, now):
            return False
        if event.kind is Happened.ENDED:
            _everybody_left(meeting, at)
        elif person is not None and event.kind is Happened.JOINED:
            _joined(person, _page(named), at, _watches_in(person, event))
        elif person is not None and event.kind is Happened.LEFT:
            _left(person, event, _page(named), at, _watches_in(person, event))
    return True


def _subject(event: LiveEvent, named: re.Match[str] | None) -> tuple[Meeting | None, Participant | None]:
    # _base_manager: a provider speaks for all institutions; the row tells which one this is.
    if named is not None:
        person = (
            Participant._base_manager.filter(
                pk=int(named[2]), part=named[1], meeting__provider=settings.LIVE_PROVIDER
            )
            .select_related("meeting__institution")
            .first()
        )
        return (person.meeting, person) if person is not None else (None, None)
    if event.identity or not event.meeting:
        return None, None
    meetings = Meeting._base_manager.filter(provider=settings.LIVE_PROVIDER, external_id=event.meeting)
    return meetings.select_related("institution").order_by("pk").last(), None


def _page(named: re.Match[str] | None) -> str:
    return (named[3] or "") if named is not None else ""


def _is_new(meeting: Meeting, event: LiveEvent, at: datetime, now: datetime) -> bool:
    name = event.id
    if len(name) > _LONGEST_ID:
        name = hashlib.sha256(name.encode()).hexdigest()
    try:
        with transaction.atomic():
            MeetingEvent.objects.create(
                institution=meeting.institution,
                meeting=meeting,
                event_id=name,
                kind=event.kind.value,
                identity=event.identity,
                at=at,
                received_at=now,
            )
    except IntegrityError:
        return False
    return True


def _watches_in(person: Participant, event: LiveEvent) -> "QuerySet[LiveWatch]":
    """Where each attempt has a room of its own, coming and leaving is about that one alone."""
    watches = LiveWatch.objects.filter(proctor=person)
    return watches.filter(attempt_id=admission.attempt_of(event.room)) if event.room else watches


def _joined(person: Participant, page: str, at: datetime, watches: "QuerySet[LiveWatch]") -> None:
    Participant.objects.filter(pk=person.pk, joined_at__lt=at).update(joined_at=at)
    if person.part != Part.PROCTOR or not page:
        return
    # The page was gone for a moment and is back: its watches went on.
    for watch in watches.filter(connection=page, ended_by=LEFT_ROOM, ended_at__lte=at):
        again = LiveWatch.objects.filter(
            connection=watch.connection, attempt_id=watch.attempt_id, pk__gt=watch.pk
        )
        if not again.exists():
            LiveWatch.objects.filter(pk=watch.pk).update(ended_at=None, ended_by="", seen_at=clock.now())


def _left(
    person: Participant, event: LiveEvent, page: str, at: datetime, watches: "QuerySet[LiveWatch]"
) -> None:
    earlier = Q(left_at=None) | Q(left_at__lt=at)
    Participant.objects.filter(earlier, pk=person.pk).update(left_at=at)
    if person.part != Part.PROCTOR or not page:
        return
    came_back = MeetingEvent.objects.filter(
        meeting_id=person.meeting_id,
        identity=event.identity,
        kind=Happened.JOINED.value,
        at__gt=at,
        event_id__startswith=f"{event.room}:" if event.room else "",
    )
    if not came_back.exists():
        watches.filter(connection=page, ended_at=None, began_at__lte=at).update(
            ended_at=at, ended_by=LEFT_ROOM
        )


def _everybody_left(meeting: Meeting, at: datetime) -> None:
    """The provider's room is gone, for instance because it was empty: the next watch makes it again."""
    here = Q(left_at=None) | Q(left_at__lt=F("joined_at"))
    Participant.objects.filter(here, meeting=meeting, joined_at__lte=at).update(left_at=at)
