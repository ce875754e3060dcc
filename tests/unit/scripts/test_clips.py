"""Recording in pieces, keeping them on this computer, sending them, and what is too quiet to be sent."""

from typing import Any

from tests.node import run_script

_WORLD = """
import { mock } from "node:test";
let time = 0;
mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
globalThis.performance = { now: () => time };
const pass = async (ms, step = 50) => {
  for (const end = time + ms; time < end; ) { time += step; mock.timers.tick(step); await settle(); }
};
const settle = async () => { for (let n = 0; n < 30; n += 1) await null; };
const numbers = { last: -1, take() { return ++this.last; } };
const clock = { now: () => 1_000_000 + time };
"""
_RECORD = (
    _WORLD
    + """
import { ClipRecorder } from "@static/js/candidate/clip_recorder.js";
const running = [], most = { at_once: 0 };
let broken = 0;
globalThis.MediaRecorder = class extends EventTarget {
  static isTypeSupported(type) { return type !== "audio/webm;codecs=opus"; }
  constructor(stream, { mimeType }) { super(); this.mimeType = mimeType; this.state = "inactive"; }
  start(slice) {
    if (broken-- > 0) throw new DOMException("no", "NotSupportedError");
    this.slice = slice; this.state = "recording"; running.push(this);
    most.at_once = Math.max(most.at_once, running.length);
    this.dispatchEvent(new Event("start"));
  }
  stop() {
    this.state = "inactive"; running.splice(running.indexOf(this), 1);
    const event = new Event("dataavailable"); event.data = new Blob(["x"]);
    this.dispatchEvent(event); this.dispatchEvent(new Event("stop"));
  }
};
const recorder = new ClipRecorder({ numbers, clock });
recorder.seconds = 10;
const clips = [], failures = [];
recorder.addEventListener("clip", ({ detail }) => clips.push(detail));
recorder.addEventListener("failed", ({ detail }) => failures.push(detail.name));
const stream = {};
recorder.start(stream); recorder.start(stream);
await pass(25_000);
const slices = running.map(({ slice }) => slice ?? null);
recorder.stop();                       // a pause, 5 s into the third
const atPause = running.length;
await pass(7_000);
recorder.start(stream);
await pass(4_000);
running[0].stop();                     // it ends by itself
await pass(3_000);
broken = 1;
recorder.stop(); recorder.start(stream);
await pass(3_000);
const again = running.length;
recorder.stop();
const told = clips.map(({ blob, from, until, ...rest }) => rest);
console.log(JSON.stringify({ clips: told, failures, most, slices, atPause,
  again, after: running.length }));
"""
)
_KEEP = (
    _WORLD
    + """
import { ClipStore, MemoryShelf } from "@static/js/candidate/clip_store.js";
const sound = (bytes) => new ArrayBuffer(bytes);
const shelf = new MemoryShelf(100);
let left = null, full = 0;
const put = shelf.put.bind(shelf);
shelf.put = (...given) => (full-- > 0 ? Promise.reject(new Error("QuotaExceededError")) : put(...given));
const dropped = [];
const open = (attempt) => {
  const store = new ClipStore({ attempt, shelf, room: async () => left, now: () => clock.now() });
  store.addEventListener("dropped", ({ detail }) => dropped.push(detail.sequence));
  return store;
};
const store = open("a"), other = open("b");
const numbersOf = async (each) => (await each.list()).map(({ sequence }) => sequence);
const keep = (sequence, bytes, each = store) =>
  each.keep({ sequence, startedAt: clock.now(), seconds: 30 }, bytes ? sound(bytes) : null);
const seen = {};
await keep(2, 40); await keep(0, 40); await keep(1, 0);
seen.order = await numbersOf(store);
await keep(3, 40);                     // 120 of 100 bytes
seen.bound = [await numbersOf(store), [...dropped]];
full = 1; await keep(4, 10);           // the browser itself is full
seen.quota = [await numbersOf(store), [...dropped]];
left = 20e6 - 5; await keep(5, 5);     // answers need the rest
seen.answers = [await numbersOf(store), [...dropped]];
left = null; await keep(6, 10);
await store.giveWay();
seen.away = await numbersOf(store);
await keep(7, 10); await keep(0, 10, other);
await store.clear();
seen.cleared = [await numbersOf(store), await numbersOf(other)];
time += 76 * 60_000;                   // nobody takes it any more, whose ever it was
await store.forgetOld();
seen.old = await numbersOf(other);
full = 99; await keep(8, 10);
seen.hopeless = [await numbersOf(store), dropped.at(-1)];
console.log(JSON.stringify(seen));
"""
)
_SEND = (
    _WORLD
    + """
import { ClipStore, MemoryShelf } from "@static/js/candidate/clip_store.js";
import { ClipSender } from "@static/js/candidate/clip_sender.js";
import { ApiError } from "@static/js/shared/http.js";
const refusal = (status, code, retryAfterMs = null) =>
  new ApiError({ status, code, detail: "", retryAfterMs });
const room = async () => null, now = () => clock.now();
const store = new ClipStore({ attempt: "a", shelf: new MemoryShelf(), room, now });
let saving = false, under = 0, most = 0;
const sent = [], told = [];
const answers = new Map();
const post = async ({ sequence }, bytes) => {
  under += 1; most = Math.max(most, under);
  sent.push([time / 1000, sequence, bytes?.byteLength ?? null]);
  await settle();
  under -= 1;
  const answer = answers.get(sequence)?.shift();
  if (answer instanceof ApiError) throw answer;
  return { sequence, accepted: true, code: "", ...answer };
};
const sender = new ClipSender({ store, isSaving: () => saving, post });
for (const name of ["answered", "refused", "waiting", "empty"])
  sender.addEventListener(name, ({ detail: { sequence = null, code = null } }) => {
    told.push([name, sequence, code]);
  });
const keep = async (sequence, bytes = 8) => {
  const piece = { sequence, startedAt: clock.now(), seconds: 30 };
  await store.keep(piece, bytes ? new ArrayBuffer(bytes) : null);
};
const round = async (ms) => {
  sender.wake(); await pass(ms);
  const found = { sent: [...sent], told: [...told] };
  sent.length = 0; told.length = 0; return found; };
const seen = {};
await keep(0); await keep(1, 0); await keep(2);
answers.set(1, [{ accepted: false, code: "repeated" }]);
seen.order = await round(1000);
await keep(3);
answers.set(3, [refusal(503, "overloaded", 7000), refusal(0, "offline"), refusal(401, "not_signed_in")]);
seen.retry = await round(40_000);
await keep(4); await keep(5);
answers.set(5, [refusal(500, "http_500")]); answers.set(4, [refusal(409, "ended")]);
seen.poison = await round(1000);
await pass(70_000);
seen.poisonLater = sent.splice(0).map(([, sequence]) => sequence);
await keep(6); saving = true;
const until = time;
seen.saving = (await round(9000)).sent.map(([at]) => at - until / 1000);
saving = false;
await keep(7); answers.set(7, [refusal(0, "offline")]);
await round(500); await sender.hurry();
seen.hurried = sent.splice(0).length;
sender.stop(); await keep(8);
seen.stopped = (await round(5000)).sent.length;
seen.most = most;
console.log(JSON.stringify(seen));
"""
)
_QUIET = (
    _WORLD
    + """
import { SoundMemory } from "@static/js/candidate/sound_memory.js";
const answers = given.map((pieces) => {
  const memory = new SoundMemory(100);
  let at = 0;
  return pieces.map((levels) => {
    const from = at;
    for (const db of levels) { at += 100; if (db !== null) memory.note(db, at); }
    return memory.judge(from + 1, at);
  });
});
console.log(JSON.stringify(answers));
"""
)
_GAPS = (
    _WORLD
    + """
import { SoundGaps } from "@static/js/candidate/sound_gaps.js";
const gaps = new SoundGaps({ numbers, clock });
const told = [];
gaps.addEventListener("gap", ({ detail }) => told.push(Object.values(detail)));
gaps.start(); gaps.start();
await pass(36_000);
gaps.stop();
gaps.start();                          // muted by mistake, and on again
await pass(4_000);
gaps.stop(); gaps.stop();
await pass(60_000);
console.log(JSON.stringify(told));
"""
)
_NUMBERS = """
import { ClipNumbers } from "@static/js/candidate/clip_numbers.js";
const kept = new Map();
const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
const [first, second, other] = ["a", "a", "b"].map((attempt) => new ClipNumbers(attempt, storage));
const refusing = { getItem: () => null, setItem: () => { throw new Error("full"); } };
const unkept = new ClipNumbers("a", refusing);
unkept.atLeast(11);
second.atLeast(-1);
const taken = [first, first, second, first, other, unkept, unkept].map((each) => each.take());
const afterReload = new ClipNumbers("a", storage);
afterReload.atLeast(2);
console.log(JSON.stringify([...taken, afterReload.take()]));
"""


