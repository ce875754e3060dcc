"""The page that asks to turn the head: what it sends, says and offers, answer by answer."""

from typing import Any

from tests.node import run_script

PAGE = """
const parts = {};
class Part extends EventTarget {
  constructor() {
    super();
    Object.assign(this, { hidden: false, disabled: false, textContent: "", dataset: {} });
  }
  focus() {}
}
const element = {
  dataset: { every: "900000" },
  querySelector: (name) => (parts[name] ??= new Part()),
};
parts["[data-turn-done]"] = Object.assign(new Part(), { hidden: true });
const meta = { content: "token" };
globalThis.document = { querySelector: () => meta, createElement: () => ({}) };
const asked = [];
globalThis.fetch = async (address, { method }) => {
  asked.push(method + " " + address);
  const [status, body] = given.answers.shift();
  const headers = { "Content-Type": "application/json" };
  return new Response(body === null ? null : JSON.stringify(body), { status, headers });
};
const { HeadTurns } = await import("@static/js/candidate/head_turns.js");
const camera = Object.assign(new EventTarget(), { state: "ok", stream: {}, text: "" });
const turns = new HeadTurns({ element, camera, attemptUrl: "/a/", takePicture: async () => new Blob(["x"]) });
let settled = 0;
const said = [];
const text = parts["[data-turn-text]"];
let words = "";
const set = (next) => { words = next; said.push(next); };
Object.defineProperty(text, "textContent", { get: () => words, set });
turns.addEventListener("settled", () => { settled += 1; });
await turns.begin();
for (const act of given.acts) {
  if (act === "look") await turns.look();
  else await turns[act]();
}
turns.stop();
const shown = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, !part.hidden]));
const begin = parts["[data-turn-begin]"].textContent;
console.log(JSON.stringify({ asked, said, settled, shown, begin, ask: text.dataset.ask }));
process.exit(0);
"""


def played(acts: list[str], *answers: tuple[int, dict[str, Any] | None]) -> Any:
    return run_script(PAGE, {"acts": acts, "answers": answers})


def going_on(text: str, ask: str = "") -> tuple[int, dict[str, Any]]:
    return 200, _progress("going_on", text, ask=ask, challenge="c 1")


def _progress(state: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "state": state,
        "text": text,
        "ask": "",
        "challenge": "",
        "turned": 0,
        "wanted": 2,
        "seconds_left": 50,
    } | more


def test_it_sends_numbered_pictures_and_says_each_sentence_once() -> None:
    done = played(
        ["start", "look", "look", "look"],
        going_on("Look ahead."),
        going_on("To your left.", "left"),
        going_on("To your left.", "left"),
        (200, _progress("moved", "That is all.")),
    )
    looks = [f"POST /a/liveness/looks/?challenge=c%201&sequence={number}" for number in range(3)]
    assert done["asked"] == ["POST /a/liveness/", *looks]
    assert done["said"] == ["Look ahead.", "To your left.", "That is all."]
    assert done["shown"]["[data-turn-done]"] and not done["shown"]["[data-turn-begin]"]
    assert (done["settled"], done["ask"]) == (0, "")


def test_a_try_that_is_over_offers_another_and_a_busy_server_does_not_end_it() -> None:
    done = played(
        ["start", "look", "look", "look"],
        going_on("Look ahead."),
        (429, {"code": "overloaded", "detail": "Busy"}),
        (409, {"code": "old_look", "detail": "Late"}),
        (200, _progress("again", "Try again, or go on.")),
    )
    assert done["said"] == ["Look ahead.", "Try again, or go on."]
    assert done["shown"]["[data-turn-begin]"] and done["begin"] == "Try again"
    assert done["shown"]["[data-turn-leave-out]"]


def test_it_can_be_left_out_before_and_during_a_try() -> None:
    assert played(["leaveOut"], (204, None))["settled"] == 1
    during = played(["start", "leaveOut"], going_on("Look ahead."), (204, None))
    assert (during["asked"][-1], during["settled"]) == ("DELETE /a/liveness/", 1)


def test_what_is_refused_is_said_and_who_has_done_it_goes_on() -> None:
    over = played(
        ["start", "look"],
        going_on("Look ahead."),
        (409, {"code": "challenge_over", "detail": "Begin again."}),
    )
    assert over["said"][-1] == "Begin again." and over["shown"]["[data-turn-begin]"]
    assert played(["start"], (409, {"code": "settled", "detail": "Done."}))["settled"] == 1
