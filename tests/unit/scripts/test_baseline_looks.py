"""The page that measures how somebody sits: what it sends, says and leaves, answer by answer."""

from typing import Any

from tests.node import run_script

PAGE = """
const parts = {};
const element = { dataset: { every: "0" }, querySelector: (name) => (parts[name] ??= { hidden: false }) };
parts.video = { videoWidth: 640, videoHeight: 480 };
const canvas = { getContext: () => ({ drawImage() {} }), toBlob: (done) => done(new Blob(["x"])) };
globalThis.document = { querySelector: () => ({ content: "token" }), createElement: () => canvas };
const asked = [], said = [], timers = [];
globalThis.setTimeout = (act) => timers.push(act);
globalThis.clearTimeout = () => { timers.length = 0; };
globalThis.fetch = async (address, { method, headers }) => {
  asked.push([method, address, headers["Content-Type"]].join(" "));
  const [status, body] = given.answers.shift();
  const type = { "Content-Type": "application/json" };
  return new Response(JSON.stringify(body), { status, headers: type });
};
let words = "";
const set = (next) => { words = next; said.push(next); };
const text = Object.defineProperty({}, "textContent", { get: () => words, set });
parts["[data-baseline-text]"] = text;
const { BaselineLooks } = await import("@static/js/candidate/baseline_looks.js");
const camera = Object.assign(new EventTarget(), { state: "ok", stream: {}, text: "", open() {} });
const looks = new BaselineLooks({ element, camera, attemptUrl: "/a/" });
await looks.begin();
while (timers.length && given.answers.length) {
  if (given.stop === asked.length) looks.stop();
  await timers.shift()?.();
}
const { max, value } = parts.progress ?? {};
const early = !parts["[data-baseline-early]"].hidden;
console.log(JSON.stringify({ asked, said, max, value, early, goesOn: timers.length > 0 }));
process.exit(0);
"""


def sat(looks: int, *, done: bool = False, text: str = "Good.") -> tuple[int, dict[str, Any]]:
    return 200, {"looks": looks, "wanted": 8, "done": done, "text": text}


def play(*answers: tuple[int, dict[str, Any]], stop: int = -1) -> dict[str, Any]:
    found: dict[str, Any] = run_script(PAGE, {"answers": answers, "stop": stop})
    return found


def test_it_looks_until_the_server_has_enough_and_says_each_thing_once() -> None:
    seen = play(sat(1), sat(2), sat(8, done=True, text="Done."))
    assert seen["asked"] == ["POST /a/baseline/ image/jpeg"] * 3
    assert seen["said"] == ["Good.", "Done."]
    assert (seen["max"], seen["value"], seen["goesOn"]) == (8, 8, False)
    assert not seen["early"], "nothing is left to finish earlier"


def test_a_busy_server_is_asked_again_and_a_refusal_ends_it() -> None:
    busy = (503, {"status": 503, "code": "overloaded", "detail": "Busy."})
    seen = play(busy, sat(1))
    assert (seen["said"], seen["goesOn"], seen["early"]) == (["Busy.", "Good."], True, True)
    over = play((409, {"status": 409, "code": "ended", "detail": "Check-in is over."}), sat(1))
    assert (over["said"], len(over["asked"]), over["goesOn"]) == (["Check-in is over."], 1, False)


def test_it_is_quiet_once_stopped() -> None:
    seen = play(sat(1), sat(2), stop=1)
    assert (len(seen["asked"]), seen["goesOn"]) == (1, False)