def test_pieces_are_complete_overlap_a_little_and_know_their_own_length() -> None:
    seen = run_script(_RECORD, {})
    assert [clip["sequence"] for clip in seen["clips"]][:3] == [0, 1, 2]
    first, second, third, fourth, *_ = seen["clips"]
    assert first["seconds"] == 10.25
    assert second["startedAt"] == 1_010_000  # before the first has ended
    assert third["seconds"] == 5.0  # the pause ended it at once
    assert fourth["startedAt"] == 1_032_000
    assert first["mime"] == "audio/mp4"  # the first kind that this browser knows
    assert seen["slices"] == [None]
    assert (seen["most"]["at_once"], seen["atPause"], seen["after"]) == (2, 0, 0)
    assert seen["failures"] == ["NotSupportedError"]
    assert seen["again"] == 1


def test_what_is_kept_is_bounded_and_never_takes_the_room_of_answers() -> None:
    seen = run_script(_KEEP, {})
    assert seen["order"] == [0, 1, 2]
    assert seen["bound"] == [[1, 2, 3], [0]]  # what says that nothing was heard costs nothing
    assert seen["quota"] == [[1, 3, 4], [0, 2]]
    assert seen["answers"] == [[1, 4, 5], [0, 2, 3]]
    assert seen["away"] == [1]
    assert seen["cleared"] == [[], [0]]
    assert seen["old"] == []
    assert seen["hopeless"] == [[], 8]


