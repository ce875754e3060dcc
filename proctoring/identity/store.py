"""The private store of photos that show who somebody is: reference photos, and encrypted document photos."""

import hashlib
import logging
import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from proctor_site.kernel.errors import Conflict, Unavailable
from proctoring.models import MonitoringSession

log = logging.getLogger(__name__)


def save(session: MonitoringSession, data: bytes, *, ending: str) -> str:
    """Stores a file under an unguessable name, which is returned. Raises Unavailable."""
    return save_as(f"{session.institution_id}/{session.public_id}/{secrets.token_urlsafe(24)}.{ending}", data)


def save_as(name: str, data: bytes) -> str:
    """Stores a file under this name, or another one when it is taken; returns it. Raises Unavailable."""
    try:
        return storages["identity"].save(name, ContentFile(data))
    except Exception as error:  # noqa: BLE001  (each store has errors of its own)
        log.error("the identity store does not take a photo: %s", error)
        raise Unavailable("The photo could not be stored; please try again in a minute.") from error


def read(name: str) -> bytes:
    """The bytes of a stored file. Raises Unavailable."""
    try:
        with storages["identity"].open(name) as stored:
            return bytes(stored.read())
    except Exception as error:  # noqa: BLE001  (each store has errors of its own)
        log.warning("a photo cannot be read from the identity store: %s", error)
        raise Unavailable("This photo cannot be read from the store now; try again in a minute.") from error


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
