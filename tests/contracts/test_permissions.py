"""Every route stands in the permission table and answers each person as it says; none tells a template."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.conftest import BACKEND
from tests.contracts.permission_calls import address, ask
from tests.contracts.permission_rows import Row
from tests.contracts.permission_table import ROWS
from tests.contracts.permission_world import PEOPLE, World
from tests.contracts.routes import all_routes
from tests.template_leaks import leaks_in


def test_every_route_is_in_the_table() -> None:
    known = {str(row) for row in ROWS}
    missing = [str(route) for route in all_routes() if str(route) not in known]
    assert missing == [], (
        "these routes have no row in tests/contracts/permission_table.py; add one and think about each column"
    )


def test_the_table_names_no_route_that_is_gone() -> None:
    patterns = {route.pattern for route in all_routes()}
    assert [str(row) for row in ROWS if row.pattern not in patterns] == []


def test_no_row_stands_twice() -> None:
    names = [str(row) for row in ROWS]
    assert sorted(names) == sorted(set(names))


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_person_is_answered_as_the_table_says(row: Row, worlds: dict[str, World]) -> None:
    wanted = dict(zip(PEOPLE, (int(status) for status in row.statuses.split()), strict=True))
    world = worlds[row.state]
    found = {person: _status(row, world, person) for person in PEOPLE}
    different = [
        f"{who}: {found[who]}, the table says {wanted[who]}" for who in PEOPLE if found[who] != wanted[who]
    ]
    assert different == []


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, World]]:
    """One world per state of the attempt. Each request is rolled back, so every person sees it as new."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield {state: World(state) for state in {row.state for row in ROWS}}
        transaction.set_rollback(True)


def _status(row: Row, world: World, person: str) -> int:
    client = Client(raise_request_exception=False)
    user = world.people[person]
    with transaction.atomic():
        if user is not None:
            client.force_login(user, backend=BACKEND)
        response = ask(client, row, address(row.pattern, world))
        # A stream is read to its end, which closes the file behind it.
        content = b"".join(response) if response.streaming else response.content
        assert leaks_in(content, world.never_told) == [], f"{person} gets a part of a face template"
        transaction.set_rollback(True)
    return int(response.status_code)
