"""The page that records a voice at check-in: what it records, says, sends and offers."""

from typing import Any

from tests.node import run_script

PAGE = """
const parts = {};
class Part extends EventTarget {
  constructor() { super(); Object.assign(this, { hidden: true, disabled: false, textContent: "" }); }
  focus() { focused = this.name; }
  replaceChildren(...lines) { if (lines.length) said.push(lines.map((line) => line.textContent).join(" ")); }
  removeAttribute(name) { this[name] = ""; }
}
let focused = "", time = 0, settled = 0;
const said = [], asked = [], stopped = [];
const querySelector = (name) => (parts[name] ??= Object.assign(new Part(), { name }));
querySelector("[data-voice-leave-out]").hidden = false;
const meta = { content: "token" };
globalThis.document = { querySelector: () => meta, createElement: () => ({}) };
globalThis.performance = { now: () => time };
globalThis.fetch = async (address, { method, body, headers }) => {
  asked.push([method, address, headers["Content-Type"] ?? "", body?.size ?? 0]);
  const [status, answer] = given.answers.shift();
  const type = { "Content-Type": "application/json" };
  return new Response(answer === null ? null : JSON.stringify(answer), { status, headers: type });
};
globalThis.MediaRecorder = class extends EventTarget {
  static isTypeSupported(type) { return type === given.type; }
  constructor(stream, { mimeType }) { super(); this.mimeType = mimeType; this.state = "inactive"; }
  start() { this.state = "recording"; }
  stop() {
    this.state = "inactive";
    this.dispatchEvent(Object.assign(new Event("dataavailable"), { data: new Blob(["sound"]) }));
    this.dispatchEvent(new Event("stop"));
  }
};
URL.createObjectURL = () => "blob:x";
URL.revokeObjectURL = () => {};
const { VoiceStep } = await import("@static/js/candidate/voice_step.js");
const microphone = Object.assign(new EventTarget(), {
  stream: {}, text: "Denied.", open: async () => given.allowed, stop: () => stopped.push(time),
});
const sound = Object.assign(new EventTarget(), { listen() {}, stop() {} });
const element = { dataset: { need: "8" }, querySelector };
const step = new VoiceStep({ element, attemptUrl: "/a/", microphone, sound });
step.addEventListener("settled", () => { settled += 1; });
step.begin();
const heard = (db) => sound.dispatchEvent(new CustomEvent("heard", { detail: { db, noiseDb: -70 } }));
const acts = {
  speak: () => { for (let n = 0; n < 200 && step.recorder; n += 1) { time += 100; heard(-20); } },
  hush: () => { for (let n = 0; n < 230 && step.recorder; n += 1) { time += 100; heard(-75); } },
  unplug: () => microphone.dispatchEvent(new CustomEvent("state", { detail: { state: "ended" } })),
};
for (const act of given.acts) await (acts[act]?.() ?? step[act]?.());
const name = (each) => /data-voice-([a-z-]+)/.exec(each)?.[1];
const all = ["record", "stop", "use", "done", "again", "leave-out"];
const offered = all.filter((each) => !parts[`[data-voice-${each}]`].hidden);
const plays = !parts["[data-voice-playback]"].hidden;
const seen = { asked, said, settled, offered, plays, time, stopped: stopped.length };
console.log(JSON.stringify({ ...seen, focused: name(focused) ?? "" }));
process.exit(0);
"""
GOOD = (200, {"ok": True, "problems": [], "seconds": 9.2})


def played(*acts: str, answers: Any = (), allowed: bool = True, mime: str = "audio/mp4") -> Any:
    return run_script(PAGE, {"acts": acts, "answers": answers, "allowed": allowed, "type": mime})


def test_it_ends_when_enough_was_heard_and_sends_only_what_the_candidate_agrees_to() -> None:
    reviewed = played("record", "speak")
    assert (reviewed["time"], reviewed["offered"]) == (10_800, ["use", "again", "leave-out"])
    assert (reviewed["asked"], reviewed["plays"], reviewed["focused"]) == ([], True, "use")
    sent = played("record", "speak", "send", answers=[GOOD])
    assert sent["asked"] == [["POST", "/a/voice/", "audio/mp4", 5]]
    assert (sent["offered"], sent["focused"], sent["plays"]) == (
        ["done", "again", "leave-out"],
        "done",
        False,
    )
    assert "9.2 seconds of your voice" in sent["said"][-1] and sent["settled"] == 0


def test_silence_ends_after_twenty_seconds_and_the_server_s_words_are_shown() -> None:
    problems = [{"code": "voice_too_short", "text": "We heard 5 of the 8 seconds."}]
    done = played(
        "record", "hush", "send", answers=[(200, {"ok": False, "problems": problems, "seconds": 5})]
    )
    assert done["time"] == 20_000
    assert done["said"][-1] == "This recording cannot be used yet. We heard 5 of the 8 seconds."
    assert (done["offered"], done["focused"]) == (["again", "leave-out"], "again")
    after_a_good_one = [GOOD, (200, {"ok": False, "problems": problems, "seconds": 5})]
    again = played("record", "speak", "send", "record", "hush", "send", answers=after_a_good_one)
    assert (
        again["said"][-1].endswith("The recording from before still counts.") and "done" in again["offered"]
    )
    busy = played("record", "finish", "send", answers=[(503, {"code": "overloaded", "detail": "Busy."})])
    assert busy["said"][-1] == "Busy." and busy["offered"] == ["use", "again", "leave-out"]


def test_it_can_be_left_out_at_any_moment_and_then_lets_go_of_the_microphone() -> None:
    done = played("record", "leaveOut", answers=[(204, None)])
    assert ([each[:2] for each in done["asked"]], done["settled"]) == ([["DELETE", "/a/voice/"]], 1)
    assert done["stopped"] > 0 and not done["plays"]


def test_without_microphone_or_recorder_it_says_so_and_what_was_recorded_before_it_went_is_kept() -> None:
    refused = played("record", allowed=False)
    assert (refused["said"][-1], refused["offered"]) == ("Denied.", ["record", "leave-out"])
    assert played(mime="audio/none")["offered"] == ["leave-out"]
    assert played("record", "unplug")["offered"] == ["use", "again", "leave-out"]
