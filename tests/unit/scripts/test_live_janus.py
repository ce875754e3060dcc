"""Live video through Janus in the browser's scripts: one sending for all, large on demand, losses."""

from typing import Any

from tests.node import run_script

_WORLD = """
import { mock } from "node:test";
mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
console.warn = () => {};
globalThis.MediaStream = class { addTrack() {} };
const settle = async () => { for (let n = 0; n < 80; n += 1) await null; };
const peers = [], sessions = [], said = [], result = {};
class FakePeer extends EventTarget {
  constructor() { super(); this.senders = []; this.connectionState = "new"; peers.push(this); }
  addTransceiver(kind, { sendEncodings }) {
    const sender = {
      kind, track: null, parameters: { encodings: sendEncodings ?? [{}] },
      getParameters() { return structuredClone(this.parameters); },
      async setParameters(given) { this.parameters = given; },
      async replaceTrack(track) { this.track = track; },
    };
    this.senders.push(sender);
    return { sender };
  }
  async createOffer() { return { type: "offer", sdp: "offered" }; }
  async createAnswer() { return { type: "answer", sdp: "answered" }; }
  async setLocalDescription(given) { this.localDescription = given; }
  async setRemoteDescription(given) { this.remoteDescription = given; }
  close() { this.connectionState = "closed"; }
  become(state) { this.connectionState = state; this.dispatchEvent(new Event("connectionstatechange")); }
}
const makePeer = () => new FakePeer();
/** A session whose room answers by `answers`, by request. */
const answers = {};
class FakeSession extends EventTarget {
  constructor(url, token) {
    super();
    Object.assign(this, { url, token, handles: [], isClosed: false });
    sessions.push(this);
  }
  async attach() {
    const handle = new EventTarget();
    handle.asked = [];
    handle.say = async (body, jsep) => {
      handle.asked.push(body);
      const answer = answers[`${body.request} ${body.ptype ?? ""}`.trim()] ?? {};
      if (answer instanceof Error) throw answer;
      return answer;
    };
    handle.addWay = () => {};
    handle.detach = () => { handle.isDetached = true; };
    this.handles.push(handle);
    return handle;
  }
  close() { this.isClosed = true; }
  tell(handle, detail) { this.handles[handle].dispatchEvent(new CustomEvent("news", { detail })); }
}
const openSession = async (url, token) => new FakeSession(url, token);
const ofScreen = { screen_room: "room-screen", screen_entry: "key" };
const tokens = { api: "api", room: "room", entry: "entry", name: "me", ...ofScreen };
const join = { provider: "janus", url: "wss://x", tokens, ice_servers: [], relay_only: false };
const heard = () => said.splice(0);
"""

_CANDIDATE = (
    _WORLD
    + """
import { LivePublisher } from "@static/js/candidate/live_publisher.js";
import { JanusSender } from "@static/js/candidate/live_janus_sender.js";
let microphone = null, screen = null;
const publisher = new LivePublisher({
  send: (message) => said.push(message), camera: () => "camera", microphone: () => microphone,
  screen: () => screen, makePeer,
  findSender: () => class extends JanusSender { constructor(page) { super(page, { openSession }); } },
});
const watch = (from, level = "thumb") => publisher.take({ t: "watch", from, level, sound: false, join });
const encodings = () => peers.at(-1).senders[0].parameters.encodings;
const active = () => encodings().map(({ rid, active = true }) => [rid, active]);
"""
)


_SHARED = (
    _CANDIDATE
    + """
await watch("p1");
result.early = heard();
peers[0].become("connected");
const [ready] = heard();
result.ready = [ready.t, ready.to, ready.sound];
const [entered] = sessions[0].handles[0].asked;
result.entered = [entered.ptype, entered.room, entered.token, entered.id === `me.${ready.call}`];
result.small = active();
await watch("p2", "full");
result.second = heard().map(({ t, to, call }) => [t, to, call === ready.call]);
result.large = active();
await publisher.hold(true);
result.held = [peers[0].senders[0].track, heard().map(({ t, to }) => [t, to])];
await publisher.hold(false);
heard();
await publisher.take({ t: "unwatch", from: "p2" });
await settle();
result.small_again = active();
microphone = "microphone";
await publisher.take({ t: "quality", from: "p1", level: "thumb", sound: true });
peers[1].become("connected");
const news = heard().map(({ t, sound }) => [t, sound]);
result.heard = [peers.map((each) => each.connectionState), peers[1].senders[1].track, news];
await publisher.take({ t: "quality", from: "p1", level: "thumb", sound: false });
result.silent = [peers.length, peers[1].senders[1].track];
await publisher.take({ t: "unwatch", from: "p1" });
const closed = sessions.map((each) => each.isClosed);
result.end = [closed, peers.map((each) => each.connectionState), publisher.isComplete];
console.log(JSON.stringify(result));
"""
)


