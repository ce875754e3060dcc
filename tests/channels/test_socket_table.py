"""Every socket stands in this table, and lets in or closes on the ten people of the table of routes."""

from typing import Any

import pytest

from proctoring.consumers.routing import websocket_urlpatterns
from tests.channels.conftest import LONG_S
from tests.contracts.permission_world import PEOPLE, World

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = {
    # 0: let in; 4401: sign in first; 4404: as if it did not exist. Columns: permission_world.PEOPLE.
    "ws/attempts/<int:attempt>/": "0 4404 4404 4404 4404 4404 4404 4404 4404 4401",
    "ws/i/<slug:slug>/sittings/<int:sitting>/": "4404 4404 0 4404 4404 0 0 4404 4404 4401",
    # A token that is none of ours; who has one needs no sign-in (test_guest_socket.py).
    "ws/meetings/guest/<str:token>/": " ".join(["4404"] * 10),
    # Those who are invited; the exam officer, who may change it, is not.
    "ws/i/<slug:slug>/meetings/<int:meeting>/": "0 4404 0 4404 4404 4404 4404 4404 4404 4401",
}


@pytest.fixture
def world(transactional_db: None) -> World:
    return World()


def test_every_socket_is_in_the_table() -> None:
    assert {str(each.pattern) for each in websocket_urlpatterns} == set(TABLE)


@pytest.mark.parametrize("pattern", TABLE)
async def test_each_person_is_let_in_or_not(pattern: str, world: World, connect: Any) -> None:
    path = "/" + pattern
    for part, value in (
        ("<int:attempt>", world.attempt.pk),
        ("<int:sitting>", world.sitting.pk),
        ("<int:meeting>", world.interview.meeting_id),
        ("<slug:slug>", world.institution.slug),
        ("<str:token>", "forged"),
    ):
        path = path.replace(part, str(value))
    found = {}
    for name in PEOPLE:
        socket = await connect(world.people[name], path)
        message = await socket.inner.receive_output(timeout=LONG_S)
        found[name] = message.get("code", 0)
    assert found == dict(zip(PEOPLE, map(int, TABLE[pattern].split()), strict=True))
