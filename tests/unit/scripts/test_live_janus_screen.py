"""The shared screen through Janus: in a room of its own, for who looks closely, gone when it ends."""

from typing import Any

from tests.node import run_script
from tests.unit.scripts.test_live_janus import _CANDIDATE, _WORLD

_SENDING = """
const screens = () => heard().filter(({ t }) => t === "screen").map(({ to, on, mid }) => [to, on, mid]);
const ready = async (n) => { peers[n].become("connected"); await settle(); };
screen = "screen";
await watch("p1");
await ready(0);
result.tile = [sessions.length, screens()];
await watch("p2", "full");
await settle();
result.silent = screens();
const [entered] = sessions[1].handles[0].asked;
result.entered = [entered.room, entered.token, /^me\\.s1x/.test(entered.id)];
result.sent = [peers[1].senders.map(({ track }) => track), peers[1].senders[0].parameters.encodings];
await ready(1);
result.ready = screens();
screen = "another screen";
await publisher.refresh();
result.another = [peers[1].senders[0].track, sessions.length, screens()];
await publisher.hold(true);
result.held = [screens(), sessions[1].isClosed];
await publisher.hold(false);
await settle();
await ready(2);
result.resumed = screens();
screen = null;
await publisher.refresh();
result.ended = [screens(), sessions[2].isClosed, peers[2].connectionState, sessions[0].isClosed];
screen = "screen";
await publisher.refresh();
await settle();
await ready(3);
heard();
peers[3].become("failed");
result.lost = heard().map(({ t, to, on }) => [t, to, on]);
mock.timers.tick(5_000);
await settle();
await ready(4);
result.again = screens();
microphone = "microphone";
await publisher.take({ t: "quality", from: "p1", level: "thumb", sound: true });
result.heard = [sessions[4].isClosed, screens()];
await publisher.take({ t: "quality", from: "p2", level: "thumb", sound: false });
result.small = sessions[4].isClosed;
await publisher.take({ t: "quality", from: "p2", level: "full", sound: false });
publisher.stop();
await settle();
result.end = [sessions.every((each) => each.isClosed), screens()];
console.log(JSON.stringify(result));
"""


def test_the_screen_is_sent_while_somebody_looks_closely_and_it_is_shared() -> None:
    found: Any = run_script(_CANDIDATE + _SENDING, {})
    on, off = ["p2", True, "0"], ["p2", False, "0"]
    assert found["tile"] == [1, []], "never to a tile"
    assert found["silent"] == [], "nobody is told before it flows"
    assert found["entered"] == ["room-screen", "key", True], "not the room that may be recorded"
    assert found["sent"][0] == ["screen"] and found["sent"][1] == [{"maxBitrate": 500_000, "maxFramerate": 5}]
    assert found["ready"] == [on]
    assert found["another"] == ["another screen", 2, []]
    assert found["held"] == [[off], True], "in a pause nothing of the screen leaves the computer"
    assert found["resumed"] == [on]
    assert found["ended"] == [[off], True, "closed", False], "the camera goes on"
    assert found["lost"] == [["screen", "p2", False]], "without a word about the camera"
    assert found["again"] == [on]
    assert found["heard"] == [False, []], "sound is asked for, the screen goes on"
    assert found["small"] is True
    assert found["end"] == [True, []]


_LOOKING = """
import { LiveViewer } from "@static/js/proctor/live_viewer.js";
import { JanusReceiver } from "@static/js/proctor/live_janus_receiver.js";
globalThis.MediaStream = class {
  constructor(tracks = []) { this.tracks = tracks; }
  addTrack(each) { this.tracks.push(each); }
};
const viewer = new LiveViewer({
  send: (message) => said.push(message), makePeer,
  findReceiver: () => class extends JanusReceiver { constructor(call) { super(call, { openSession }); } },
});
let screen = null, state = "";
viewer.addEventListener("state", ({ detail }) => {
  screen = detail.screen?.tracks[0] ?? null;
  ({ state } = detail);
});
const take = (t, more = {}) => viewer.take({ t, from: 7, ...more });
const come = async (n, name) => {
  sessions[n].tell(0, { publishers: [{ id: `c.${name}` }] });
  await settle();
};
const arrive = async (n, track) => {
  peers[n].dispatchEvent(Object.assign(new Event("track"), { track }));
  peers[n].become("connected");
  await settle();
};
answers["join publisher"] = { data: { private_id: 5, publishers: [{ id: "stranger.s9x" }] } };
answers["join subscriber"] = { data: { streams: [{ mid: "0", type: "video" }] }, jsep: { sdp: "theirs" } };
viewer.want(7, "tile");
await take("watching", { sound: true, join });
await take("ready", { call: "1x", sound: false });
await come(0, "1x");
await arrive(0, "camera");
await take("screen", { call: "s1x", mid: "0", on: true });
result.tile = [sessions.length, screen];
viewer.want(7, "panel");
await take("screen", { call: "s1x", mid: "0", on: true });
await settle();
result.entered = [sessions.length, sessions[1].handles[0].asked[0].room, peers.length];
await come(1, "s1x");
const asked = sessions[1].handles[1].asked[0];
result.asked = [asked.room, asked.token, asked.streams];
await arrive(1, "screen");
result.shown = screen;
await come(0, "2x");
await take("ready", { call: "2x", sound: true });
await settle();
await arrive(2, "camera");
result.kept = [screen, state];
peers[1].become("disconnected");
result.interrupted = [screen, state];
peers[1].become("connected");
result.back = screen;
sessions[1].dispatchEvent(new Event("gone"));
result.lost = [screen, state];
mock.timers.tick(5_000);
await settle();
await come(2, "s1x");
await arrive(3, "screen");
result.again = screen;
await take("screen", { call: "s1x", mid: "0", on: false });
result.ended = [screen, state, sessions.map((each) => each.isClosed)];
await take("screen", { call: "s2x", mid: "0", on: true });
await settle();
viewer.leave(7, "panel");
result.left = [screen, state, sessions.map((each) => each.isClosed)];
mock.timers.tick(5_000);
await settle();
result.quiet = sessions.length;
console.log(JSON.stringify(result));
"""


def test_the_proctor_sees_the_screen_in_the_panel_alone_and_only_while_it_is_shared() -> None:
    found: Any = run_script(_WORLD + _LOOKING, {})
    assert found["tile"] == [1, None]
    assert found["entered"] == [2, "room-screen", 1], "a stranger's picture in that room is not taken"
    assert found["asked"] == ["room-screen", "key", [{"feed": "c.s1x"}]]
    assert found["shown"] == "screen"
    assert found["kept"] == ["screen", "live"], "the camera's picture began anew"
    assert found["interrupted"] == [None, "live"] and found["back"] == "screen"
    assert found["lost"] == [None, "live"] and found["again"] == "screen"
    assert found["ended"] == [None, "live", [False, True, True]]
    assert found["left"] == [None, "live", [False, True, True, True]]
    assert found["quiet"] == 4
