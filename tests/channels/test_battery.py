"""What a candidate's page says of its battery and its line: kept for minutes, where the notice named it."""

import json
from typing import Any

import pytest

from proctoring.live import presence
from proctoring.models import Consent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")]


async def ping(connect: Any, candidate: Any, session: Any, **more: Any) -> Any:
    socket = await connect(candidate, f"/ws/attempts/{session.attempt_id}/")
    await socket.receive("hello")
    await socket.inner.send_to(text_data=json.dumps({"type": "ping", "sent_at": 1, "rtt": 40} | more))
    return socket


@pytest.mark.parametrize("named", [True, False])
async def test_the_battery_is_kept_only_where_the_notice_named_it(
    connect: Any, candidate: Any, session: Any, named: bool
) -> None:
    await Consent._base_manager.filter(session=session).aupdate(battery=named)
    socket = await ping(connect, candidate, session, loss=12, battery={"level": 55, "charging": True})
    await socket.receive("pong")
    pulse = presence.read(session.attempt_id).to_pulse(0)
    assert pulse["loss"] == 12
    assert pulse["battery"] == ({"level": 55, "charging": True} if named else None)


async def test_a_ping_without_battery_keeps_what_was_said_last(
    connect: Any, candidate: Any, session: Any
) -> None:
    await Consent._base_manager.filter(session=session).aupdate(battery=True)
    socket = await ping(connect, candidate, session, battery={"level": 15.4, "charging": False})
    await socket.receive("pong")
    await socket.send({"type": "ping", "sent_at": 2, "rtt": 41, "loss": None})
    await socket.receive("pong")
    assert presence.read(session.attempt_id).battery == (15, False)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"battery": 50}, "battery"),
        ({"battery": {"level": "full", "charging": True}}, "battery.level"),
        ({"battery": {"level": 101, "charging": True}}, "battery.level"),
        ({"battery": {"level": True, "charging": True}}, "battery.level"),
        ({"battery": {"level": 50}}, "battery.charging"),
        ({"loss": 101}, "loss"),
        ({"loss": "much"}, "loss"),
    ],
)
async def test_nonsense_is_named_and_the_socket_stays(
    connect: Any, candidate: Any, session: Any, more: dict[str, Any], field: str
) -> None:
    socket = await ping(connect, candidate, session, **more)
    assert (await socket.receive("error"))["field"] == field
    await socket.send({"type": "ping", "sent_at": 3, "rtt": 40})
    assert (await socket.receive("pong"))["sent_at"] == 3
