"""Live video through hosted services in the browser's scripts, with stand-ins for their SDKs."""

from typing import Any

from tests.node import run_script

_WORLD = """
console.warn = () => {};
Math.random = () => 0.5;
const settle = async () => { for (let n = 0; n < 60; n += 1) await null; };
const done = [];
const said = [];
const heard = () => said.splice(0);
const made = () => done.splice(0);
let refuses = null;
globalThis.MediaStream = class {
  constructor(tracks = []) { this.tracks = tracks; }
  addTrack(each) { this.tracks.push(each); }
};
const makeTrack = (name, kind) => ({
  name, kind,
  clone() { const copy = makeTrack(`${name}'`, kind); copy.original = this; return copy; },
  stop() { done.push(["stop", name]); },
});
const emitter = () => {
  const known = {};
  return {
    on(name, work) { (known[name] ??= []).push(work); },
    emit(name, ...given) { for (const each of known[name] ?? []) each(...given); },
  };
};
const rooms = [];
class Room {
  constructor(options) {
    Object.assign(this, emitter(), { options, remoteParticipants: new Map() });
    rooms.push(this);
    this.localParticipant = {
      publishTrack: async (track, { source, ...more }) => {
        if (refuses === "publish") throw new Error("no");
        done.push(["publish", source, track.name, more.videoSimulcastLayers?.[0] ?? null]);
      },
      unpublishTrack: async (track, isStopped) => { done.push(["unpublish", track.name, isStopped]); },
    };
  }
  async connect(url, token, options) {
    this.connected = [url, token, options];
    if (refuses === "connect") throw new Error("no");
  }
  async disconnect(isStopping) { done.push(["leave", isStopping]); }
}
const livekit = {
  Room,
  Track: { Source: { Camera: "camera", Microphone: "microphone", ScreenShare: "screen" } },
  VideoQuality: { LOW: 0, HIGH: 2 },
  DisconnectReason: { PARTICIPANT_REMOVED: 4, ROOM_DELETED: 5 },
  RoomEvent: Object.fromEntries(
    ["Disconnected", "TrackSubscribed", "TrackUnsubscribed", "TrackPublished", "Reconnecting", "Reconnected"]
      .map((each) => [each, each]),
  ),
  VideoPreset: class { constructor(...all) { return all; } },
};
const clients = [];
const realtimekit = {
  async init(options) {
    if (refuses === "connect") throw new Error("no");
    const joined = Object.assign(new Map(), emitter());
    const client = {
      options, participants: { joined,
        subscribe: async (ids, kinds) => { done.push(["subscribe", ...ids, ...kinds]); },
        unsubscribe: async (ids, kinds) => { done.push(["unsubscribe", ...ids, ...kinds]); } },
      self: Object.assign(emitter(), {
        enableVideo: async (track) => { done.push(["publish", "camera", track.name, null]); },
        enableAudio: async (track) => { done.push(["publish", "microphone", track.name, null]); },
        disableVideo: () => { done.push(["unpublish", "camera"]); },
        disableAudio: () => { done.push(["unpublish", "microphone"]); },
      }),
      async join() {}, async leave() { done.push(["leave"]); },
    };
    clients.push(client);
    return client;
  },
};
const result = {};
const join = (provider) => ({
  provider, url: "wss://live", tokens: { join: "jwt", auth: "token" }, ice_servers: [], relay_only: true,
});
"""
_CANDIDATE = (
    _WORLD
    + """
import { LivePublisher } from "@static/js/candidate/live_publisher.js";
import { LiveKitSender } from "@static/js/candidate/live_livekit_sender.js";
import { RealtimeKitSender } from "@static/js/candidate/live_realtimekit_sender.js";
const [Sender, sdk] = given === "livekit" ? [LiveKitSender, livekit] : [RealtimeKitSender, realtimekit];
class Ours extends Sender { constructor(page) { super(page, { loadSdk: async () => sdk }); } }
let camera = makeTrack("camera", "video"), microphone = makeTrack("microphone", "audio");
const send = (message) => { said.push(message); return true; };
const screen = makeTrack("screen", "video");
const tracks = { camera: () => camera, microphone: () => microphone, screen: () => screen };
const publisher = new LivePublisher({ send, ...tracks, findSender: () => Ours });
const asked = { t: "watch", level: "thumb", sound: false, join: join(given) };
const watch = (from) => publisher.take({ ...asked, from });
"""
)
_PROCTOR = (
    _WORLD
    + """
import { mock } from "node:test";
mock.timers.enable({ apis: ["setTimeout"] });
import { LiveViewer } from "@static/js/proctor/live_viewer.js";
import { LiveKitReceiver } from "@static/js/proctor/live_livekit_receiver.js";
import { RealtimeKitReceiver } from "@static/js/proctor/live_realtimekit_receiver.js";
const [Receiver, sdk] = given === "livekit" ? [LiveKitReceiver, livekit] : [RealtimeKitReceiver, realtimekit];
class Ours extends Receiver { constructor(call) { super(call, { loadSdk: async () => sdk }); } }
const send = (message) => { said.push(message); return true; };
const viewer = new LiveViewer({ send, findReceiver: () => Ours });
const states = [];
let shown = null, screens = null;
viewer.addEventListener("state", ({ detail }) => {
  const word = detail.code ? `${detail.state} ${detail.code}` : detail.state;
  if (states.at(-1) !== word) states.push(word);
  shown = detail.stream?.tracks.map(({ name }) => name) ?? null;
  screens = detail.screen?.tracks.map(({ name }) => name) ?? null;
});
const take = (t, more = {}) => viewer.take({ t, from: 7, ...more });
"""
)


