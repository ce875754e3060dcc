"""Keys of stored files: the operator's master key opens a person's key, that one the keys of kinds of files.

To destroy a key erases every copy of the files under it, also those in backups of the store. The backups of
the database hold wrapped keys: docs/operations.md says what that means.
"""

import base64
import hashlib
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Institution, User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotFound, Unavailable
from proctoring.evidence import sealing
from proctoring.models import DataClass, DataKey, MonitoringSession, PersonKey
from proctoring.models.evidence import EvidenceKind

DESTROYED = "evidence.keys_destroyed"
"""Verb of the audit entry of a destroyed key, on the session or the person."""
CLASS_OF = {
    EvidenceKind.CAMERA_FRAME: DataClass.CAMERA,
    EvidenceKind.SOUND: DataClass.SOUND,
    EvidenceKind.SCREEN: DataClass.SCREEN,
    EvidenceKind.SCREEN_CLIP: DataClass.SCREEN,
    EvidenceKind.LIVE_VIDEO: DataClass.LIVE_VIDEO,
    EvidenceKind.SHOWN: DataClass.SHOWN,
    EvidenceKind.CALL: DataClass.CALL,
}


@dataclass(slots=True)
class Sealer:
    """Seals files of one session, or of one person of an institution; remembers the keys for as long as it
    lives, which should be one act: a key that was destroyed meanwhile is not to be used."""

    institution_id: int
    session: MonitoringSession | None = None
    person_id: int | None = None
    _known: dict[str, tuple[UUID, bytes]] = field(default_factory=dict)

    def seal(self, data_class: DataClass, name: str, data: bytes) -> bytes:
        """The encrypted file, to be stored under this name. Raises Unavailable without the master key."""
        label, key = self._key_of(data_class)
        return sealing.seal(key, label, name, data)

    def seal_file(self, data_class: DataClass, name: str, size: int, file: IO[bytes]) -> Iterator[bytes]:
        """The same piece by piece, of an open file of `size` bytes that is too large for memory."""
        label, key = self._key_of(data_class)
        return sealing.seal_pieces(key, label, name, size, file.read)

    def _key_of(self, data_class: DataClass) -> tuple[UUID, bytes]:
        if data_class not in self._known:
            self._known[data_class] = _current_key(self, data_class)
        return self._known[data_class]


def sealer_of(session: MonitoringSession) -> Sealer:
    """Seals what belongs to a session."""
    return Sealer(session.institution_id, session, session.candidate_id)


def sealer_of_person(institution: Institution, person: User) -> Sealer:
    """Seals what belongs to a person and no session, such as the office's photo."""
    return Sealer(institution.pk, None, person.pk)


def unseal(name: str, raw: bytes) -> bytes:
    """The plain bytes of a stored file; one from before encryption is given back as it is.

    Raises NotFound (`erased`: its key was destroyed), Conflict (`altered`: the file; `key_altered`: a key
    row), Unavailable (`no_master_key`).
    """
    try:
        head = sealing.head_of(raw)
        return raw if head is None else sealing.unseal(key_of(head), name, raw)
    except sealing.SealBroken as error:
        raise _altered() from error


def unseal_part(name: str, head: sealing.Head, first_piece: int, raw: bytes) -> bytes:
    """The plain bytes of whole pieces. Raises as `unseal`."""
    try:
        return sealing.unseal_pieces(key_of(head), head, name, first_piece, raw)
    except sealing.SealBroken as error:
        raise _altered() from error


def key_of(head: sealing.Head) -> bytes:
    """The data key that a file names. Raises as `unseal`."""
    # _base_manager: the file is in hand, and who may see it was checked where its row was found.
    row = DataKey._base_manager.select_related("person_key").filter(label=head.key_id).first()
    if row is None:
        raise Conflict("The key that this file names was never made here.", code="altered")
    return _open(row)


def destroy_for_session(
    session: MonitoringSession, data_class: DataClass | None = None, *, actor: User | None = None
) -> int:
    """Destroys the session's keys, of one kind of file or of all; how many. In one transaction.

    Erase the items first (`store.erase_items`): what cannot be read and is not marked counts as damage.
    """
    with transaction.atomic():
        keys = DataKey._base_manager.filter(session_id=session.pk, destroyed_at=None)
        if data_class is not None:
            keys = keys.filter(data_class=data_class)
        classes = sorted(keys.values_list("data_class", flat=True))
        now = clock.now()
        gone = keys.update(wrapped=b"", destroyed_at=now)
        if data_class is None:
            PersonKey._base_manager.filter(session_id=session.pk, destroyed_at=None).update(
                wrapped=b"", destroyed_at=now
            )
        if gone:
            audit.record(session.institution, session, DESTROYED, actor=actor, detail={"classes": classes})
    return gone


def labels_of(sessions: Collection[MonitoringSession]) -> set[str]:
    """The names of the sessions' keys that are not destroyed yet."""
    rows = DataKey._base_manager.filter(session__in=sessions, destroyed_at=None)
    return {str(label) for label in rows.values_list("label", flat=True)}


