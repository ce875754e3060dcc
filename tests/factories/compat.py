"""Compat keys for tests, and clients of the replaced systems that show them."""

from typing import Any

from django.test import Client

from accounts.models import Institution
from accounts.roles import Role
from exams.models import Sitting
from proctoring import compat_keys
from proctoring.compat_keys import KeyTerms
from proctoring.models import CompatKey
from proctoring.models.compat import Contract
from tests.factories.accounts import make_member

ORIGIN = "https://old.example"


def terms(**changes: Any) -> KeyTerms:
    """What a key is for: everything, for pages of ORIGIN and from files."""
    usual: dict[str, Any] = {
        "label": "Admission interviews",
        "contracts": Contract.values,
        "notice": "https://old.example/notice",
        "obtains_consent": True,
        "origins": [ORIGIN, "null"],
        "sound": True,
        "faces": True,
    }
    return KeyTerms(**{**usual, **changes})


def new_key(
    institution: Institution, sitting: Sitting | None = None, **changes: Any
) -> tuple[CompatKey, str]:
    """A key that feeds the sitting, and its secret."""
    admin = make_member(institution, Role.ADMIN, name="Kira Keys")
    return compat_keys.make_key(institution, terms(**changes), sitting=sitting, actor=admin)


def client_of(secret: str, **headers: str) -> Client:
    """A client that shows the key in a header, as a program on a server would."""
    return Client(headers={"x-compat-key": secret, **headers}, raise_request_exception=True)
