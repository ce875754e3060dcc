"""The shared screen in the page's scripts: what counts as whole, as a change, as a gap; what is sent."""

from typing import Any

from tests.node import run_script

_WORLD = """
import { mock } from "node:test";
let time = 0;
mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
globalThis.performance = { now: () => time };
console.warn = () => {};
const settle = async () => { for (let n = 0; n < 40; n += 1) await null; };
const pass = async (ms, step = 100) => {
  for (const end = time + ms; time < end; ) { time += step; mock.timers.tick(step); await settle(); }
};
const clock = { now: () => 1_000_000 + time };
const seen = {};
"""
_SHARE = (
    _WORLD
    + """
import { helpFor, ScreenShare } from "@static/js/candidate/screen_share.js";
class Track extends EventTarget {
  constructor(surface) { super(); this.surface = surface; this.muted = false; this.isStopped = false; }
  getSettings() { return { displaySurface: this.surface }; }
  stop() { this.isStopped = true; }
}
const tracks = [], asked = [];
const media = { getDisplayMedia(wishes) { asked.push(wishes); return media.answer(); } };
const sharing = (surface) => async () => {
  const track = new Track(surface); tracks.push(track);
  return { getTracks: () => [track], getVideoTracks: () => [track] };
};
const failing = (name) => async () => { throw Object.assign(new Error("no"), { name }); };
const share = new ScreenShare({ media, patienceMs: 5000 });
const told = [];
share.addEventListener("state", ({ detail }) => told.push(detail.state));
const ask = async (answer) => {
  media.answer = answer; const done = share.ask(); await settle(); await done; await settle();
  return [share.state, share.surface, share.text !== "", share.track !== null];
};
seen.monitor = await ask(sharing("monitor"));
seen.wishes = asked[0];
seen.window = await ask(sharing("window"));
seen.tab = await ask(sharing("browser"));
seen.untold = await ask(sharing(undefined));
seen.denied = await ask(failing("NotAllowedError"));
seen.broken = await ask(failing("NotReadableError"));
let late;
media.answer = () => new Promise((resolve) => { late = resolve; });
const waiting = share.ask();
await pass(5_100);
await waiting;
seen.late = share.state;
late(await sharing("monitor")());
await settle();
seen.stopped = tracks.map((each) => each.isStopped);
await ask(sharing("monitor"));
const track = tracks.at(-1);
track.muted = true; track.dispatchEvent(new Event("mute"));
await pass(2_100);
seen.silent = [share.state, track.isStopped];
await ask(sharing("monitor"));
tracks.at(-1).dispatchEvent(new Event("ended"));
seen.ended = share.state;
share.stop();
seen.off = share.state;
const phone = new ScreenShare({ media: {} });
await phone.ask();
seen.phone = [phone.isPossible, phone.state];
const agents = ["Firefox/140.0", "Chrome/140 Safari/537", "Version/18 Safari/605", "?"];
seen.help = agents.map((agent) => helpFor(agent));
console.log(JSON.stringify(seen));
"""
)
_CHANGES = """
import { GRID, ScreenChanges } from "@static/js/candidate/screen_changes.js";
const blank = () => new Uint8ClampedArray(GRID.width * GRID.height * 4).fill(200);
const paint = (fields, level = 40) => {
  const pixels = blank();
  for (let n = 0; n < fields * 4; n += 1) pixels[400 + n] = level;
  return pixels;
};
const changes = new ScreenChanges();
const look = (pixels, now) => { const is = changes.look(pixels, now); if (is) changes.took(now); return is; };
console.log(JSON.stringify([
  look(blank(), 0), look(blank(), 10_000),
  look(paint(2), 11_000),          // a caret blinks
  look(paint(40, 195), 12_000),    // noise of a film codec
  look(paint(12), 20_000),         // words were typed
  look(paint(12), 30_000),
  look(blank(), 31_000),
  look(blank(), 90_000), look(blank(), 91_100),
]));
"""
_GAPS = (
    _WORLD
    + """
import { ScreenGaps } from "@static/js/candidate/screen_gaps.js";
const notes = [];
const gaps = new ScreenGaps({ note: ({ seconds, count }) => notes.push([seconds, count]), now: () => time });
const wait = (seconds) => { for (let n = 0; n < seconds; n += 1) { time += 1000; gaps.tick(); } };
gaps.set(true, 10_000); wait(9); gaps.set(false);
seen.short = notes.splice(0);
gaps.set(true, 10_000); gaps.set(true, 10_000); wait(45); gaps.set(false);
seen.long = notes.splice(0);
gaps.set(true, 30_000); wait(29); gaps.finish(); wait(100);
seen.quiet = notes.splice(0);
console.log(JSON.stringify(seen));
"""
)
_SEND = (
    _WORLD
    + """
globalThis.document = { createElement: () => ({}) };
import { ScreenSender } from "@static/js/candidate/screen_sender.js";
import { ApiError } from "@static/js/shared/http.js";
const refusal = (status, code) => new ApiError({ status, code, detail: "" });
let picture = 0, has = true, saving = false, answers = [];
const camera = {
  get hasPicture() { return has; },
  look: () => new Uint8ClampedArray(400).fill(picture),
  take: async () => ({ size: 80_000 }),
};
const sent = [], told = [];
const post = async (url, { sequence, unchanged, dropped }) => {
  sent.push([sequence, unchanged, dropped]);
  const answer = answers.shift() ?? {};
  if (answer instanceof ApiError) throw answer;
  return { accepted: true, code: "", kept: false, screen_seconds: 10, last_sequence: sequence, ...answer };
};
const sender = new ScreenSender({ camera, clock, url: "/x", isSaving: () => saving, post });
for (const name of ["sent", "refused", "waiting", "skipped"])
  sender.addEventListener(name, () => told.push(name));
const round = async (ms) => { await pass(ms); return sent.splice(0); };
sender.start(10, 4);
seen.first = await round(1_500);
seen.unchanged = await round(30_000);
picture = 100;
seen.changed = await round(10_000);
saving = true; picture = 200;
seen.saving = await round(10_000);
saving = false;
seen.after = await round(1_500);
answers = Array(40).fill(refusal(0, "offline"));
for (let n = 0; n < 15; n += 1) { picture = n % 2 ? 0 : 255; await pass(10_000); }
sent.splice(0); answers = [];
seen.back = await round(8_000);
seen.waiting = told.includes("waiting");
picture = 77; answers = [refusal(409, "consent_missing")];
seen.refused = (await round(10_500)).length;
picture = 177;
seen.stopped = (await round(30_000)).length;
console.log(JSON.stringify(seen));
"""
)
_FILM = (
    _WORLD
    + """
globalThis.MediaRecorder = class extends EventTarget {
  static isTypeSupported(type) { return type === "video/webm"; }
  constructor(stream, { mimeType }) { super(); this.mimeType = mimeType; this.state = "inactive"; }
  start() { this.state = "recording"; }
  stop() {
    this.state = "inactive";
    const event = new Event("dataavailable"); event.data = new Blob(["film"]);
    this.dispatchEvent(event);
  }
};
const { ScreenFilm } = await import("@static/js/candidate/screen_film.js");
const sent = [];
const post = async (url, { startedAt, endedAt }, ask) =>
  sent.push([ask, startedAt - 1_000_000, endedAt - 1_000_000]);
const film = new ScreenFilm({ clock, url: "/x", post });
film.start({}); film.start({});
await pass(64_500);
seen.unasked = [sent.length, film.pieces.length];
film.want({ ask: "a", from: 1_054_500, to: 1_074_500 });
await settle();
seen.at_once = sent.splice(0);
await pass(40_000);
seen.later = sent.splice(0);
film.want({ ask: "b", from: 1_000_000, to: 1_104_000 });
await settle();
sent.splice(0);
film.stop();
await settle();
seen.stopped = [sent.splice(0).map(([ask]) => ask), film.pieces.length];
film.want({ ask: "c", from: 1_090_000, to: 1_110_000 });
await pass(30_000);
seen.forgotten = sent.length;
console.log(JSON.stringify(seen));
"""
)


