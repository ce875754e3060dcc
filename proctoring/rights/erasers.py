"""How kinds of data that are more than rows are erased: files, chained evidence, face data, exam records."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts import stored_files
from accounts.models import User
from exams.delivery import records
from proctoring.analysis import forgetting
from proctoring.evidence import derived, keys, package, store
from proctoring.identity import document, officer_photos, reference, showings
from proctoring.models import (
    ChatMessage,
    DataKey,
    DocumentCheck,
    MonitoringSession,
    ObservationMinute,
    ObservedClip,
    ReferenceFace,
    Showing,
)
from proctoring.models.keys import DataClass
from proctoring.rights.register import Eraser, Erasing, deleted

Part = Callable[[MonitoringSession], Any]


def of_sessions(erase: Part) -> Eraser:
    """An eraser that hands each session of the rows to the package that keeps them, and empties memories."""

    def carry_out(rows: QuerySet[Any], erasing: Erasing) -> int:
        count = rows.count()
        for session in _sessions(rows):
            erase(session)
            transaction.on_commit(partial(forgetting.everything, session))
        return count

    return carry_out


def photos(erase: Part, data_class: DataClass, *others: type[Any]) -> Eraser:
    """The same for photos: with the last of a session of that class its key is destroyed."""

    def carry_out(rows: QuerySet[Any], erasing: Erasing) -> int:
        sessions = _sessions(rows)
        count = of_sessions(erase)(rows, erasing)
        for session in sessions:
            left = (model.objects.filter(session=session).exclude(photo_name="") for model in others)
            if not any(found.exists() for found in left):
                live = keys.labels_of([session])
                keys.destroy_for_session(session, data_class, actor=erasing.actor)
                erasing.keys += sorted(live - keys.labels_of([session]))
        return count

    return carry_out


face_data = photos(reference.erase, DataClass.IDENTITY, ReferenceFace, Showing)
later_photos = photos(showings.erase, DataClass.IDENTITY, ReferenceFace, Showing)
documents = photos(document.erase, DataClass.DOCUMENT, DocumentCheck)


def evidence(rows: QuerySet[Any], erasing: Erasing) -> int:
    """Files and contents go; the rows stay, so that the chain of what is left can still be verified.

    What was made out of them goes along: packages to be handed over and reports as PDF hold the pictures.
    """
    items = list(rows.select_related("institution", "session"))
    sessions = list({each.session for each in items})
    for session in sessions:
        erasing.heads[f"session {session.pk}"] = session.evidence_hash
    live = keys.labels_of(sessions)
    store.erase_items(items, reason=erasing.reason, actor=erasing.actor)
    for session in sessions:
        package.remove_of(session, actor=erasing.actor)
        derived.drop_reports(session)
    erasing.keys += sorted(live - keys.labels_of(sessions))
    return len(items)


def observations(rows: QuerySet[Any], erasing: Erasing) -> int:
    """The rows, and with the last of them their key: what backups still hold of them cannot be read."""
    sessions = _sessions(rows)
    count = deleted(rows)
    for session in sessions:
        left = (model.objects.filter(session=session) for model in (ObservationMinute, ObservedClip))
        if not any(found.exists() for found in left):
            live = keys.labels_of([session])
            keys.destroy_for_session(session, DataClass.OBSERVED, actor=erasing.actor)
            erasing.keys += sorted(live - keys.labels_of([session]))
    return count


def all_keys(erasing: Erasing, person: User) -> int:
    """Destroys the person's key in the institution and all under it; how many."""
    mine = DataKey.objects.filter(
        person_key__person=person, institution=erasing.institution, destroyed_at=None
    )
    labels = [str(label) for label in mine.values_list("label", flat=True)]
    gone = keys.destroy_for_person(erasing.institution, person, actor=erasing.actor)
    erasing.keys += labels
    return gone


def exam_records(rows: QuerySet[Any], erasing: Erasing) -> int:
    """Paper, answers, journal, files and marks of the attempt. Asked once for each attempt: by its paper."""
    count = 0
    for attempt in {each.attempt for each in rows.select_related("attempt")}:
        # A message may ask about a question; the message has a period of its own.
        ChatMessage.objects.filter(attempt=attempt).update(item=None)
        erasing.heads[f"journal of attempt {attempt.pk}"] = attempt.journal_hash
        count += sum(records.erase(attempt, actor=erasing.actor, reason=erasing.reason).values())
    return count


def officer_photo(rows: QuerySet[Any], erasing: Erasing) -> int:
    """The office's photo, and every template made of it."""
    count = 0
    for photo in rows.select_related("institution"):
        officer_photos.erase(photo, actor=erasing.actor, reason=erasing.reason)
        count += 1
    return count


def stored(alias: str, column: str) -> Eraser:
    """An eraser of rows with a file each in a private store."""

    def carry_out(rows: QuerySet[Any], erasing: Erasing) -> int:
        names = [name for name in rows.values_list(column, flat=True) if name]
        stored_files.remove(erasing.institution, alias, names)
        return deleted(rows)

    return carry_out


def _sessions(rows: QuerySet[Any]) -> list[MonitoringSession]:
    keys = set(rows.values_list("session", flat=True))
    return list(MonitoringSession.objects.filter(pk__in=keys).select_related("institution"))
