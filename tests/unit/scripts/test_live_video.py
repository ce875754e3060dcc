"""Live video in the browser's scripts: offers, ways that come early, quality, pauses, retries and the end."""

from typing import Any

from tests.node import run_script

_WORLD = """
import { mock } from "node:test";
mock.timers.enable({ apis: ["setTimeout"] });
globalThis.performance = { now: () => 0 };
console.warn = () => {};
Math.random = () => 0.5;
globalThis.MediaStream = class { tracks = []; addTrack(each) { this.tracks.push(each); } };
const settle = async () => { for (let n = 0; n < 40; n += 1) await null; };
const peers = [];
const said = [];
const send = (message) => { said.push(message); return true; };
const heard = () => said.splice(0);
class FakePeer extends EventTarget {
  constructor(configuration) {
    super();
    Object.assign(this, { configuration, senders: [], ways: [], connectionState: "new" });
    peers.push(this);
  }
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
  async setRemoteDescription(given) {
    if (given.sdp === "broken") throw new DOMException("no", "OperationError");
    this.remoteDescription = given;
  }
  async addIceCandidate(way) {
    if (!this.remoteDescription) throw new DOMException("too early", "InvalidStateError");
    this.ways.push(way);
  }
  close() { this.connectionState = "closed"; }
  become(state) { this.connectionState = state; this.dispatchEvent(new Event("connectionstatechange")); }
  find(line) {
    const event = new Event("icecandidate");
    event.candidate = { candidate: line, sdpMid: "0", sdpMLineIndex: 0 };
    this.dispatchEvent(event);
  }
}
const makePeer = (configuration) => new FakePeer(configuration);
const join = { provider: "peer", ice_servers: [{ urls: "stun:x" }], relay_only: false };
const result = {};
"""
_CANDIDATE = (
    _WORLD
    + """
import { LivePublisher } from "@static/js/candidate/live_publisher.js";
let camera = "camera", microphone = "microphone";
const publisher = new LivePublisher({ send, camera: () => camera, microphone: () => microphone, makePeer });
const watchers = [];
publisher.addEventListener("watchers", ({ detail }) => watchers.push([detail.count, detail.heard]));
const watch = (from) => publisher.take({ t: "watch", from, level: "thumb", sound: false, join });
"""
)

_PROCTOR = (
    _WORLD
    + """
import { LiveViewer } from "@static/js/proctor/live_viewer.js";
const viewer = new LiveViewer({ send, makePeer });
const states = [];
viewer.addEventListener("state", ({ detail: { state } }) => states.at(-1) !== state && states.push(state));
const take = (t, more = {}) => viewer.take({ t, from: 7, ...more });
await take("offer", { call: "a", sdp: "offered" });
result.unasked = peers.length;
viewer.want(7, "tile");
result.asked = heard();
await take("watching", { sound: true, join });
await take("offer", { call: "a", sdp: "offered" });
result.answer = heard().map(({ t, call, sdp }) => [t, call, sdp]);
await take("ice", { call: "older", candidate: "wrong" });
await take("ice", { call: "a", candidate: "right" });
result.ways = peers[0].ways;
peers[0].become("connected");
heard();
viewer.want(7, "panel");
viewer.setSound(7, true);
viewer.leave(7, "panel");
result.quality = heard().map(({ level, sound }) => [level, sound]);
await take("held", { on: true });
await take("held", { on: false });
await take("gone");
await take("offer", { call: "b", sdp: "offered" });
peers[1].become("connected");
heard();
peers[1].become("failed");
mock.timers.tick(2_000);
result.again = heard().map(({ t }) => t);
await take("refused", { code: "no_consent" });
mock.timers.tick(30_000);
result.slowly = heard().length;
mock.timers.tick(31_000);
result.after_a_minute = heard().map(({ t }) => t);
mock.timers.tick(12_000);
viewer.connected();
viewer.leave(7, "tile");
result.left = heard().map(({ t }) => t);
mock.timers.tick(200_000);
result.quiet = heard().length;
result.states = states;
result.closed = peers.map((each) => each.connectionState);
console.log(JSON.stringify(result));
"""
)


