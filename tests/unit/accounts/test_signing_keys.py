"""Signatures fit exactly what was signed, with exactly the key that signed it, today's or a former one."""

import io
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from accounts import signing_keys


def _pem(key: Any) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def test_a_signature_fits_what_was_signed_and_nothing_else() -> None:
    kid, signature = signing_keys.sign(b"manifest 1")
    assert signing_keys.verify(b"manifest 1", kid, signature)
    assert not signing_keys.verify(b"manifest 2", kid, signature)
    assert not signing_keys.verify(b"manifest 1", "0" * 16, signature)
    other = ("A" if signature[0] != "A" else "B") + signature[1:]
    assert not signing_keys.verify(b"manifest 1", kid, other)


@pytest.mark.parametrize("nonsense", ["", "!", "QUJD", "é"])
def test_what_is_no_signature_is_refused_without_an_error(nonsense: str) -> None:
    kid, _ = signing_keys.sign(b"x")
    assert not signing_keys.verify(b"x", kid, nonsense)


def test_a_key_of_its_own_does_not_change_with_the_secret_key(settings: Any) -> None:
    settings.SIGNING_KEY = "a secret of its own"
    kid, signature = signing_keys.sign(b"x")
    settings.SECRET_KEY = "another" * 8
    assert signing_keys.verify(b"x", kid, signature)


def test_a_former_key_verifies_once_its_public_key_is_named(settings: Any) -> None:
    settings.SIGNING_KEY = "first"
    kid, signature = signing_keys.sign(b"x")
    public = signing_keys.public_keys()[kid]
    settings.SIGNING_KEY = "second"
    assert not signing_keys.verify(b"x", kid, signature)
    settings.SIGNING_KEYS_BEFORE = [public]
    assert signing_keys.verify(b"x", kid, signature)
    assert signing_keys.sign(b"x")[0] != kid, "a former key signs nothing any more"


def test_a_pem_file_is_the_key(settings: Any) -> None:
    key = Ed25519PrivateKey.generate()
    settings.SIGNING_KEY = _pem(key)
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    assert signing_keys.sign(b"x")[0] == signing_keys.key_name(raw)


def test_another_kind_of_key_is_named(settings: Any) -> None:
    settings.SIGNING_KEY = _pem(generate_private_key(65537, 1024))
    with pytest.raises(ImproperlyConfigured, match="no Ed25519 key"):
        signing_keys.sign(b"x")
    settings.SIGNING_KEY = "-----BEGIN PRIVATE KEY-----\nrubbish\n-----END PRIVATE KEY-----"
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        signing_keys.sign(b"x")


def test_a_wrong_former_key_is_named(settings: Any) -> None:
    settings.SIGNING_KEYS_BEFORE = ["not a key"]
    with pytest.raises(ImproperlyConfigured, match="'not a key'"):
        signing_keys.public_keys()


def test_the_command_prints_what_verifies() -> None:
    out = io.StringIO()
    call_command("signing_key", stdout=out)
    [[name, key]] = [line.split() for line in out.getvalue().splitlines()]
    assert signing_keys.public_keys() == {name: key}