def test_only_a_whole_screen_is_taken_and_nothing_goes_on_unseen() -> None:
    seen: Any = run_script(_SHARE, {})
    assert seen["monitor"] == ["ok", "monitor", False, True]
    assert seen["wishes"]["video"]["displaySurface"] == "monitor"
    assert (seen["wishes"]["audio"], seen["wishes"]["selfBrowserSurface"]) == (False, "exclude")
    assert seen["window"] == seen["tab"] == ["window", "", True, False]
    assert seen["untold"] == ["ok", "unknown", False, True]
    assert [seen["denied"][0], seen["broken"][0], seen["late"]] == ["denied", "failed", "failed"]
    assert seen["stopped"] == [True] * 5
    assert seen["silent"] == ["ended", True]
    assert [seen["ended"], seen["off"]] == ["ended", "off"]
    assert seen["phone"] == [False, "none"]
    assert len(set(seen["help"])) == 4


def test_a_screen_is_sent_when_it_has_changed_and_once_a_minute() -> None:
    changed = [True, False, False, False, True, False, True, False, True]
    assert run_script(_CHANGES, {}) == changed


def test_a_gap_is_told_after_its_grace_and_in_pieces() -> None:
    seen: Any = run_script(_GAPS, {})
    assert seen == {"short": [], "long": [[10.0, 1], [30.0, 0], [5.0, 0]], "quiet": []}


def test_pictures_go_one_at_a_time_and_what_is_lost_is_counted() -> None:
    seen: Any = run_script(_SEND, {})
    assert seen["first"] == [[5, 0, 0]]
    assert seen["unchanged"] == []
    assert seen["changed"] == [[6, 3, 0]]
    assert seen["saving"] == []
    assert seen["after"] == [[7, 0, 0]]
    numbers = [sequence for sequence, _, _ in seen["back"]]
    assert len(numbers) == 12
    assert numbers == sorted(numbers, reverse=True)  # the newest first
    assert sum(dropped for _, _, dropped in seen["back"]) == 3
    assert seen["waiting"]
    assert (seen["refused"], seen["stopped"]) == (1, 0)


def test_a_film_leaves_the_computer_only_when_asked_for() -> None:
    seen: Any = run_script(_FILM, {})
    assert seen["unasked"] == [0, 3]
    assert [(start // 1000, end // 1000) for _, start, end in seen["at_once"]] == [(50, 60)]
    assert [(start // 1000, end // 1000) for _, start, end in seen["later"]] == [(60, 70), (70, 80)]
    assert seen["stopped"] == [["b"], 0]
    assert seen["forgotten"] == 0
