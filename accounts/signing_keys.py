"""The operator's Ed25519 key: signs what must be provable outside, such as manifests and checkpoints.

Anybody with the public key can check a signature (RFC 8032), without this system and without its secrets.
What is signed names its own kind and purpose: the key is one for all, so that no signature may fit elsewhere.
"""

import base64
import binascii
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_PURPOSE = b"proctor signing key 1"
_PUBLIC_BYTES = 32


def sign(data: bytes) -> tuple[str, str]:
    """(name of the key, signature) of `data` with today's key; the signature is base64: 88 characters."""
    key = _private(settings.SIGNING_KEY or settings.SECRET_KEY)
    return key_name(_raw(key.public_key())), base64.b64encode(key.sign(data)).decode("ascii")


def verify(data: bytes, kid: str, signature: str) -> bool:
    """Whether the key named `kid`, today's or a former, signed exactly `data`; False when it is unknown."""
    text = public_keys().get(kid)
    if text is None:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(text))
        key.verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def public_keys() -> dict[str, str]:
    """Public keys by name, each 32 bytes in base64: today's first, then the former ones that still verify.

    ImproperlyConfigured when PROCTOR_SIGNING_KEYS_BEFORE holds what is no such key.
    """
    today = _raw(_private(settings.SIGNING_KEY or settings.SECRET_KEY).public_key())
    raw = [today, *(_decoded(text) for text in settings.SIGNING_KEYS_BEFORE)]
    return {key_name(each): base64.b64encode(each).decode("ascii") for each in raw}


def key_name(public_bytes: bytes) -> str:
    """The name of a key: the first 16 hexadecimal digits of the SHA-256 of its 32 public bytes."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(public_bytes)
    return digest.finalize().hex()[:16]


@cache
def _private(secret: str) -> Ed25519PrivateKey:
    """A PEM file's key (`openssl genpkey -algorithm ed25519`), or one derived from any other secret text."""
    if "PRIVATE KEY" in secret:
        try:
            key = serialization.load_pem_private_key(secret.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise ImproperlyConfigured(f"PROCTOR_SIGNING_KEY cannot be read: {error}") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise ImproperlyConfigured("PROCTOR_SIGNING_KEY is no Ed25519 key.")
        return key
    seed = HKDF(hashes.SHA256(), 32, salt=None, info=_PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != _PUBLIC_BYTES:
        raise ImproperlyConfigured(
            f"PROCTOR_SIGNING_KEYS_BEFORE holds {text!r}, which is no Ed25519 public key in base64."
        )
    return raw
