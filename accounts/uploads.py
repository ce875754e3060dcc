"""Uploaded lists and archives that wait for a job: stored encrypted, read once, deleted with their import.

A list names many people, so no person's key fits; all have one key of the operator (HKDF of the evidence key
with a purpose of its own; AES-256-GCM, bound to the file's name). Files of before are read as they are.
"""

import secrets

from cryptography.exceptions import InvalidTag
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from accounts import operator_keys
from accounts.models import Institution

STORE = "imports"
_MAGIC = b"PUP1"
_PURPOSE = b"proctor uploads v1"


def save(institution: Institution, what: str, data: bytes) -> str:
    """Stores an upload encrypted under an unguessable name, which is returned. Raises OSError."""
    name = f"{institution.pk}/{what}-{secrets.token_urlsafe(18)}"
    sealed = _MAGIC + operator_keys.seal(_PURPOSE, data, name.encode())
    saved = storages[STORE].save(name, ContentFile(sealed))
    if saved != name:  # it opens under its own name alone
        storages[STORE].delete(saved)
        raise OSError(f"the store wanted to call {name} {saved}")
    return name


def read(name: str) -> bytes:
    """The plain bytes. Raises OSError when the file is gone, or was altered or moved."""
    with storages[STORE].open(name) as file:
        raw = bytes(file.read())
    if not raw.startswith(_MAGIC):
        return raw
    try:
        return operator_keys.unseal(_PURPOSE, raw.removeprefix(_MAGIC), name.encode())
    except InvalidTag as error:
        raise OSError(f"the upload {name} was altered, or its key is not known here") from error


def delete(name: str) -> None:
    """Deletes an upload; one that is gone already is no error."""
    storages[STORE].delete(name)
