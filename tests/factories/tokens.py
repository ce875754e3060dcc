"""Tokens of the public API for tests, and clients that send one."""

from typing import Any

from rest_framework.test import APIClient

from accounts.api_scopes import SCOPES
from accounts.models import ApiToken, Institution
from accounts.roles import Role
from accounts.services.api_tokens import make_token
from tests.factories.accounts import make_member


def new_token(institution: Institution, *scopes: str, **options: Any) -> tuple[ApiToken, str]:
    """A token with these scopes (none named: all) and its secret."""
    admin = options.pop("actor", None) or make_member(institution, Role.ADMIN, name="Tilda Tokens")
    options = {"name": "Student register", **options}
    return make_token(institution, scopes=scopes or SCOPES, actor=admin, **options)


def client_with(secret: str, **headers: str) -> APIClient:
    """A client of JSON that sends the token."""
    client = APIClient(headers={"authorization": f"Bearer {secret}", **headers})
    client.default_format = "json"
    return client


def token_client(institution: Institution, *scopes: str) -> APIClient:
    """A client with a new token of these scopes (none named: all)."""
    return client_with(new_token(institution, *scopes)[1])
