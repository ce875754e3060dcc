"""A real Janus: who comes into a room, who is put out and stays out, restarts, secrets, an end twice."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from django.core.checks import run_checks

from proctoring.meetings.providers.base import Happened, Join, LiveEvent, ProviderDown
from proctoring.meetings.providers.janus import JanusProvider
from proctoring.meetings.providers.janus_api import talk
from tests.janus_client import JanusClient
from tests.janus_server import JanusServer, run_janus

UNTIL = datetime.now(UTC) + timedelta(hours=3)
UNAUTHORIZED, NO_SUCH_ROOM, NOT_ALLOWED = 403, 426, 433
ONE, TWO = "attempt-1", "attempt-2"


class Listener(ThreadingHTTPServer):
    """Where Janus reports; what it said comes out of `heard`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Reports)
        self.heard: Queue[tuple[dict[str, str], bytes]] = Queue()


class Reports(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        self.server.heard.put(({key.lower(): value for key, value in self.headers.items()}, raw))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Not into the output of the tests."""


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with Listener() as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield listening
        listening.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, listener: Listener) -> Iterator[JanusServer]:
    address = f"http://127.0.0.1:{listener.server_port}/"
    yield from run_janus(tmp_path_factory.mktemp("janus"), events_to=address)


@pytest.fixture
def janus(server: JanusServer, settings: Any) -> JanusProvider:
    server.choose(settings)
    return JanusProvider()


@pytest.fixture
def meeting(janus: JanusProvider) -> Iterator[str]:
    made = janus.create_meeting("sitting-1", "Biology")
    yield made
    janus.end(made)


def let_in(janus: JanusProvider, meeting: str, room: str, name: str, until: datetime = UNTIL) -> Join:
    part: Any = name.partition("-")[0]
    return janus.add_participant(meeting, room, name, part, until)


def open_client(join: Join) -> JanusClient:
    client = JanusClient(join.url, join.tokens)
    client.open()
    return client


def test_who_is_let_in_comes_into_that_room_and_no_other(janus: JanusProvider, meeting: str) -> None:
    one = let_in(janus, meeting, ONE, "candidate-1")
    two = let_in(janus, meeting, TWO, "candidate-2")
    assert one.tokens["room"] != two.tokens["room"]
    with open_client(one) as page:
        assert page.join(room=two.tokens["room"])["error_code"] == NOT_ALLOWED
        assert page.join(token="")["error_code"] == NOT_ALLOWED
        made = page.say("create", room="mine", admin_key="guess")
        assert made["error_code"], "rooms are the server's"
        assert page.say("list")["list"] == [], "what rooms there are is for nobody to see"
        assert page.join()["videoroom"] == "joined"
        with open_client(let_in(janus, meeting, ONE, "proctor-7-aa")) as proctor:
            joined = proctor.join()
            assert joined["videoroom"] == "joined" and joined["private_id"]
            streams = [{"feed": "candidate-1"}]
            alone = proctor.join(ptype="subscriber", streams=streams)
            assert alone["error_code"], "nobody receives who is not in the room by name"


@pytest.mark.parametrize("out", ["candidate-1", "proctor-7-aa"])
def test_who_is_put_out_is_out_and_stays_out(janus: JanusProvider, meeting: str, out: str) -> None:
    joins = {
        name: let_in(janus, meeting, ONE, name) for name in ("candidate-1", "proctor-7-aa", "proctor-7-bb")
    }
    pages = {name: open_client(join) for name, join in joins.items()}
    try:
        for name, page in pages.items():
            page.join(id=f"{name}.1x" if name == "candidate-1" else name)
        janus.remove(meeting, ONE, out)
        assert pages[out].heard("reason")["reason"] == "kicked"
        with open_client(joins[out]) as again:
            assert again.join(id=f"{out}.2x")["error_code"] == NOT_ALLOWED
        with talk() as said:
            room = joins[out].tokens["room"]
            left = {str(each["id"]) for each in said.ask("listparticipants", room=room)["participants"]}
        assert left == {"candidate-1.1x", "proctor-7-aa", "proctor-7-bb"} - {out, f"{out}.1x"}
        with open_client(let_in(janus, meeting, ONE, out)) as returned:
            assert returned.join()["videoroom"] == "joined", "who is let in again may come"
    finally:
        for page in pages.values():
            page.close()


def test_a_page_under_another_name_is_put_out_as_well(janus: JanusProvider, meeting: str) -> None:
    join = let_in(janus, meeting, ONE, "proctor-7-aa")
    with open_client(join) as page:
        page.join(id="somebody else")
        janus.remove(meeting, ONE, "proctor-7-aa")
        assert page.heard("reason")["reason"] == "kicked"


def test_a_restart_loses_the_rooms_and_the_next_join_makes_them(
    janus: JanusProvider, meeting: str, server: JanusServer
) -> None:
    join = let_in(janus, meeting, ONE, "candidate-1")
    server.stop()
    assert "cannot be reached" in janus.health()
    with pytest.raises(ProviderDown):
        let_in(janus, meeting, ONE, "candidate-1")
    with pytest.raises(ProviderDown):
        janus.remove(meeting, ONE, "candidate-1")
    server.start()
    assert janus.health() == ""
    with open_client(join) as page:
        assert page.join()["error_code"] == NO_SUCH_ROOM
        again = let_in(janus, meeting, ONE, "candidate-1")
        assert again.tokens["room"] == join.tokens["room"]
        assert page.join()["videoroom"] == "joined", "with what it was given before the restart"


def test_the_screen_has_a_room_that_is_never_recorded_and_putting_out_covers_it(
    janus: JanusProvider, meeting: str, listener: Listener, settings: Any, tmp_path: Path
) -> None:
    while not listener.heard.empty():
        listener.heard.get()
    settings.JANUS_RECORDINGS = str(tmp_path)
    tokens = let_in(janus, meeting, ONE, "candidate-1").tokens
    janus.record(meeting, ONE, True)
    with talk() as said:
        listed = said.ask("list", admin_key="an admin key")["list"]
    recorded = {each["room"]: each["record"] for each in listed}
    assert recorded == {tokens["room"]: True, tokens["screen_room"]: False}
    key = {"room": tokens["screen_room"], "token": tokens["screen_entry"], "id": "candidate-1.s1x"}
    with open_client(let_in(janus, meeting, ONE, "candidate-1")) as page:
        assert page.join(**(key | {"token": tokens["entry"]}))["error_code"] == NOT_ALLOWED
        assert page.join(**key)["videoroom"] == "joined"
        assert page.say("enable_recording", room=key["room"], record=True)["error_code"], "only the server"
        janus.remove(meeting, ONE, "candidate-1")
        assert page.heard("reason")["reason"] == "kicked"
    raw = b""
    while b"kicked" not in raw:
        headers, raw = listener.heard.get(timeout=10)
        assert janus.parse_webhook(headers, raw) == [], "who stops sharing has not left"


def test_an_end_destroys_the_rooms_of_that_meeting_alone(janus: JanusProvider, meeting: str) -> None:
    other = janus.create_meeting("sitting-12", "Physics")
    kept = let_in(janus, other, ONE, "candidate-9").tokens
    gone = [let_in(janus, meeting, room, "candidate-1") for room in (ONE, TWO)]
    with open_client(gone[0]) as page:
        page.join()
        janus.end(meeting)
        assert page.heard("videoroom")["videoroom"] == "destroyed"
    janus.end(meeting)
    with talk() as said:
        rooms = {each["room"] for each in said.ask("list", admin_key="an admin key")["list"]}
    assert rooms == {kept["room"], kept["screen_room"]}
    janus.end(other)


def test_secrets_open_the_interface_and_nothing_else_does(
    janus: JanusProvider, meeting: str, settings: Any
) -> None:
    past = let_in(janus, meeting, ONE, "candidate-1", until=datetime.now(UTC) - timedelta(minutes=1))
    forged = {**past.tokens, "api": past.tokens["api"].replace(",janus,", ",janus,,")}
    for tokens in (past.tokens, forged, {**past.tokens, "api": ""}):
        with JanusClient(past.url, tokens) as page:
            assert page.ask("create")["error"]["code"] == UNAUTHORIZED
    settings.JANUS_API_SECRET = "another one"
    assert "Unauthorized" in janus.health()
    with pytest.raises(ProviderDown):
        let_in(janus, meeting, ONE, "candidate-1")
    settings.JANUS_API_SECRET = "an api secret"


def test_janus_reports_who_comes_and_who_is_put_out(
    janus: JanusProvider, meeting: str, listener: Listener
) -> None:
    while not listener.heard.empty():
        listener.heard.get()
    with open_client(let_in(janus, meeting, TWO, "candidate-1")) as page:
        page.join(id="candidate-1.1x")
        janus.remove(meeting, TWO, "candidate-1")
    found: list[LiveEvent] = []
    while Happened.LEFT not in {each.kind for each in found}:
        found += janus.parse_webhook(*listener.heard.get(timeout=10))
    assert {(each.meeting, each.room, each.identity) for each in found} == {(meeting, TWO, "candidate-1")}
    assert found[0].kind is Happened.JOINED and abs(found[0].at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "chosen, problem",
    [
        ({}, None),
        ({"JANUS_WS_URL": ""}, "PROCTOR_JANUS_WS_URL"),
        ({"JANUS_WS_URL": "https://x"}, "wss://"),
        ({"BASE_URL": "https://exam.example"}, "refuse ws://"),
        ({"JANUS_TOKEN_SECRET": ""}, "PROCTOR_JANUS_TOKEN_SECRET"),
        ({"JANUS_URL": "janus:8088"}, "PROCTOR_JANUS_URL"),
        ({"JANUS_RECORDINGS": "/nowhere/at/all"}, "PROCTOR_JANUS_RECORDINGS"),
    ],
)
def test_settings_that_cannot_work_are_refused(
    settings: Any, chosen: dict[str, str], problem: str | None
) -> None:
    needed = {f"JANUS_{name}": "x" for name in ("API_SECRET", "TOKEN_SECRET", "ADMIN_KEY")}
    for name, value in ({"LIVE_PROVIDER": "janus", "JANUS_WS_URL": "ws://x"} | needed | chosen).items():
        setattr(settings, name, value)
    found = [str(each) for each in run_checks() if each.id == "proctor.E011"]
    assert len(found) == (problem is not None) and all(str(problem) in each for each in found)
