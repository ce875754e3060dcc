"""A sitting that clients of the replaced systems feed, and clients with a key to it."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution
from accounts.tenancy import within
from exams.models import Sitting
from proctoring.models import CompatKey
from proctoring.outside.default_sitting import default_sitting
from tests.capture import scripted  # noqa: F401
from tests.factories.compat import client_of, new_key


@pytest.fixture
def switched_on(settings: Any) -> None:
    """The operator answers clients of the replaced systems."""
    settings.COMPAT = True


@pytest.fixture
def key_and_secret(institution: Institution, switched_on: None) -> tuple[CompatKey, str]:
    """A key for all contracts, in pages, and its secret."""
    return new_key(institution)


@pytest.fixture
def fed(institution: Institution) -> Sitting:
    """A sitting of an exam that another system delivers."""
    with within(institution):
        return default_sitting(institution, label="Old pages", actor=None)


@pytest.fixture
def secret(key_and_secret: tuple[CompatKey, str]) -> str:
    return key_and_secret[1]


@pytest.fixture
def old_client(secret: str) -> Client:
    """A client of a replaced system."""
    return client_of(secret)


@pytest.fixture
def server_client(institution: Institution, key_and_secret: tuple[CompatKey, str]) -> Client:
    """A program on a server of the operator's, with a key of its own to the same sitting."""
    sitting = key_and_secret[0].sitting
    return client_of(new_key(institution, sitting, is_private=True, origins=[])[1])
