"""Every route of the public API answers tokens as its table says: scope, other scopes, others' tokens."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from accounts.api.base import TokenView
from accounts.api_scopes import OWN_SESSIONS, SCOPES
from proctoring.api.office.sessions import OneSessionView
from tests.contracts.permission_office import Office
from tests.contracts.permission_table_tokens import BASE, OFFICE_ROWS, TokenRow
from tests.contracts.routes import all_routes
from tests.factories.tokens import client_with

_PART = re.compile(r"<(?:\w+:)?(?P<name>\w+)>")


def test_every_route_of_the_public_api_is_in_the_table() -> None:
    routes = {str(route) for route in all_routes() if route.pattern.startswith(BASE)}
    assert routes == {str(row) for row in OFFICE_ROWS}


def test_every_scope_opens_something() -> None:
    assert {row.scope for row in OFFICE_ROWS} == SCOPES.keys() - {OWN_SESSIONS}


def test_a_scope_that_is_enough_too_stands_on_calls_about_sessions_alone() -> None:
    views = _below(TokenView)
    assert {view for view in views if view.instead} == {OneSessionView} | _below(OneSessionView)


def _below(view: type[TokenView]) -> set[type[TokenView]]:
    return {each for one in view.__subclasses__() for each in ({one} | _below(one))}


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield Office()
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("row", OFFICE_ROWS, ids=str)
def test_each_token_is_answered_as_the_table_says(row: TokenRow, office: Office) -> None:
    wanted = {"with": row.status, "without": 403, "ended": 401, "foreign": row.foreign}
    secrets = {
        "with": office.only[row.scope],
        "without": office.without[row.scope],
        "ended": office.ended,
        "foreign": office.foreign,
    }
    address = "/" + _PART.sub(lambda found: str(office.argument(found["name"])), row.pattern)
    found = {}
    for who, secret in secrets.items():
        with transaction.atomic():
            client = client_with(secret)
            client.raise_request_exception = False
            call = getattr(client, row.method.lower())
            answer = call(address) if row.method == "GET" else call(address, row.body)
            found[who] = answer.status_code
            if who == "without":
                assert answer.data["scope"] == row.scope
            transaction.set_rollback(True)
    assert found == wanted
