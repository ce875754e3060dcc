"""What every provider of live video promises, each asked the same."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proctoring.meetings.providers.base import (
    SHIPPED,
    Join,
    LiveProvider,
    ProviderDown,
    UnknownProvider,
    load_provider,
)
from proctoring.meetings.providers.scripted import ScriptedProvider
from tests.janus_server import JanusServer, run_janus
from tests.livekit_server import LiveKitServer
from tests.realtimekit_server import RealtimeKitServer

UNTIL = datetime.now(UTC) + timedelta(hours=3)


@pytest.fixture(scope="module")
def janus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JanusServer]:
    yield from run_janus(tmp_path_factory.mktemp("janus"))


@pytest.fixture(params=SHIPPED)
def provider(request: pytest.FixtureRequest, settings: Any) -> Iterator[LiveProvider]:
    if request.param == "janus":
        request.getfixturevalue("janus").choose(settings)
    stub = {"livekit": LiveKitServer, "realtimekit": RealtimeKitServer}.get(request.param, lambda: None)()
    if stub is not None:
        stub.choose(settings)
    found = load_provider(request.param)
    assert found is not None
    yield found
    if stub is not None:
        stub.close()
        assert stub.wrong == []
    ScriptedProvider.meetings.clear()
    ScriptedProvider.is_down = False


def test_a_meeting_is_made_once_joined_and_ended(provider: LiveProvider) -> None:
    meeting = provider.create_meeting("sitting-1", "Biology")
    assert provider.create_meeting("sitting-1", "Biology, renamed") == meeting
    joins = [
        provider.add_participant(meeting, "attempt-1", "proctor-1", "proctor", UNTIL),
        provider.add_participant(meeting, "attempt-1", "candidate-2", "candidate", UNTIL),
        provider.add_participant(meeting, "attempt-1", "candidate-2", "candidate", UNTIL),
    ]
    for join in joins:
        assert isinstance(join, Join) and join.provider == provider.name
        assert join.expires_at >= UNTIL or (
            provider.name == "livekit" and join.expires_at > datetime.now(UTC)
        )
        told = join.to_json()
        assert set(told) == {"provider", "url", "tokens", "ice_servers", "relay_only", "expires_at"}
        for secret in (*join.tokens.values(), *(each.get("credential", "-") for each in join.ice_servers)):
            assert secret not in repr(join), "what opens a room is not for logs"
    for _ in range(2):  # who is out already, and a meeting that has ended, are no error
        provider.remove(meeting, "attempt-1", "candidate-2")
        provider.end(meeting)
    assert provider.health() == ""


def test_a_provider_that_is_down_says_so() -> None:
    provider = ScriptedProvider()
    ScriptedProvider.is_down = True
    try:
        assert provider.health()
        with pytest.raises(ProviderDown):
            provider.create_meeting("sitting-1", "Biology")
    finally:
        ScriptedProvider.is_down = False


@pytest.mark.parametrize("choice", ["nobody", "proctoring.meetings.nothing.Here", "pathlib.Path"])
def test_an_unknown_provider_is_refused(choice: str) -> None:
    with pytest.raises(UnknownProvider):
        load_provider(choice)
    assert load_provider("off") is None