def test_one_sending_serves_all_who_watch() -> None:
    found: Any = run_script(_SHARED, {})
    assert found["early"] == [], "nobody is sent to before the picture flows"
    assert found["ready"] == ["ready", "p1", False]
    assert found["entered"] == ["publisher", "room", "entry", True]
    assert found["small"] == found["small_again"] == [["h", False], ["m", True]], "large only while wanted"
    assert found["second"] == [["ready", "p2", True]]
    assert found["large"] == [["h", True], ["m", True]]
    assert found["held"] == [None, [["held", "p1"], ["held", "p2"]]]
    assert found["heard"] == [["closed", "connected"], "microphone", [["ready", True]]]
    assert found["silent"] == [2, None], "sound leaves the computer only while somebody hears"
    assert found["end"] == [[True, True], ["closed", "closed"], False]


def test_a_lost_server_is_told_to_who_watches_and_begun_anew_when_they_ask() -> None:
    found: Any = run_script(
        _CANDIDATE
        + """
const codes = () => heard().map(({ t, to, code }) => [t, to, code]);
await watch("p1");
peers[0].become("connected");
await watch("p2");
heard();
sessions[0].dispatchEvent(new Event("gone"));
result.gone = codes();
result.complete = publisher.isComplete;
await watch("p1");
peers[1].become("connected");
result.again = codes();
sessions[1].tell(0, { leaving: "ok", reason: "kicked" });
result.kicked = codes();
answers["join publisher"] = Object.assign(new Error("no such room"), { name: "JanusError", code: 426 });
await watch("p1");
result.refused = codes();
delete answers["join publisher"];
await watch("p1");
peers.at(-1).become("failed");
result.no_way = codes();
result.closed = sessions.every((each) => each.isClosed);
console.log(JSON.stringify(result));
""",
        {},
    )
    assert found["gone"] == [["failed", "p1", "live_unavailable"], ["failed", "p2", "live_unavailable"]]
    assert found["complete"] is False
    assert found["again"] == [["ready", "p1", None]], "the other one asks by itself"
    assert found["kicked"] == [["failed", "p1", "put_out"]]
    assert found["refused"] == [["failed", "p1", "live_unavailable"]]
    assert found["no_way"] == [["failed", "p1", "no_way_server"]]
    assert found["closed"] is True


_PROCTOR = (
    _WORLD
    + """
import { LiveViewer } from "@static/js/proctor/live_viewer.js";
import { JanusReceiver } from "@static/js/proctor/live_janus_receiver.js";
const viewer = new LiveViewer({
  send: (message) => said.push(message), makePeer,
  findReceiver: () => class extends JanusReceiver { constructor(call) { super(call, { openSession }); } },
});
const states = [];
viewer.addEventListener("state", ({ detail: { state } }) => states.at(-1) !== state && states.push(state));
const take = (t, more = {}) => viewer.take({ t, from: 7, ...more });
const publishers = (...ids) => ({ publishers: ids.map((id) => ({ id })) });
answers["join publisher"] = { data: { private_id: 5, ...publishers("stranger.1x") } };
answers["join subscriber"] = {
  data: { streams: [{ mid: "0", type: "video", more: 1 }, { mid: "1", type: "audio" }] },
  jsep: { sdp: "theirs" },
};
viewer.want(7, "tile");
await take("watching", { sound: true, join });
await take("ready", { call: "2x", sound: false });
result.strangers = peers.length;
sessions[0].tell(0, publishers("c.2x"));
await settle();
const [, receiving] = sessions[0].handles;
result.received = receiving.asked.map(({ request, streams, private_id }) => [request, streams, private_id]);
peers[0].become("connected");
await settle();
receiving.asked.splice(0);
viewer.want(7, "panel");
viewer.setSound(7, true);
await settle();
result.large = receiving.asked.map(({ streams }) => streams);
sessions[0].tell(0, publishers("c.3x"));
await take("ready", { call: "3x", sound: false });
await settle();
result.moved = [receiving.isDetached, peers.length, peers[0].connectionState];
peers[1].become("connected");
sessions[0].dispatchEvent(new Event("gone"));
said.splice(0);
mock.timers.tick(2_500);
result.again = heard().map(({ t }) => t);
await take("watching", { sound: true, join });
sessions[1].tell(0, { leaving: "ok", reason: "kicked" });
result.states = states;
result.closed = [sessions.map((each) => each.isClosed), peers.map((each) => each.connectionState)];
console.log(JSON.stringify(result));
"""
)


