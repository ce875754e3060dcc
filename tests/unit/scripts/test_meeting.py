"""The page of a meeting in the browser's scripts: with whom it connects, what it says, when it comes back."""

from tests.node import run_script

_PEOPLE = """
class Node extends EventTarget {
  constructor() {
    super();
    Object.assign(this, { dataset: {}, parts: {}, hidden: false, textContent: "", isGone: false });
  }
  querySelector(name) { return (this.parts[name] ??= new Node()); }
  setAttribute() {}
  cloneNode() { return new Node(); }
  remove() { this.isGone = true; }
}
class FakePeer extends EventTarget {
  static made = [];
  constructor(options) {
    super();
    Object.assign(this, options, { tracks: {}, heard: [], state: null });
    FakePeer.made.push(this);
  }
  async start() { this.state = "waiting"; this.send({ t: "hello" }); }
  async setTrack(kind, track) { this.tracks[kind] = track; }
  async take(message) { this.heard.push(message); }
  close() { this.state = "closed"; }
}
const { People } = await import("@static/js/meeting/people.js");
const tiles = [];
const sent = [];
const own = { picture: "camera", sound: null };
const people = new People({
  list: { append: (tile) => tiles.push(tile) },
  template: { content: { firstElementChild: new Node() } },
  send: (message) => sent.push(message),
  tracks: () => own,
  makePeer: (options) => new FakePeer(options),
});
const tile = (number) => tiles[number].querySelector("[data-tile-state]").textContent;
const result = {};
people.greeted({ connection: "m", join: { ice_servers: [] } });
await people.show([{ connection: "a", name: "Anna" }, { connection: "z", name: "Ben" }]);
await people.show([{ connection: "a", name: "Anna" }, { connection: "z", name: "Ben" }]);
result.offers = FakePeer.made.map(({ isOfferer }) => isOfferer);
result.tracks = { ...FakePeer.made[0].tracks };
result.sent = sent[0];
await people.take({ type: "live", t: "ready", link: "1", from: "z" });
await people.take({ type: "live", t: "ready", link: "1", from: "stranger" });
result.heard = FakePeer.made.map(({ heard }) => heard);
FakePeer.made[0].dispatchEvent(new CustomEvent("state", { detail: { state: "connected" } }));
const remote = { stream: {}, sound: false, picture: true };
FakePeer.made[0].dispatchEvent(new CustomEvent("remote", { detail: remote }));
result.muted = tile(0);
FakePeer.made[1].dispatchEvent(new CustomEvent("state", { detail: { state: "broken" } }));
result.broken = tile(1);
own.sound = "microphone";
await people.refresh();
result.refreshed = FakePeer.made[1].tracks;
await people.show([{ connection: "z", name: "Ben" }]);
result.left = [people.count, FakePeer.made[0].state, tiles[0].isGone];
people.greeted({ connection: "n", join: {} });
result.cleared = [people.count, FakePeer.made[1].state];
console.log(JSON.stringify(result));
"""


def test_a_page_connects_with_those_whom_the_server_names_and_nobody_else() -> None:
    result = run_script(_PEOPLE, {})
    assert result["offers"] == [False, True], "the two names decide who offers"
    assert result["tracks"] == {"audio": None, "video": "camera"}
    assert result["sent"] == {"type": "live", "to": "a", "t": "hello"}
    assert result["heard"] == [[], [{"t": "ready", "link": "1"}]]
    assert result["muted"] == "muted" and "trying again" in result["broken"]
    assert result["refreshed"] == {"audio": "microphone", "video": "camera"}
    assert result["left"] == [1, "closed", True] and result["cleared"] == [0, "closed"]


_SOCKET = """
import { mock } from "node:test";
mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
let now = 0;
globalThis.performance = { now: () => now };
globalThis.location = { protocol: "https:", host: "exam.example" };
Math.random = () => 0.5;
const { MeetingSocket, wordsOf } = await import("@static/js/meeting/meeting_socket.js");
const { stateOf } = await import("@static/js/meeting/waiting_list.js");
const made = [];
const told = [];
const makeSocket = (address) => {
  const socket = { address, readyState: 1, send() {}, close() {} };
  made.push(socket);
  return socket;
};
const socket = new MeetingSocket("/ws/", {
  onState: (state) => told.push(state),
  onRefused: (text, reason) => told.push(reason),
  onMessage: ({ type }) => told.push(type),
}, { makeSocket });
socket.start();
made[0].onmessage({ data: JSON.stringify({ type: "hello" }) });
made[0].onclose({ code: 1006, reason: "" });
mock.timers.tick(600);
made[1].onmessage({ data: JSON.stringify({ type: "hello" }) });
now += 30000;
mock.timers.tick(10000);
mock.timers.tick(600);
const silent = made.length;
made.at(-1).onclose({ code: 4410, reason: "taken_over" });
mock.timers.tick(60000);
const closes = [[1006, ""], [1001, "x"], [4410, "ended"], [4409, "no_consent"], [4404, ""], [4410, "?"]];
const words = closes.map((each) => wordsOf(...each));
const ways = [[1, 1, 1], [0, 1, 1], [1, 0, 0], [0, 0, 0], [1, 1, 0]];
const states = ways.map(([is_here, is_in, has_agreed]) => stateOf({ is_here, is_in, has_agreed }));
const address = made[0].address;
const isSent = socket.send({});
console.log(JSON.stringify({ told, silent, after: made.length, words, states, address, isSent }));
"""


def test_a_page_comes_back_by_itself_unless_it_was_sent_away() -> None:
    result = run_script(_SOCKET, {})
    assert result["told"] == ["live", "hello", "away", "live", "hello", "away", "taken_over"]
    assert result["silent"] == 3 and result["after"] == 3, "silence is noticed; who is sent away stays away"
    assert result["address"] == "wss://exam.example/ws/" and result["isSent"] is False
    back, gone, over, unread, uninvited, unknown = result["words"]
    assert back == gone == "" and "over" in over and "read" in unread and uninvited and unknown
    assert result["states"] == [
        "is in",
        "let in, but not connected now",
        "waits",
        "not here",
        "is in, and has not agreed yet to being seen by you",
    ]
