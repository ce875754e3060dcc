"""Messages in the browser: kept until the server has them, sent once, in order; and what counts as new."""

from typing import Any

import pytest

from tests.node import run_script

_LINE = """
import { ApiError } from "@static/js/shared/http.js";
import { TalkLine } from "@static/js/shared/talk_line.js";
import { TalkMemory } from "@static/js/shared/talk_memory.js";

class Storage {
  #values = new Map();
  get length() { return this.#values.size; }
  key(place) { return [...this.#values.keys()][place] ?? null; }
  getItem(key) { return this.#values.get(key) ?? null; }
  setItem(key, value) { this.#values.set(key, value); }
  removeItem(key) { this.#values.delete(key); }
}
class Server {
  rows = [];
  calls = [];
  down = null;
  async get(path) {
    this.calls.push(path);
    const after = Number(path.split("=")[1]);
    const messages = this.rows.filter(({ id }) => id > after);
    const read_up_to = { candidate: 0, proctor: 0 };
    return { messages, more: false, read_up_to, hand_since: null, is_open: true, closed: "" };
  }
  async post(path, body) {
    this.calls.push([path, body.text ?? body]);
    if (this.down) throw this.down;
    if (path !== "") return { hand_since: body.up ? "2026-01-01T10:00:00Z" : null };
    const again = this.rows.find((each) => each.client_id === body.client_id);
    return again ?? this.write("candidate", body.text, body.client_id);
  }
  write(side, text, client_id = "") {
    const id = 10 + this.rows.length;
    const row = { id, side, text, client_id, author: side, read_at: null, sent_at: "2026-01-01T10:00:00Z" };
    this.rows.push(row);
    return row;
  }
}
const storage = new Storage();
const server = new Server();
const waits = [];
const later = (work, ms) => waits.push([work, ms]);
const open = () => new TalkLine({ side: "candidate", server, kept: new TalkMemory(storage, 5), later });
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const offline = new ApiError({ status: 0, code: "offline", detail: "The server cannot be reached." });
const out = {};

server.down = offline;
const first = open();
out.empty = [first.say("   "), first.say("x".repeat(1001))];
first.say("one", { item: 7, position: 3 });
first.say("two");
first.setHand(true);
await settle();
const unsent = first.unsent.map(({ text }) => text);
out.offline = { unsent, known: first.messages.length, hand: first.isHandUp, kept: storage.length };
out.tries = waits.length;

const reloaded = open();
out.reloaded = reloaded.unsent.map(({ text, position }) => [text, position]);
server.down = null;
await reloaded.ask();
await first.send(); // the other tab sends the same again
await settle();
const rows = server.rows.map(({ text }) => text);
out.sent = { rows, unsent: reloaded.unsent.length, kept: storage.length };

const news = [];
reloaded.addEventListener("news", ({ detail }) => news.push(...detail.messages.map(({ text }) => text)));
const lost = server.write("proctor", "early");
const heard = server.write("proctor", "late");
reloaded.hear("chat.said", { message: heard });
out.before = reloaded.messages.map(({ text }) => text);
await reloaded.ask();
out.after = reloaded.messages.map(({ text }) => text);
out.news = news;
out.unread = reloaded.unread;
await reloaded.seen();
out.seen = [reloaded.unread, server.calls.at(-1)];
out.isRead = reloaded.isRead(reloaded.messages[0]);
reloaded.hear("chat.read", { side: "proctor", up_to: 10 });
out.isReadNow = [reloaded.isRead(reloaded.messages[0]), reloaded.isRead(reloaded.messages[1])];

server.down = new ApiError({ status: 409, code: "ended", detail: "The exam has ended." });
reloaded.say("too late");
await settle();
const [refused] = reloaded.unsent;
out.refused = [refused.problem, reloaded.drop(refused.client_id), storage.length];
server.down = new ApiError({ status: 429, code: "too_often", detail: "Slowly.", retryAfterMs: 60000 });
reloaded.say("many");
await settle();
out.slow = [reloaded.unsent.map(({ problem }) => problem), waits.at(-1)[1]];
console.log(JSON.stringify(out));
"""


@pytest.fixture(scope="module")
def line() -> Any:
    return run_script(_LINE, None)


def test_what_cannot_be_sent_is_kept_over_a_reload_and_sent_once_in_order(line: Any) -> None:
    assert line["empty"] == [False, False]
    assert line["offline"] == {"unsent": ["one", "two"], "known": 0, "hand": True, "kept": 2}
    assert line["tries"] == 1
    assert line["reloaded"] == [["one", 3], ["two", None]]
    assert line["sent"] == {"rows": ["one", "two"], "unsent": 0, "kept": 0}


def test_an_event_that_overtakes_another_loses_none(line: Any) -> None:
    assert line["before"] == ["one", "two", "late"]
    assert line["after"] == ["one", "two", "early", "late"]
    assert sorted(line["news"]) == ["early", "late"]


def test_what_is_seen_is_told_and_no_longer_new(line: Any) -> None:
    assert line["unread"] == 2
    assert line["seen"] == [0, ["read/", {"up_to": 13}]]
    assert line["isRead"] is False
    assert line["isReadNow"] == [True, False]


def test_a_refusal_gives_the_text_back_and_a_limit_only_waits(line: Any) -> None:
    assert line["refused"] == ["The exam has ended.", "too late", 0]
    assert line["slow"] == [[""], 60000]
