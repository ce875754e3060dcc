// Messages and the raised hand in the details of one candidate, on the proctor's page.

import { getJSON, postJSON } from "../shared/http.js";
import { TalkLine } from "../shared/talk_line.js";
import { TalkList } from "../shared/talk_list.js";
import { TalkMemory, openStorage } from "../shared/talk_memory.js";

const ASK_MS = 20000;

/** `wall`: {details, events, announcer, times} of the proctor's page. */
export class TalkPanel {
  constructor({ details, events, announcer, times }) {
    Object.assign(this, { dialog: details.dialog, announcer, times, line: null });
    this.dialog.addEventListener("panel:shown", () => this.#begin());
    this.dialog.addEventListener("panel:left", () => this.#end());
    events.on("chat.", (event) => this.#heard(event));
    events.on("hand.", (event) => this.#heard(event));
  }

  #begin() {
    this.#end();
    this.root = this.dialog.querySelector("[data-talk-panel]");
    if (!this.root) return;
    const { attempt, zone, name, announceUrl, talkUrl } = this.root.dataset;
    this.attempt = Number(attempt);
    const server = { get: (path) => getJSON(talkUrl + path), post: (path, body) => postJSON(new URL(talkUrl + path, location.href).pathname, body) };
    const line = new TalkLine({ side: "proctor", server, kept: new TalkMemory(openStorage(), `proctor-${attempt}`) });
    this.#part("list").replaceChildren();
    this.list = new TalkList(
      { list: this.#part("list"), template: this.#part("template"), empty: this.#part("empty") },
      { zone, names: { candidate: name, proctor: "" }, side: "proctor", onDrop: (id) => this.#takeBack(id), announceUrl },
    );
    line.addEventListener("change", () => this.line === line && this.#show());
    this.line = line;
    this.#listen();
    line.ask();
    this.timer = setInterval(() => line.ask(), ASK_MS);
  }

  #end() {
    clearInterval(this.timer);
    this.line = null;
    this.attempt = null;
  }

  #listen() {
    this.#part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#part("text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#part("form").requestSubmit();
    });
    this.#part("lower").addEventListener("click", () => this.line?.setHand(false));
  }

  #heard({ kind, attempt, payload }) {
    if (this.line && attempt === this.attempt) this.line.hear(kind, payload);
    const { name } = payload.candidate;
    if (kind === "chat.said" && payload.message.side === "candidate") this.announcer.say(`${name} wrote: ${payload.message.text}`);
    if (kind === "hand.raised") this.announcer.say(`${name} raised a hand.`);
  }

  #send() {
    const field = this.#part("text");
    const problem = this.#part("problem");
    const isTaken = this.line.say(field.value);
    problem.hidden = isTaken;
    field.setAttribute("aria-invalid", String(!isTaken));
    if (isTaken) field.value = "";
    else problem.textContent = field.value.trim() ? "At most 1000 characters." : "Write the message first.";
    field.focus();
  }

  #takeBack(id) {
    this.#part("text").value += this.line.drop(id);
    this.#part("text").focus();
  }

  #show() {
    const { line } = this;
    this.list.show(line);
    const since = line.isHandUp ? line.handSince : null;
    this.#part("hand-line").hidden = since === null;
    this.#part("lower").hidden = since === null;
    if (since !== null) this.#part("hand-words").textContent = `The hand is up since ${this.times.minute(Date.parse(since))}.`;
    this.#part("form").hidden = !line.isOpen;
    if (this.#part("closed").textContent !== line.closed) this.#part("closed").textContent = line.closed;
    // Who has the details open sees what comes: for the candidate it is read.
    if (line.unread && !document.hidden) line.seen();
  }

  #part(name) {
    return this.root.querySelector(`[data-talk-${name}]`);
  }
}