def _candidate(provider: str, script: str) -> Any:
    return run_script(_CANDIDATE + script + "console.log(JSON.stringify(result));", provider)


def _proctor(provider: str, script: str) -> Any:
    return run_script(_PROCTOR + script + "console.log(JSON.stringify(result));", provider)


_SENDING = """
await publisher.refresh();
result.before = [rooms.length + clients.length, made()];
await watch("p1");
result.first = made();
result.told = heard();
await watch("p2");
result.second = [rooms.length + clients.length, made(), heard().map(({ t, to }) => [t, to])];
await publisher.take({ t: "quality", from: "p2", level: "full", sound: true });
result.heard = made();
await publisher.hold(true);
result.held = [made(), heard().map(({ t, on }) => [t, on])];
await publisher.hold(false);
result.resumed = made();
camera = makeTrack("other", "video");
await publisher.refresh();
result.other = made();
await publisher.take({ t: "unwatch", from: "p2" });
await settle();
result.unheard = made();
publisher.stop();
await settle();
result.end = made();
"""


def test_livekit_gets_copies_of_running_tracks_once_for_all_who_watch() -> None:
    found = _candidate(
        "livekit",
        _SENDING + "result.connected = rooms[0].connected; result.options = rooms[0].options;",
    )
    small = [320, 240, 120_000, 8]
    assert found["before"] == [0, []], "nothing before somebody watches"
    assert found["first"] == [["publish", "camera", "camera'", small]]
    assert [(each["t"], each["to"], each["sound"]) for each in found["told"]] == [("ready", "p1", True)]
    assert found["second"] == [1, [], [["ready", "p2"]]]
    assert found["heard"] == [
        ["publish", "microphone", "microphone'", None],
        ["publish", "screen", "screen'", None],
    ], "only now"
    stopped = [
        ["stop", "camera'"],
        ["unpublish", "camera'", False],
        ["stop", "microphone'"],
        ["unpublish", "microphone'", False],
        ["stop", "screen'"],
        ["unpublish", "screen'", False],
    ]
    assert found["held"] == [stopped, [["held", True], ["held", True]]]
    assert [each[2] for each in found["resumed"]] == ["camera'", "microphone'", "screen'"]
    assert found["other"][-1] == ["publish", "camera", "other'", small]
    assert found["unheard"] == stopped[2:]
    assert found["end"] == [["stop", "other'"], ["leave", False]], "the exam's own tracks go on"
    url, token, options = found["connected"]
    assert (url, token, options["autoSubscribe"]) == ("wss://live", "jwt", False)
    assert options["rtcConfig"] == {"iceTransportPolicy": "relay"}, "LiveKit's own servers"
    assert found["options"]["stopLocalTrackOnUnpublish"] is False


def test_realtimekit_gets_copies_of_running_tracks_once_for_all_who_watch() -> None:
    found = _candidate("realtimekit", _SENDING + "result.options = clients[0].options;")
    assert found["before"] == [0, []]
    assert found["first"] == [["publish", "camera", "camera'", None]]
    assert found["second"][:2] == [1, []]
    assert found["held"][0] == [
        ["stop", "camera'"],
        ["unpublish", "camera"],
        ["stop", "microphone'"],
        ["unpublish", "microphone"],
    ]
    assert found["end"] == [["stop", "other'"], ["leave"]]
    assert found["options"]["defaults"] == {"audio": False, "video": False}, "it opens no camera of its own"
    assert found["options"]["authToken"] == "token" and found["options"]["overrides"] == {"forceRelay": True}


def test_what_fails_is_told_to_the_proctor_alone() -> None:
    for provider in ("livekit", "realtimekit"):
        found = _candidate(
            provider,
            """
refuses = "connect";
await watch("p1");
result.refused = heard();
refuses = null;
await watch("p1");
heard();
if (given === "livekit") rooms.at(-1).emit("Disconnected", 4);
else clients.at(-1).self.emit("roomLeft", { state: "kicked" });
result.out = [heard(), made().at(-1)[0]];
camera = null;
await watch("p1");
result.no_camera = heard();
""",
        )
        failed = {"type": "live", "t": "failed", "to": "p1"}
        assert found["refused"] == [{**failed, "code": "live_unavailable"}], provider
        assert found["out"] == [[{**failed, "code": "put_out"}], "leave"], provider
        assert found["no_camera"] == [{**failed, "code": "no_camera"}], provider