def destroy_for_person(institution: Institution, person: User, *, actor: User | None = None) -> int:
    """Destroys the person's key in an institution and all under it; how many. As `destroy_for_session`."""
    with transaction.atomic():
        own = PersonKey._base_manager.filter(institution=institution, person=person, destroyed_at=None)
        under = DataKey._base_manager.filter(person_key__in=list(own), destroyed_at=None)
        now = clock.now()
        gone = under.update(wrapped=b"", destroyed_at=now) + own.update(wrapped=b"", destroyed_at=now)
        if gone:
            audit.record(institution, person, DESTROYED, actor=actor, detail={"keys": gone})
    return gone


def wrap_anew(row: PersonKey) -> bool:
    """Encrypts a person's key with the newest master key; False: it is already, or was destroyed or changed
    meanwhile. Raises as `unseal`."""
    kid, master = _masters()[0]
    if row.destroyed_at is not None or row.master == kid:
        return False
    wrapped = sealing.wrap(master, _open_person(row), _about_person(row))
    unchanged = PersonKey._base_manager.filter(pk=row.pk, wrapped=row.wrapped, destroyed_at=None)
    return bool(unchanged.update(wrapped=wrapped, master=kid))


def newest_master() -> str:
    """The short name of the master key that new keys are encrypted with; it tells nothing about the key."""
    return _masters()[0][0]


def _current_key(owner: Sealer, data_class: DataClass) -> tuple[UUID, bytes]:
    for _ in range(3):
        row = _find(owner, data_class)
        if row is not None:
            return row.label, _open(row)
        try:
            with transaction.atomic():
                return _make(owner, data_class)
        except IntegrityError:  # another process made it at the same moment
            continue
    raise Unavailable("The key of this file could not be made; try again.", code="no_key")


def _find(owner: Sealer, data_class: DataClass) -> DataKey | None:
    rows = DataKey._base_manager.select_related("person_key").filter(
        institution_id=owner.institution_id, data_class=data_class, destroyed_at=None
    )
    if owner.session is not None:
        return rows.filter(session_id=owner.session.pk).first()
    return rows.filter(session=None, person_key__person_id=owner.person_id).first()


def _make(owner: Sealer, data_class: DataClass) -> tuple[UUID, bytes]:
    mine = PersonKey._base_manager.filter(institution_id=owner.institution_id, destroyed_at=None)
    of_session = owner.session if owner.person_id is None else None
    parent = mine.filter(person_id=owner.person_id, session=of_session).first()
    if parent is None:
        kid, master = _masters()[0]
        parent = PersonKey(
            institution_id=owner.institution_id,
            person_id=owner.person_id,
            session=of_session,
            master=kid,
            created_at=clock.now(),
        )
        parent.wrapped = sealing.wrap(master, secrets.token_bytes(32), _about_person(parent))
        parent.save(force_insert=True)
    key = secrets.token_bytes(32)
    row = DataKey(
        institution_id=owner.institution_id,
        person_key=parent,
        session=owner.session,
        data_class=data_class,
        created_at=clock.now(),
    )
    row.wrapped = sealing.wrap(_open_person(parent), key, _about_data(row))
    row.save(force_insert=True)
    return row.label, key


def _open(row: DataKey) -> bytes:
    if row.destroyed_at is not None or row.person_key.destroyed_at is not None:
        raise NotFound("This file was erased: its key was destroyed.", code="erased")
    try:
        return sealing.unwrap(_open_person(row.person_key), bytes(row.wrapped), _about_data(row))
    except sealing.SealBroken as error:
        raise _key_altered() from error


def _open_person(row: PersonKey) -> bytes:
    master = dict(_masters()).get(row.master)
    if master is None:
        raise Unavailable(
            "This cannot be read: the server has not the master key it was encrypted with.",
            code="no_master_key",
        )
    try:
        return sealing.unwrap(master, bytes(row.wrapped), _about_person(row))
    except sealing.SealBroken as error:
        raise _key_altered() from error


def _about_person(row: PersonKey) -> str:
    return f"person key {row.label} of {row.institution_id}, {row.person_id}, {row.session_id}"


def _about_data(row: DataKey) -> str:
    return f"data key {row.label} of {row.institution_id}, {row.session_id}, {row.data_class}"


def _altered() -> Conflict:
    return Conflict("This file is not the one that was stored; it is not shown.", code="altered")


def _key_altered() -> Conflict:
    return Conflict("The key of this file was altered; it cannot be read.", code="key_altered")


def _masters() -> list[tuple[str, bytes]]:
    """Name and key, newest first. The one made of the secret key always reads: an installation that gets a
    master key of its own later loses nothing."""
    return [_master_of(text) for text in (settings.EVIDENCE_KEY, *settings.EVIDENCE_KEYS_BEFORE, "")]


@lru_cache(maxsize=16)
def _derived(source: str) -> tuple[str, bytes]:
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"proctor evidence master v1").derive(source.encode())
    name = hashlib.sha256(b"name of " + key).digest()[:9]
    return base64.urlsafe_b64encode(name).decode(), key


def _master_of(text: str) -> tuple[str, bytes]:
    """PROCTOR_EVIDENCE_KEY, or a key derived from the secret key; HKDF makes any text a key of its length."""
    return _derived(text or settings.SECRET_KEY)
