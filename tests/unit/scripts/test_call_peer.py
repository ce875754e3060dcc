"""A two-way connection in the browser's scripts: any order of the sides, lost messages, reloads, breaks."""

from typing import Any

from tests.node import run_script

_WORLD = """
import { mock } from "node:test";
mock.timers.enable({ apis: ["setTimeout"] });
let now = 0;
globalThis.performance = { now: () => now };
console.warn = () => {};
const { CallPeer } = await import("@static/js/shared/call_peer.js");
const settle = async () => { for (let n = 0; n < 80; n += 1) await null; };
const pass = async (ms) => {
  for (let left = ms; left > 0; left -= 1000) { now += 1000; mock.timers.tick(1000); await settle(); }
};
class FakePeer extends EventTarget {
  static made = [];
  constructor(configuration) {
    super();
    Object.assign(this, { configuration, rows: [], ways: [] });
    Object.assign(this, { connectionState: "new", signalingState: "stable" });
    FakePeer.made.push(this);
  }
  addTransceiver(kind) {
    const sender = {
      track: null, parameters: {},
      async replaceTrack(track) { this.track = track; },
      getParameters() { return structuredClone(this.parameters); },
      async setParameters(given) { this.parameters = given; },
    };
    const row = { direction: "sendrecv", sender, receiver: { track: { kind } } };
    this.rows.push(row);
    return row;
  }
  getTransceivers() { return this.rows; }
  kinds() { return this.rows.map((row) => row.receiver.track.kind); }
  async createOffer() { return { type: "offer", sdp: this.kinds().join() }; }
  async createAnswer() { return { type: "answer", sdp: this.remoteDescription.sdp }; }
  async setLocalDescription(given) {
    this.localDescription = given;
    this.signalingState = given.type === "offer" ? "have-local-offer" : "stable";
    const event = new Event("icecandidate");
    event.candidate = { candidate: "way", sdpMid: "0", sdpMLineIndex: 0 };
    this.dispatchEvent(event);
  }
  async setRemoteDescription(given) {
    this.remoteDescription = given;
    this.signalingState = "stable";
    if (given.type === "offer") for (const kind of given.sdp.split(",")) this.addTransceiver(kind);
    for (const row of this.rows) {
      const event = new Event("track");
      event.track = row.receiver.track;
      this.dispatchEvent(event);
    }
  }
  async addIceCandidate(way) {
    if (!this.remoteDescription) throw new DOMException("too early", "InvalidStateError");
    this.ways.push(way);
  }
  sends(kind) { return this.rows.find((row) => row.receiver.track.kind === kind)?.sender.track ?? null; }
  close() { this.connectionState = "closed"; }
  become(state) { this.connectionState = state; this.dispatchEvent(new Event("connectionstatechange")); }
}
const join = { ice_servers: [{ urls: "turn:x" }], relay_only: true };
const said = { offerer: [], answerer: [] };
let isLost = () => false;
const sides = {};
function side(name, kinds) {
  const other = name === "offerer" ? "answerer" : "offerer";
  const peer = new CallPeer({
    isOfferer: name === "offerer", kinds, join,
    makePeer: (configuration) => new FakePeer(configuration),
    makeStream: () => ({ tracks: [], addTrack(each) { this.tracks.push(each.kind); } }),
    send: (message) => {
      if (sides[name] !== peer) return;
      said[name].push(message.t);
      if (!isLost(name, message)) queueMicrotask(() => sides[other]?.take(message));
    },
  });
  peer.states = [];
  peer.addEventListener("state", ({ detail }) => peer.states.push(detail.state));
  peer.addEventListener("remote", ({ detail }) => { peer.remote = detail; });
  sides[name] = peer;
  return peer;
}
const arrive = () => { for (const { peer } of Object.values(sides)) peer.become("connected"); };
const states = () => [sides.offerer.state, sides.answerer.state];
const result = {};
"""


def _run(script: str) -> Any:
    return run_script(_WORLD + script + "\nconsole.log(JSON.stringify(result));", {})


def test_one_connection_whoever_comes_first_and_tracks_both_ways() -> None:
    result = _run(
        """
const offerer = side("offerer", ["audio", "video"]);
const answerer = side("answerer");
offerer.setTrack("audio", "proctor speaks");
answerer.setTrack("audio", "candidate speaks");
answerer.setTrack("video", "candidate's face");
await offerer.start();
await settle();
result.alone = [offerer.state, [...said.offerer]];
await answerer.start();
await settle();
result.made = FakePeer.made.length;
result.relayed = FakePeer.made[0].configuration;
arrive();
await settle();
result.states = [[...offerer.states], [...answerer.states]];
result.sent = [offerer.peer, answerer.peer].map((each) => [each.sends("audio"), each.sends("video")]);
const shown = ({ sound, picture, stream }) => [sound, picture, stream.tracks];
result.remote = [offerer.remote, answerer.remote].map(shown);
result.ways = [offerer.peer.ways.length, answerer.peer.ways.length];
await offerer.setTrack("video", "proctor's face");
await answerer.setTrack("audio", null);
await settle();
result.turned = [offerer.remote.sound, answerer.remote.picture];
result.turned.push(offerer.peer.sends("video"), answerer.peer.sends("audio"));
result.bits = offerer.peer.rows[1].sender.parameters.encodings;
offerer.close();
offerer.nudge();
await offerer.take({ t: "ready", link: "late" });
await pass(30000);
result.closed = [offerer.state, offerer.peer, FakePeer.made[0].connectionState];
result.silent = said.offerer.length;
await pass(60000);
result.still_silent = said.offerer.length === result.silent;
"""
    )
    assert result["alone"] == ["waiting", ["hello"]]
    assert result["made"] == 2
    assert result["relayed"] == {"iceServers": [{"urls": "turn:x"}], "iceTransportPolicy": "relay"}
    assert result["states"] == [["waiting", "connecting", "connected"]] * 2
    assert result["sent"] == [["proctor speaks", None], ["candidate speaks", "candidate's face"]]
    assert result["remote"] == [[True, True, ["audio", "video"]], [True, False, ["audio", "video"]]]
    assert result["ways"] == [1, 1]
    assert result["turned"] == [False, True, "proctor's face", None]
    assert result["bits"] == [{"maxBitrate": 600000}]
    assert result["closed"] == ["closed", None, "closed"]
    assert result["still_silent"]


