"""Face templates, and keys of document photos, at rest: encrypted with a key of the server."""

import base64

import numpy as np
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from proctor_site.kernel.errors import Unavailable
from proctoring.vision.engines.base import Vector


def seal(vector: Vector) -> bytes:
    """The encrypted form of a template, for `ReferenceFace.template`."""
    return _keys().encrypt(np.ascontiguousarray(vector, np.float32).tobytes())


def unseal(sealed: bytes | memoryview) -> Vector:
    """The vector of `seal`. Raises Unavailable when no key of this server fits or the bytes were altered."""
    try:
        return np.frombuffer(_keys().decrypt(bytes(sealed)), np.float32).copy()
    except InvalidToken as error:
        raise _unreadable() from error


def unseal_key(sealed: bytes | memoryview) -> bytes:
    """The key of a document's photo kept before sessions had keys. Raises Unavailable as `unseal`."""
    try:
        return _keys().decrypt(bytes(sealed))
    except InvalidToken as error:
        raise _unreadable() from error


def seal_anew(sealed: bytes | memoryview) -> bytes:
    """The same template or file key under the newest key. Raises Unavailable as `unseal`."""
    try:
        return _keys().rotate(bytes(sealed))
    except InvalidToken as error:
        raise _unreadable() from error


def is_under_newest_key(sealed: bytes | memoryview) -> bool:
    """Whether the template is readable without the former key."""
    try:
        _key_of(settings.TEMPLATE_KEY).decrypt(bytes(sealed))
    except InvalidToken:
        return False
    return True


def _unreadable() -> Unavailable:
    return Unavailable("This cannot be read with the server's key any more.", code="template_unreadable")


def _keys() -> MultiFernet:
    """Encrypts with the newest key; reads with the former one too, until `rotate_template_key` has run."""
    keys = [_key_of(settings.TEMPLATE_KEY)]
    if settings.TEMPLATE_KEY_BEFORE:
        keys.append(_key_of(settings.TEMPLATE_KEY_BEFORE))
    return MultiFernet(keys)


def _key_of(text: str) -> Fernet:
    """PROCTOR_TEMPLATE_KEY, or a key derived from the secret key; HKDF makes any text a key of its length."""
    source = text or settings.SECRET_KEY
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"proctor face templates v1").derive(source.encode())
    return Fernet(base64.urlsafe_b64encode(key))
