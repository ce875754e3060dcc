"""Face templates at rest: encrypted with a key of the server, in clear only inside this process."""

import base64

import numpy as np
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from proctor_site.kernel.errors import Unavailable
from proctoring.vision.engines.base import Vector


def seal(vector: Vector) -> bytes:
    """The encrypted form of a template, for `ReferenceFace.template`."""
    return _fernet().encrypt(np.ascontiguousarray(vector, np.float32).tobytes())


def unseal(sealed: bytes | memoryview) -> Vector:
    """The vector of `seal`. Raises Unavailable when the key has changed or the bytes were altered."""
    try:
        return np.frombuffer(_fernet().decrypt(bytes(sealed)), np.float32).copy()
    except InvalidToken as error:
        raise Unavailable(
            "The reference face cannot be read with this server's key.", code="template_unreadable"
        ) from error


def _fernet() -> Fernet:
    """PROCTOR_TEMPLATE_KEY, or a key derived from the secret key; HKDF makes any text a key of its length."""
    source = settings.TEMPLATE_KEY or settings.SECRET_KEY
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"proctor face templates v1").derive(source.encode())
    return Fernet(base64.urlsafe_b64encode(key))