def test_the_proctor_subscribes_to_what_is_wanted_and_no_more() -> None:
    found = _proctor(
        "livekit",
        """
const publication = (source, kind) => ({
  source, kind, isSubscribed: false,
  setVideoQuality(level) { done.push(["quality", level]); },
  setSubscribed(on) { this.isSubscribed = on; done.push([source, on]); },
});
viewer.want(7, "tile");
await take("watching", { sound: true, join: join(given) });
const [room] = rooms;
const camera = publication("camera"), microphone = publication("microphone"), screen = publication("screen");
const sent = [camera, microphone, screen];
room.remoteParticipants.set("c", { trackPublications: new Map(sent.map((each) => [each.source, each])) });
for (const each of sent) room.emit("TrackPublished", each);
result.thumb = made();
room.emit("TrackSubscribed", { mediaStreamTrack: { kind: "video", name: "v1" } }, camera);
await settle();
result.live = [states.at(-1), shown];
made();
viewer.want(7, "panel");
viewer.setSound(7, true);
await settle();
result.full = made();
room.emit("TrackSubscribed", { mediaStreamTrack: { kind: "audio", name: "a1" } }, microphone);
room.emit("TrackSubscribed", { mediaStreamTrack: { kind: "video", name: "s1" } }, screen);
result.screen = [screens];
room.emit("TrackUnsubscribed", {}, screen);
result.screen.push(screens);
result.both = shown;
room.emit("Reconnecting");
room.emit("Reconnected");
await take("held", { on: true });
room.emit("TrackSubscribed", { mediaStreamTrack: { kind: "video", name: "v2" } }, camera);
await settle();
result.again = [states.at(-1), shown];
room.emit("Disconnected", 4);
result.states = states;
result.end = made().at(-1);
""",
    )
    assert found["thumb"] == [["quality", 0], ["camera", True]]
    assert found["live"] == ["live", ["v1"]]
    assert ["quality", 2] in found["full"] and ["microphone", True] in found["full"]
    assert ["screen", True] in found["full"], "the screen goes to who looks closely"
    assert found["both"] == ["v1", "a1"] and found["screen"] == [["s1"], None]
    assert found["again"][0] == "live" and sorted(found["again"][1]) == ["a1", "v2"]
    assert found["end"] == ["leave", False]
    assert "held" in found["states"] and found["states"][-1] == "unavailable put_out"


def test_realtimekit_shows_the_candidate_and_tries_again_when_it_is_down() -> None:
    found = _proctor(
        "realtimekit",
        """
import { LiveNews } from "@static/js/proctor/live_news.js";
import { ZoneTimes } from "@static/js/proctor/times.js";
Date.now = () => Date.UTC(2026, 10, 21, 13, 59, 59);
const line = { textContent: "" };
new LiveNews({ line, viewer, times: new ZoneTimes("Europe/Madrid") });
const person = Object.assign(emitter(), { id: "peer-1" });
viewer.want(7, "tile");
await take("watching", { sound: true, join: join(given) });
const [client] = clients;
client.participants.joined.set("peer-1", person);
client.participants.joined.emit("participantJoined", person);
await settle();
result.thumb = made();
person.emit("videoUpdate", { videoTrack: { kind: "video", name: "v1" } });
await settle();
result.live = [states.at(-1), shown];
viewer.want(7, "panel");
viewer.setSound(7, true);
await settle();
result.full = made();
refuses = "connect";
client.self.emit("roomLeft", { state: "disconnected" });
result.said = line.textContent;
heard();
mock.timers.tick(3_000);
result.again = heard().map(({ t }) => t);
await take("watching", { sound: true, join: join(given) });
result.states = [...states];
result.still = line.textContent;
refuses = null;
viewer.connected();
await take("watching", { sound: true, join: join(given) });
clients.at(-1).participants.joined.emit("participantJoined", person);
person.emit("videoUpdate", { videoTrack: { kind: "video", name: "v2" } });
result.back = [states.at(-1), line.textContent];
viewer.leave(7, "tile");
viewer.leave(7, "panel");
""",
    )
    assert found["thumb"] == [["subscribe", "peer-1", "video"], ["unsubscribe", "peer-1", "audio"]]
    assert found["live"] == ["live", ["v1"]] and found["full"] == [["subscribe", "peer-1", "audio"]]
    assert found["again"] == ["watch"]
    assert found["said"] == "Live video is not available now; trying again at 15:00."
    assert found["still"].startswith("Live video is not available now") and found["back"] == ["live", ""]
    assert found["states"][-1] == "unavailable live_unavailable"
