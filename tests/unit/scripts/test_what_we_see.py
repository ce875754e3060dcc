"""What the candidate's page says of capture: a silent server, and what the program does with pictures."""

from tests.node import run_script

SOCKET = """
import { mock } from "node:test";
mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
let now = 0;
globalThis.performance = { now: () => now };
globalThis.location = { protocol: "https:", host: "exam.example" };
globalThis.window = globalThis.document = new EventTarget();
const sockets = [];
globalThis.WebSocket = class extends EventTarget {
  static OPEN = 1;
  constructor() { super(); this.readyState = 0; this.sent = []; sockets.push(this); }
  send(text) { this.sent.push([now / 1000, JSON.parse(text).type]); }
  close() { this.isClosed = true; }
  greet() { this.readyState = 1; this.dispatchEvent(new Event("open")); }
  say(message) {
    const event = new Event("message");
    event.data = JSON.stringify(message);
    this.dispatchEvent(event);
  }
};
const { ExamSocket } = await import("@static/js/candidate/exam_socket.js");
const socket = new ExamSocket(5);
const told = [];
for (const name of ["silent", "audible"]) {
  socket.addEventListener(name, () => told.push([now / 1000, name]));
}
const pass = (seconds, each = () => {}) => {
  for (let n = 0; n < 2 * seconds; n += 1) { now += 500; mock.timers.tick(500); each(); }
};
socket.open();
sockets[0].greet();
pass(12, () => sockets[0].say({ type: "frame_result" }));
const busy = sockets[0].sent.splice(0);
pass(7);
const quiet = sockets[0].sent.splice(0);
sockets[0].say({ type: "pong", sent_at: now });
const beforeDeath = [...told];
pass(26);
console.log(JSON.stringify({ busy, quiet, told: beforeDeath, isClosed: sockets[0].isClosed === true }));
process.exit(0);
"""

PANEL = """
let now = 0;
globalThis.performance = { now: () => now };
globalThis.sessionStorage = { getItem: () => null, setItem() {} };
const part = () => ({ textContent: "", dataset: {}, addEventListener() {}, play: async () => {} });
const parts = new Map();
const find = (selector) => {
  if (!parts.has(selector)) parts.set(selector, part());
  return parts.get(selector);
};
const element = { ...part(), querySelector: find };
globalThis.document = { getElementById: () => ({ ...element, dataset: {} }) };
const text = (name) => find(`[data-${name}]`).textContent;
const { CapturePanel } = await import("@static/js/candidate/capture_panel.js");
const panel = new CapturePanel(element);
const seen = [];
const note = () => {
  now += 3000;
  seen.push([text("watch-text"), text("picture-state"), text("program-state")]);
};
const quality = { usable: true, reasons: [] };
const frame = { accepted: true, analysed: true, code: "", coaching: [], quality };
panel.showCamera({ state: "ok", text: "" }, null);
for (const change of given) {
  if (change === "silent" || change === "audible") panel.showSilence(change === "silent");
  else panel.showResult({ ...frame, ...change });
  note();
}
console.log(JSON.stringify(seen));
"""


def test_silence_is_told_within_five_seconds_and_a_dead_socket_is_closed() -> None:
    found = run_script(SOCKET, {})
    assert found["busy"] == [[0, "ping"], [10, "ping"]], "answers to pictures are signs enough"
    assert [at for at, _ in found["quiet"]] == [14.5, 17]
    assert found["told"] == [[16.5, "silent"], [19, "audible"]], "the last sign came at 12 s"
    assert found["isClosed"]


def test_the_panel_says_what_becomes_of_pictures() -> None:
    dark = {"quality": {"usable": False, "reasons": ["too_dark"]}}
    busy = {"analysed": False, "code": "overloaded"}
    paused = {"accepted": False, "analysed": False, "code": "paused"}
    found = run_script(PANEL, [{}, dark, busy, paused, "silent", "audible", {}])
    assert [each[2] for each in found] == [
        "looks at each picture",
        "cannot judge the picture: too dark",
        "busy: leaves out pictures, at nobody's cost",
        "looks at nothing now",
        "looks at nothing now",
        "looks at nothing now",
        "looks at each picture",
    ]
    assert found[4][:2] == [
        "Camera on, no answer from the server",
        "no answer from the server: nothing arrives there now",
    ]
    assert found[5][0] == "Camera on"
    assert found[6][1] == "being sent and looked at"
