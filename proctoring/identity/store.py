"""The private store of photos that show who somebody is, encrypted with keys of session or person."""

import hashlib
import logging
import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from accounts.models import Institution, User
from proctor_site.kernel.errors import Conflict, Unavailable
from proctoring.evidence import keys, parts
from proctoring.models import DataClass, MonitoringSession

log = logging.getLogger(__name__)


def save(
    session: MonitoringSession, data: bytes, *, ending: str, data_class: DataClass = DataClass.IDENTITY
) -> str:
    """Stores a photo of a session under an unguessable name, which is returned. Raises Unavailable."""
    name = f"{session.institution_id}/{session.public_id}/{secrets.token_urlsafe(24)}.{ending}"
    return _store(name, keys.sealer_of(session).seal(data_class, name, data))


def save_of_person(institution: Institution, person: User, name: str, data: bytes) -> str:
    """Stores the office's photo of a person under this name, which must be free; returns it.

    Raises Unavailable.
    """
    sealer = keys.sealer_of_person(institution, person)
    return _store(name, sealer.seal(DataClass.OFFICER_PHOTO, name, data))


def _store(name: str, sealed: bytes) -> str:
    try:
        saved = storages["identity"].save(name, ContentFile(sealed))
        if saved != name:  # a sealed file opens under its own name alone
            storages["identity"].delete(saved)
            raise OSError(f"the store wanted to call {name} {saved}")
    except Exception as error:  # noqa: BLE001  (each store has errors of its own)
        log.error("the identity store does not take a photo: %s", error)
        raise Unavailable("The photo could not be stored; please try again in a minute.") from error
    return name


def read(name: str) -> bytes:
    """The plain bytes of a stored file. Raises NotFound (`erased`), Conflict (`altered`), Unavailable."""
    return keys.unseal(name, parts.whole("identity", name))


def read_unaltered(name: str, sha256: str) -> bytes:
    """The bytes of a file that still have this hash. Raises Conflict (`altered`) and Unavailable."""
    data = read(name)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Conflict("This file is not the one that was stored; it is not shown.", code="altered")
    return data


def delete(name: str) -> None:
    """Takes back a file whose row was not written. A failure is logged: `clear_orphans` finds the file."""
    try:
        storages["identity"].delete(name)
    except Exception:
        log.exception("the photo %s could not be deleted from the identity store", name)
