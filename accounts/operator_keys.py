"""Keys of the operator for what fits no person's key, one for each purpose (HKDF of the evidence key)."""

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12


def keys_for(purpose: bytes) -> list[bytes]:
    """32 bytes each, newest first: the first encrypts, all may decrypt."""
    texts = (settings.EVIDENCE_KEY, *settings.EVIDENCE_KEYS_BEFORE, "")
    return [_derived(text or settings.SECRET_KEY, purpose) for text in texts]


def seal(purpose: bytes, data: bytes, bound_to: bytes | None = None) -> bytes:
    """`data` encrypted by the newest key (AES-256-GCM); it opens for that purpose and `bound_to` alone."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(keys_for(purpose)[0]).encrypt(nonce, data, bound_to)


def unseal(purpose: bytes, sealed: bytes, bound_to: bytes | None = None) -> bytes:
    """What `seal` took. Raises InvalidTag when it was altered, or its key is not known here."""
    for key in keys_for(purpose):
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to)
        except InvalidTag:
            continue
    raise InvalidTag


@lru_cache(maxsize=32)
def _derived(source: str, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(source.encode())