def test_the_candidate_sends_to_who_watches_and_to_nobody_else() -> None:
    found: Any = run_script(
        _CANDIDATE
        + """
publisher.tellReady();
await publisher.take({ t: "answer", from: "p0", call: "x", sdp: "answered" });
result.before = [peers.length, heard()];
await watch("p1");
const [peer] = peers, [offer] = heard();
result.offer = [offer.t, offer.to, offer.sdp, offer.sound];
result.tracks = peer.senders.map((each) => each.track);
result.thumb = peer.senders[0].parameters;
peer.find("way");
result.way = heard().map(({ t, to, call }) => [t, to, call === offer.call]);
await publisher.take({ t: "ice", from: "p1", call: offer.call, candidate: "early" });
result.early = [...peer.ways];
await publisher.take({ t: "answer", from: "p1", call: "older", sdp: "answered" });
await publisher.take({ t: "answer", from: "p1", call: offer.call, sdp: "answered" });
await publisher.take({ t: "ice", from: "p1", call: offer.call, candidate: "late" });
result.ways = peer.ways;
await publisher.take({ t: "quality", from: "p1", level: "full", sound: true });
result.full = [peer.senders[0].parameters.encodings[0].maxBitrate, peer.senders[1].track, peers.length];
camera = "other camera";
await publisher.refresh();
await publisher.hold(true);
result.held = [peer.senders.map((each) => each.track), heard()];
await publisher.hold(false);
result.resumed = peer.senders.map((each) => each.track);
await watch("p2");
result.two = [peers.length, peers[1].senders[1].track];
await publisher.take({ t: "unwatch", from: "p1" });
publisher.stop();
result.closed = peers.map((each) => each.connectionState);
result.watchers = watchers;
console.log(JSON.stringify(result));
""",
        {},
    )
    assert found["before"] == [0, [{"type": "live", "t": "here"}]]
    assert found["offer"] == ["offer", "p1", "offered", True]
    assert found["tracks"] == ["camera", None], "silent until somebody turns sound on"
    assert found["thumb"]["encodings"][0]["maxBitrate"] == 120_000
    assert found["thumb"]["degradationPreference"] == "maintain-resolution"
    assert found["way"] == [["ice", "p1", True]]
    assert (found["early"], found["ways"]) == ([], ["early", "late"])
    assert found["full"] == [900_000, "microphone", 1], "without another round"
    assert found["held"][0] == [None, None]
    assert found["held"][1] == [{"type": "live", "t": "held", "to": "p1", "on": True}]
    assert found["resumed"] == ["other camera", "microphone"]
    assert found["two"] == [2, None], "who does not hear gets no sound"
    assert found["closed"] == ["closed", "closed"]
    assert found["watchers"] == [[1, False], [1, True], [2, True], [1, False], [0, False]]


def test_failures_are_told_to_the_proctor_and_tried_again() -> None:
    found: Any = run_script(
        _CANDIDATE
        + """
camera = null;
await watch("p1");
result.no_camera = [peers.length, heard()];
camera = "camera";
await watch("p1");
heard();
for (let n = 0; n < 6; n += 1) {
  peers.at(-1).become("failed");
  mock.timers.tick(60_000);
  await settle();
}
result.tries = [peers.length, heard().at(-1)];
await watch("p1");
const { call } = heard().at(-1);
await publisher.take({ t: "answer", from: "p1", call, sdp: "broken" });
result.broken = heard();
console.log(JSON.stringify(result));
""",
        {},
    )
    failed = {"type": "live", "t": "failed", "to": "p1"}
    assert found["no_camera"] == [0, [{**failed, "code": "no_camera"}]]
    assert found["tries"] == [6, {**failed, "code": "no_way"}]
    assert found["broken"] == [{**failed, "code": "browser"}]


def test_the_proctor_answers_raises_the_quality_and_tries_again() -> None:
    found: Any = run_script(
        _PROCTOR,
        {},
    )
    assert found["unasked"] == 0
    assert found["asked"] == [{"type": "live", "t": "watch", "to": 7, "level": "thumb"}]
    assert found["answer"] == [["answer", "a", "answered"]]
    assert found["ways"] == ["right"]
    assert found["quality"] == [["full", False], ["full", True], ["thumb", False]], "muted at first"
    assert (found["again"], found["slowly"], found["after_a_minute"]) == (["watch"], 0, ["watch"])
    assert (found["left"], found["quiet"]) == (["watch", "unwatch"], 0)
    down, up = "unavailable", "connecting"
    assert found["states"] == [up, "live", "held", "live", up, "live", down, up, down, up, down, up, "off"]
    assert found["closed"] == ["closed", "closed"]