def test_the_proctor_takes_what_the_candidates_page_names_and_nothing_else() -> None:
    found: Any = run_script(_PROCTOR, {})
    assert found["strangers"] == 0, "whoever else sends in the room is not shown"
    small = [{"mid": "0", "substream": 0}, {"mid": "1", "send": False}]
    assert found["received"] == [
        ["join", [{"feed": "c.2x"}], 5],
        ["start", None, None],
        ["configure", small, None],
    ]
    large = {"mid": "0", "substream": 1}
    assert found["large"] == [[large, {"mid": "1", "send": False}], [large, {"mid": "1", "send": True}]]
    assert found["moved"] == [True, 2, "closed"]
    assert found["again"] == ["watch"]
    down, up = "unavailable", "connecting"
    assert found["states"] == [up, "live", up, "live", down, up, down]
    assert found["closed"] == [[True, True], ["closed", "closed"]]


_SESSION = """
import { mock } from "node:test";
mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
import { JanusSession } from "@static/js/shared/janus_session.js";
const settle = async () => { for (let n = 0; n < 40; n += 1) await null; };
const result = { news: [], gone: 0 }, sent = [];
const socket = new EventTarget();
Object.assign(socket, { readyState: 0, send: (text) => sent.push(JSON.parse(text)), close() {} });
const tell = (message) => {
  socket.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(message) }));
};
const answer = async (more) => {
  await settle();
  tell({ transaction: sent.at(-1).transaction, ...more });
  await settle();
};
const opening = JanusSession.open("wss://x", "token", () => socket);
socket.readyState = 1;
socket.dispatchEvent(new Event("open"));
await answer({ janus: "success", data: { id: 1 } });
const session = await opening;
session.addEventListener("gone", () => { result.gone += 1; });
const attaching = session.attach();
await answer({ janus: "success", data: { id: 2 } });
const handle = await attaching;
handle.addEventListener("news", ({ detail }) => result.news.push(detail));
const joining = handle.say({ request: "join" });
await answer({ janus: "ack" });
tell({ janus: "event", sender: 2, plugindata: { data: { publishers: [] } } });
await answer({ janus: "event", sender: 2, plugindata: { data: { private_id: 5 } } });
result.joined = (await joining).data;
result.sent = sent.at(-1);
const refused = handle.say({ request: "join" }).catch((error) => [error.name, error.code]);
await answer({ janus: "event", sender: 2, plugindata: { data: { error_code: 433, error: "Unauthorized" } } });
result.refused = await refused;
mock.timers.tick(25_000);
await answer({ janus: "ack" });
const asked = sent.at(-1).janus;
mock.timers.tick(25_000);
await settle();
result.alive = [asked, result.gone];
mock.timers.tick(8_000);
await settle();
result.silent = [result.gone, await handle.say({}).catch((error) => error.code)];
console.log(JSON.stringify(result));
"""


def test_requests_find_their_answers_and_silence_ends_a_session() -> None:
    found: Any = run_script(_SESSION, {})
    assert found["joined"] == {"private_id": 5} and found["news"] == [{"publishers": []}]
    sent = {"janus": "message", "session_id": 1, "handle_id": 2, "token": "token", "transaction": "3"}
    assert found["sent"] == sent | {"body": {"request": "join"}}
    assert found["refused"] == ["JanusError", 433]
    assert found["alive"] == ["keepalive", 0]
    assert found["silent"] == [1, 0]
