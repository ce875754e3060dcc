"""The recorder of calls in the proctor's page: what is mixed, sent, tried again, left out and said."""

from typing import Any

from tests.node import run_script

_WORLD = """
import { mock } from "node:test";
mock.timers.enable({ apis: ["setTimeout"] });
console.warn = () => {};
globalThis.document = { querySelector: () => null };
const { CallRecorder } = await import("@static/js/proctor/call_recorder.js");
const settle = async () => { for (let n = 0; n < 40; n += 1) await null; };
const pass = async (ms) => { mock.timers.tick(ms); await settle(); };
const sent = [], reports = [], said = [], wires = [];
let answers = [];
const refuse = (status, code) =>
  Object.assign(new Error(code), { status, code, isTemporary: status === 0 || status >= 500 });
class FakeRecorder extends EventTarget {
  pieces = new Set();
  start(stream) { this.stream = stream; this.pieces.add(1); }
  stop() { this.isOver = true; }
  piece(at, isLast = false) {
    if (isLast) this.pieces.clear();
    const mime = "audio/webm;codecs=opus";
    const detail = { sequence: at, startedAt: 5000 + at, mime, blob: `piece ${at}` };
    this.dispatchEvent(new CustomEvent("clip", { detail }));
  }
}
const fake = new FakeRecorder();
let closed = 0;
const context = {
  createMediaStreamDestination: () => ({ stream: "mix" }),
  createMediaStreamSource: (stream) => ({
    connect: () => wires.push(`+${stream.name}`), disconnect: () => wires.push(`-${stream.name}`),
  }),
  close: async () => { closed += 1; },
};
const recorder = new CallRecorder({
  call: 7, answeredAt: 5000, clock: { now: () => 5000 },
  send: async (url, blob, headers) => {
    const answer = answers.shift();
    sent.push([url, blob, headers["X-Sequence"], headers["X-Captured-At"], headers["Content-Type"]]);
    if (answer) throw answer;
  },
  report: async (url, body) => { reports.push([url, body]); },
  makeContext: () => context, makeRecorder: () => fake, canRecord: () => given.can !== false,
  makeStream: ([track]) => stream(track),
});
const stream = (name) => ({ name, getAudioTracks: () => [name] });
recorder.addEventListener("state", ({ detail }) => said.push(detail.problem));
recorder.start();
"""
_TELL = """
const { stream: mixed, isOver = false } = fake;
console.log(JSON.stringify({ sent, reports, said, wires, closed, stream: mixed, isOver }));
"""
_BASE = "/api/v1/calls/7/recording/"


def run(course: str, **given: Any) -> dict[str, Any]:
    told: dict[str, Any] = run_script(_WORLD + course + _TELL, given)
    return told


def test_both_sides_are_mixed_and_the_muted_microphone_is_not_recorded() -> None:
    told = run("""
recorder.setOwn("mine");
recorder.setRemote(stream("theirs"));
recorder.setOwn(null);
recorder.setOwn("mine");
recorder.setRemote(stream("theirs again"));
recorder.setRemote({ getAudioTracks: () => [] });
""")
    assert told["stream"] == "mix" and told["said"] == [""]
    assert told["wires"] == [
        "+mine", "+theirs", "-mine", "+mine", "-theirs", "+theirs again", "-theirs again"
    ]  # fmt: skip


def test_pieces_go_in_order_and_again_until_they_are_taken_and_then_the_end_is_told() -> None:
    told = run("""
answers = [refuse(0, "offline"), refuse(503, "busy"), null, null];
fake.piece(0);
await settle();
fake.piece(10000);
await pass(2000);
await pass(5000);
recorder.stop();
await settle();
reports.push("stopped");
fake.piece(20000, true);
await settle();
""")
    assert [each[1] for each in told["sent"]] == ["piece 0"] * 3 + ["piece 10000", "piece 20000"]
    assert told["sent"][-1] == [_BASE, "piece 20000", "20000", "25000", "audio/webm"]
    assert told["reports"] == ["stopped", [f"{_BASE}report/", {"problem": "", "done": True}]]
    assert told["said"] == [""] and told["closed"] == 1 and told["isOver"]


def test_a_refusal_ends_the_recording_and_is_written_down_once() -> None:
    told = run("""
answers = [refuse(403, "not_recorded")];
fake.piece(0);
await settle();
recorder.setOwn("mine");
fake.piece(10000, true);
await settle();
recorder.stop();
await settle();
""")
    assert told["isOver"] and told["said"] == ["", "refused"]
    first, last = told["reports"]
    assert first == [f"{_BASE}report/", {"problem": "refused"}] and last[1] == {
        "problem": "refused",
        "done": True,
    }


def test_a_browser_that_cannot_record_says_so_and_the_call_goes_on() -> None:
    told = run("recorder.setOwn('mine'); recorder.stop(); await settle();", can=False)
    assert told["said"] == ["no_recorder"] and told["sent"] == [] and told["wires"] == []
    assert [each[1] for each in told["reports"]] == [
        {"problem": "no_recorder"}, {"problem": "no_recorder", "done": True}
    ]  # fmt: skip


def test_half_an_hour_is_the_longest_and_another_page_tells_the_end() -> None:
    told = run("await pass(30 * 60 * 1000); recorder.leave(); fake.piece(1, true); await settle();")
    assert told["said"] == ["", "too_long"] and len(told["sent"]) == 1
    assert [each[1] for each in told["reports"]] == [{"problem": "too_long"}]
