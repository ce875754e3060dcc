"""Encrypts files that were stored before there were keys; each stays readable at every moment."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from proctoring.evidence import keys, parts, sealing
from proctoring.models import DataClass, EvidenceItem, MonitoringSession, OfficerPhoto, ReferenceFace, Showing
from proctoring.models.evidence import EvidenceKind

log = logging.getLogger(__name__)
_AT_ONCE = 500


class Outcome(Enum):
    """What became of one file."""

    DONE = "encrypted now"
    PLAIN = "not encrypted yet"
    BEFORE = "encrypted before"
    ALTERED = "not the file that was stored: left as it is"
    UNREADABLE = "could not be read or written; run it again"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that a row names. `sha256`: of the plain file."""

    store: str
    name: str
    sha256: str
    data_class: DataClass
    owner: keys.Sealer


def stored_files() -> Iterator[StoredFile]:
    """Every file of evidence and every photo in the stores, of all institutions, oldest rows first.

    Photos of documents have always been encrypted. What waits in a spool moves on within minutes.
    """
    # _base_manager: one master key serves every institution.
    items = EvidenceItem._base_manager.exclude(stored_at=None).filter(erased_at=None)
    for item in items.select_related("session").order_by("pk").iterator(chunk_size=_AT_ONCE):
        data_class = keys.CLASS_OF[EvidenceKind(item.kind)]
        owner = keys.sealer_of(item.session)
        yield StoredFile("evidence", item.name, item.sha256, data_class, owner)
    for model in (ReferenceFace, Showing):
        rows = model._base_manager.exclude(photo_name="").select_related("session").order_by("pk")
        for row in rows.iterator(chunk_size=_AT_ONCE):
            yield _photo(row.session, row.photo_name, row.photo_sha256)
    photos = OfficerPhoto._base_manager.select_related("institution", "candidate").order_by("pk")
    for photo in photos.iterator(chunk_size=_AT_ONCE):
        owner = keys.sealer_of_person(photo.institution, photo.candidate)
        yield StoredFile("identity", photo.photo_name, photo.photo_sha256, DataClass.OFFICER_PHOTO, owner)


def _photo(session: MonitoringSession, name: str, sha256: str) -> StoredFile:
    return StoredFile("identity", name, sha256, DataClass.IDENTITY, keys.sealer_of(session))


def encrypt(file: StoredFile, *, dry_run: bool) -> Outcome:
    """Encrypts one file in its place, unless it is already or is not the one that was stored."""
    try:
        if parts.is_sealed(file.store, file.name):
            return Outcome.BEFORE
        plain = parts.whole(file.store, file.name)
        if hashlib.sha256(plain).hexdigest() != file.sha256:
            return Outcome.ALTERED
        if dry_run:
            return Outcome.PLAIN
        sealed = file.owner.seal(file.data_class, file.name, plain)
        if sealing.head_of(sealed) is None or keys.unseal(file.name, sealed) != plain:
            return Outcome.UNREADABLE  # never replace what opens by what does not
        parts.replace(file.store, file.name, sealed)
    except Exception:
        log.exception("the file %s of the store %s is left as it is", file.name, file.store)
        return Outcome.UNREADABLE
    return Outcome.DONE