def test_the_newest_goes_first_and_nothing_goes_twice_at_once() -> None:
    seen = run_script(_SEND, {})
    assert [sequence for _, sequence, _ in seen["order"]["sent"]] == [2, 1, 0]
    assert seen["order"]["sent"][1][2] is None
    assert ["answered", 1, "repeated"] in seen["order"]["told"]
    times = [at for at, _, _ in seen["retry"]["sent"]]
    assert [sequence for _, sequence, _ in seen["retry"]["sent"]] == [3, 3, 3, 3]
    assert times[1] - times[0] >= 7  # as the server wished
    assert times[3] - times[2] >= 15
    assert [each[1] for each in seen["poison"]["sent"]] == [5, 4]
    assert ["refused", 4, "ended"] in seen["poison"]["told"]
    assert seen["poisonLater"] == [5]
    assert len(seen["saving"]) == 1
    assert 5 <= seen["saving"][0] <= 6  # answers first, but not for ever
    assert seen["hurried"] == 1
    assert (seen["stopped"], seen["most"]) == (0, 1)


def test_only_what_holds_nothing_is_left_out() -> None:
    room, speech = [-70.0, -68.0] * 50, [-30.0] * 5
    quiet_voice = room[:-8] + [-58.0] * 8
    click = room[:-2] + [-20.0] * 2
    asleep: list[Any] = [None] * 60 + room[:40]
    louder = [-40.0, -39.0] * 50
    zeros = [-100.0] * 100
    given = [[speech + room, room, quiet_voice, click, asleep, louder], [zeros, zeros], [[-70.0] * 20]]
    noisy, muted, short = run_script(_QUIET, given)
    assert [each["isQuiet"] for each in noisy] == [False, True, False, True, False, False]
    assert noisy[1]["level"] == -68.0
    assert muted[1] == {"isQuiet": True, "level": -100.0}
    assert short[0]["isQuiet"] is False  # how quiet the room can be is not known yet


def test_time_in_which_nothing_came_is_told_of_in_pieces() -> None:
    assert run_script(_GAPS, {}) == [[0, 1_000_000, 30.0, -100], [1, 1_030_000, 6.0, -100]]


def test_numbers_grow_over_tabs_and_reloads() -> None:
    assert run_script(_NUMBERS, {}) == [0, 1, 2, 3, 0, 12, 13, 4]
