"""What the exam page notes: stays away from it, the queue that survives a reload, and the own clipboard."""

from typing import Any

from tests.node import run_script

AWAY = """
import { AwaySpans } from "@static/js/candidate/away_spans.js";
const run = (steps) => {
  let at = 0, excused = false;
  const told = [];
  const note = (kind, { seconds, count }) => told.push([kind, seconds, count]);
  const spans = new AwaySpans({ note, isExcused: () => excused, now: () => at });
  for (const [seconds, what] of steps) {
    for (const until = seconds * 1000; at < until; ) { at += 500; spans.tick(); }
    excused = what.includes("excused");
    if (what.includes("finish")) spans.finish();
    else spans.set(what.includes("hidden"), what.includes("blurred") || what.includes("hidden"));
  }
  return told;
};
const told = Object.entries(given).map(([name, steps]) => [name, run(steps)]);
console.log(JSON.stringify(Object.fromEntries(told)));
"""


def test_stays_are_noted_glances_and_own_dialogs_are_not() -> None:
    found = run_script(
        AWAY,
        {
            "a glance": [[1, "blurred"], [2.5, "back"]],
            "a stay": [[1, "blurred"], [9, "back"]],
            "first the keys, then the tab": [[1, "blurred"], [1.5, "hidden"], [5, "back"]],
            "twice": [[1, "hidden"], [3, "back"], [5, "hidden"], [8, "back"]],
            "a file dialog": [[1, "blurred excused"], [60, "back"], [61, "hidden"], [64, "back"]],
            "long": [[0, "hidden"], [45, "back"]],
            "closed while away": [[0, "hidden"], [4, "finish"]],
            "a reload": [[4, "hidden"], [4.5, "finish"]],
        },
    )
    assert found == {
        "a glance": [],
        "a stay": [["window_left", 8, 1]],
        "first the keys, then the tab": [["tab_hidden", 4, 1]],
        "twice": [["tab_hidden", 2, 1], ["tab_hidden", 3, 1]],
        "a file dialog": [["tab_hidden", 3, 1]],
        "long": [["tab_hidden", 10, 1], ["tab_hidden", 30, 0], ["tab_hidden", 5, 0]],
        "closed while away": [["tab_hidden", 4, 1]],
        "a reload": [],
    }


QUEUE = """
import { EventQueue } from "@static/js/candidate/event_queue.js";
class Storage {
  setItem(key, value) { this[key] = value; }
  getItem(key) { return this[key] ?? null; }
  removeItem(key) { delete this[key]; }
}
const storage = new Storage();
let wall = 1e12, mono = 0;
const open = (session = "a") => new EventQueue({ session, storage, wall: () => wall, mono: () => mono });
const first = open();
first.add("paste", { length: 5 });
first.add("tab_hidden", { ago: 8000, seconds: 8 });
wall += 3600e3; mono += 1000;               // the clock is set while the page is open
const { now, events } = first.batch();
first.remove([events[0].n]);
const other = open("b");
wall += 1000;
const reloaded = open();
const kept = reloaded.batch().events;
for (let i = 0; i < 100; i += 1) reloaded.add("copy", { length: 2 });
const flood = reloaded.batch(300).events.filter(({ kind }) => kind === "copy");
for (let i = 0; i < 5; i += 1) reloaded.add("copy", { length: 2 });
const after = reloaded.batch(300).events.filter(({ kind }) => kind === "copy");
reloaded.remove(reloaded.batch(300).events.map(({ n }) => n));
console.log(JSON.stringify({
  ago: events.map(({ at }) => now - at), other: other.isEmpty,
  isKept: kept[0].n === events[1].n, kept: kept.length,
  flood: flood.length, counted: flood.reduce((sum, { count = 1 }) => sum + count, 0),
  length: flood.reduce((sum, { length }) => sum + length, 0), isLater: reloaded.page > first.page,
  after: after.reduce((sum, { count = 1 }) => sum + count, 0), left: Object.keys(storage).length,
}));
"""


def test_the_queue_survives_a_reload_a_set_clock_and_a_flood() -> None:
    found: dict[str, Any] = run_script(QUEUE, None)
    assert found == {
        "ago": [1000, 9000],
        "other": True,
        "isKept": True,
        "kept": 1,
        "flood": 20,
        "counted": 100,
        "length": 200,
        "isLater": True,
        "after": 105,
        "left": 0,
    }


CLIPBOARD = """
import { mark } from "@static/js/candidate/page_clipboard.js";
const { PageSignals } = await import("@static/js/candidate/page_signals.js");
const noted = [];
const signals = new PageSignals({ note: (kind) => noted.push(kind), wants: () => true });
const hear = (serverSecond, wallSecond, rtt) => {
  const serverTime = new Date(serverSecond * 1000).toISOString();
  signals.compareClocks({ server_time: serverTime, rtt }, wallSecond * 1000);
};
hear(100, 500, 40); hear(200, 600, 40); hear(300, 702, 40);   // wrong by 400 s, and steady
hear(9000, 9402, 40);                                         // it slept for hours
hear(9010, 20000, 60000);                                     // no answer for a minute says nothing
const calm = noted.length;
hear(9100, 9100, 40); hear(9110, 9110, 40);                   // set right
console.log(JSON.stringify({
  same: mark("one\\r\\ntwo ") === mark("one\\ntwo"), other: mark("one two") === mark("two one"), calm, noted,
}));
"""


def test_own_text_is_known_again_and_only_a_set_clock_is_noted() -> None:
    assert run_script(CLIPBOARD, None) == {
        "same": True,
        "other": False,
        "calm": 0,
        "noted": ["clock_changed"],
    }
