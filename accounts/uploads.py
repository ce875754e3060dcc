"""Uploaded lists and archives that wait for a job: stored encrypted, read once, deleted with their import.

A list names many people, so no person's key fits; all have one key of the operator (HKDF of the evidence key
with a purpose of its own; AES-256-GCM, bound to the file's name). Files of before are read as they are.
"""

import os
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from accounts.models import Institution

STORE = "imports"
_MAGIC = b"PUP1"
_NONCE = 12


def save(institution: Institution, what: str, data: bytes) -> str:
    """Stores an upload encrypted under an unguessable name, which is returned. Raises OSError."""
    name = f"{institution.pk}/{what}-{secrets.token_urlsafe(18)}"
    nonce = os.urandom(_NONCE)
    sealed = _MAGIC + nonce + AESGCM(_keys()[0]).encrypt(nonce, data, name.encode())
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
    head = len(_MAGIC) + _NONCE
    for key in _keys():
        try:
            return AESGCM(key).decrypt(raw[len(_MAGIC) : head], raw[head:], name.encode())
        except InvalidTag:
            continue
    raise OSError(f"the upload {name} was altered, or its key is not known here")


def delete(name: str) -> None:
    """Deletes an upload; one that is gone already is no error."""
    storages[STORE].delete(name)


def _keys() -> list[bytes]:
    """Newest first."""
    texts = (settings.EVIDENCE_KEY, *settings.EVIDENCE_KEYS_BEFORE, "")
    return [_derived(text or settings.SECRET_KEY) for text in texts]


@lru_cache(maxsize=16)
def _derived(source: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"proctor uploads v1").derive(source.encode())