def test_the_answerer_first_and_both_at_once_make_one_connection_each() -> None:
    result = _run(
        """
side("answerer");
await sides.answerer.start();
await settle();
side("offerer");
await sides.offerer.start();
await settle();
result.answerer_first = FakePeer.made.length;
arrive();
result.states = states();
delete sides.offerer; delete sides.answerer;
FakePeer.made.length = 0;
side("answerer"); side("offerer");
sides.answerer.start(); sides.offerer.start();
await settle();
arrive();
result.at_once = [FakePeer.made.length, ...states()];
"""
    )
    assert result["answerer_first"] == 2
    assert result["states"] == ["connected", "connected"]
    assert result["at_once"] == [2, "connected", "connected"]


def test_whatever_is_lost_once_is_asked_for_again() -> None:
    result = _run(
        """
for (const lost of ["hello", "ready", "offer", "answer", "ice"]) {
  delete sides.offerer; delete sides.answerer;
  let gone = 0;
  isLost = (name, { t }) => t === lost && gone++ === 0;
  side("offerer"); side("answerer");
  await sides.answerer.start();
  await sides.offerer.start();
  await settle();
  if (lost === "ice") {
    await pass(8000); // no way was found: the two begin anew
  }
  for (let n = 0; n < 20 && sides.answerer.peer?.remoteDescription === undefined; n += 1) await pass(1000);
  for (let n = 0; n < 20 && sides.offerer.peer?.remoteDescription === undefined; n += 1) await pass(1000);
  if (lost !== "ice") arrive();
  else { await pass(8000); arrive(); }
  await settle();
  result[lost] = states();
}
"""
    )
    for lost in ("hello", "ready", "offer", "answer", "ice"):
        assert result[lost] == ["connected", "connected"], lost


def test_a_page_that_is_loaded_again_or_a_line_that_breaks_gets_a_new_connection() -> None:
    result = _run(
        """
side("offerer"); side("answerer");
await sides.offerer.start(); await sides.answerer.start();
await settle(); arrive(); await settle();
const kept = sides.answerer;
side("offerer");
await sides.offerer.start();
await settle();
result.told = kept.state;
arrive();
result.offerer_again = states();
const offerer = sides.offerer;
side("answerer");
await sides.answerer.start();
await settle(); arrive(); await settle();
result.answerer_again = states();
result.closed = FakePeer.made.filter((each) => each.connectionState === "closed").length;
const answerer = sides.answerer;
offerer.peer.become("disconnected");
await pass(3000);
offerer.peer.become("connected");
await pass(10000);
const flicker = FakePeer.made.length;
offerer.peer.become("disconnected");
await pass(10000);
result.after_flicker_and_break = [flicker, FakePeer.made.length - flicker];
arrive();
result.mended = states();
isLost = () => true;
answerer.peer.become("failed");
result.broken = answerer.state;
offerer.peer.become("failed");
isLost = () => false;
offerer.nudge();
await settle(); arrive();
result.after_both = states();
await offerer.take({ t: "answer", link: "older", sdp: "audio" });
await offerer.take({ t: "ice", link: "older", candidate: "wrong" });
result.ways = offerer.peer.ways.filter((way) => way === "wrong").length;
"""
    )
    assert result["told"] == "broken"
    assert result["offerer_again"] == ["connected", "connected"]
    assert result["answerer_again"] == ["connected", "connected"]
    assert result["closed"] == 2  # the peers of the pages that stayed; those of the others went with them
    assert result["after_flicker_and_break"] == [6, 2]
    assert result["mended"] == ["connected", "connected"]
    assert result["broken"] == "broken"
    assert result["after_both"] == ["connected", "connected"]
    assert result["ways"] == 0


def test_it_gives_up_where_no_way_is_found() -> None:
    result = _run(
        """
side("offerer"); side("answerer");
await sides.offerer.start(); await sides.answerer.start();
await pass(400000);
result.states = states();
result.made = FakePeer.made.length;
await pass(60000);
result.later = FakePeer.made.length;
"""
    )
    assert result["states"] == ["failed", "failed"]
    assert result["made"] == result["later"] <= 18
