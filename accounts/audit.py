"""The audit log: the only writer of audit entries, and the check of their chains."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from accounts.models import AuditEntry, Institution, User
from proctor_site.kernel import chains, clock

_TRIES = 5


def stream_of(subject: models.Model) -> str:
    """Name of the chain of one subject, such as "attempt:12"."""
    return f"{subject._meta.model_name}:{subject.pk}"


def record(
    institution: Institution,
    subject: models.Model,
    verb: str,
    *,
    actor: User | None = None,
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Appends one entry to the subject's chain, in the caller's transaction.

    `verb` is a fact name ("attempt.paused"); `detail` holds plain values only and no biometric data.
    Two writers at once on one subject: the later one links to the earlier one.
    """
    stream = stream_of(subject)
    for attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return _append(institution, stream, verb, actor, dict(detail or {}))
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _append(
    institution: Institution, stream: str, verb: str, actor: User | None, detail: dict[str, Any]
) -> AuditEntry:
    last = (
        AuditEntry.objects.filter(institution=institution, stream=stream)
        .order_by("-sequence")
        .values_list("sequence", "hash")
        .first()
    )
    sequence, previous = (last[0] + 1, last[1]) if last else (1, chains.GENESIS)
    at = clock.now()
    payload = _payload(stream, sequence, at, actor.pk if actor else None, verb, detail)
    return AuditEntry.objects.create(
        institution=institution,
        stream=stream,
        sequence=sequence,
        at=at,
        actor=actor,
        verb=verb,
        detail=detail,
        previous_hash=previous,
        hash=chains.link_hash(previous, payload),
    )


def record_first(
    institution: Institution,
    subjects: Iterable[models.Model],
    verb: str,
    *,
    actor: User | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Begins the chains of many new subjects at once, with the same entry; none of them may have one yet."""
    at, words = clock.now(), dict(detail or {})
    entries = []
    for subject in subjects:
        stream = stream_of(subject)
        payload = _payload(stream, 1, at, actor.pk if actor else None, verb, words)
        entries.append(
            AuditEntry(
                institution=institution,
                stream=stream,
                sequence=1,
                at=at,
                actor=actor,
                verb=verb,
                detail=words,
                previous_hash=chains.GENESIS,
                hash=chains.link_hash(chains.GENESIS, payload),
            )
        )
    AuditEntry.objects.bulk_create(entries, batch_size=500)


def _payload(
    stream: str, sequence: int, at: datetime, actor_id: int | None, verb: str, detail: dict[str, Any]
) -> dict[str, Any]:
    return {
        "stream": stream,
        "sequence": sequence,
        "at": at,
        "actor": actor_id,
        "verb": verb,
        "detail": detail,
    }


def follows(entry: AuditEntry, before: AuditEntry | None) -> bool:
    """Whether the entry is as it was written, and comes right after `before` (None: it is the first).

    Of an entry whose detail was removed only its place and its link can be checked; whether its removal was
    noted is up to the caller.
    """
    if entry.sequence != (before.sequence + 1 if before else 1):
        return False
    if entry.previous_hash != (before.hash if before else chains.GENESIS):
        return False
    if entry.redacted_at is not None:
        return not entry.detail
    payload = _payload(entry.stream, entry.sequence, entry.at, entry.actor_id, entry.verb, entry.detail)
    return chains.link_hash(entry.previous_hash, payload) == entry.hash


def first_broken_entry(institution: Institution, stream: str) -> AuditEntry | None:
    """The first entry of a chain that was altered, or before which one is missing; None when it is whole.

    A missing end, or a chain that is missing altogether, shows only in the check of the whole log.
    """
    before = None
    for entry in AuditEntry.objects.filter(institution=institution, stream=stream).order_by("sequence"):
        if not follows(entry, before):
            return entry
        before = entry
    return None
