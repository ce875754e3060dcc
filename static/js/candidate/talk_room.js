// Messages to the proctors and the raised hand on a candidate's page. It never takes the focus from an answer.

import { getJSON } from "../shared/http.js";
import { TalkLine } from "../shared/talk_line.js";
import { TalkList } from "../shared/talk_list.js";
import { TalkMemory, openStorage } from "../shared/talk_memory.js";
import { postRenewing } from "./renewing_post.js";

const ASK_MS = 10000;
const ASK_WITH_SOCKET_MS = 60000;
const FIRST_ASK_MS = 500;
const SPREAD_MS = 4000;

class TalkRoom {
  /** `socket`: an ExamSocket, or null on pages without one, which ask by themselves. */
  constructor(root, socket) {
    Object.assign(this, { root, socket, about: null });
    const url = root.dataset.talk;
    this.memory = new TalkMemory(openStorage(), root.dataset.attempt);
    const server = { get: (path) => getJSON(url + path), post: (path, body) => postRenewing(new URL(url + path, location.href).pathname, body) };
    this.line = new TalkLine({ side: "candidate", server, kept: this.memory });
    this.list = new TalkList(
      { list: this.#part("list"), template: this.#part("template"), empty: this.#part("empty") },
      { zone: root.dataset.zone, names: { candidate: "You", proctor: "Proctor" }, side: "candidate", onDrop: (id) => this.#takeBack(id) },
    );
    this.jump = document.getElementById("talk-jump");
    this.#listen();
  }

  open() {
    this.#show();
    // At the start of a sitting everybody opens this page: not all of them ask in the same moment.
    setTimeout(() => this.line.ask(), FIRST_ASK_MS + Math.random() * SPREAD_MS);
    const wait = this.socket ? ASK_WITH_SOCKET_MS : ASK_MS;
    setInterval(() => !document.hidden && this.line.ask(), wait);
  }

  #listen() {
    this.line.addEventListener("change", () => this.#show());
    this.line.addEventListener("news", ({ detail }) => this.#announce(detail.messages));
    this.socket?.addEventListener("hello", () => this.#greeted());
    this.socket?.addEventListener("event", ({ detail }) => this.line.hear(detail.kind, detail.payload));
    window.addEventListener("online", () => this.line.ask());
    document.addEventListener("visibilitychange", () => this.#look());
    document.addEventListener("attempt:over", () => this.memory.forgetAll());
    this.root.addEventListener("toggle", () => this.#look());
    this.#part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#part("text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#part("form").requestSubmit();
    });
    this.#part("text").addEventListener("focus", () => this.#look());
    this.#part("ask").addEventListener("click", () => this.#setAbout(this.about ? null : shownQuestion()));
    this.#part("hand").addEventListener("click", () => this.line.setHand(!this.line.isHandUp));
    this.jump?.addEventListener("click", () => {
      this.root.open = true;
      this.#part("text").focus();
    });
  }

  /** After a gap something may have been missed; the first greeting comes with the page. */
  #greeted() {
    if (this.wasGreeted) this.line.ask();
    this.wasGreeted = true;
  }

  #send() {
    const field = this.#part("text");
    const problem = this.#part("problem");
    const isTaken = this.line.say(field.value, this.about);
    problem.hidden = isTaken;
    field.setAttribute("aria-invalid", String(!isTaken));
    if (!isTaken) {
      problem.textContent = field.value.trim() ? "At most 1000 characters." : "Write the message first.";
      field.focus();
      return;
    }
    field.value = "";
    this.#setAbout(null);
  }

  #setAbout(about) {
    this.about = about;
    this.#showAbout();
  }

  /** Without a question on the page, as in check-in, there is nothing to ask about. */
  #showAbout() {
    const button = this.#part("ask");
    button.hidden = !this.about && !document.querySelector("[data-item]");
    button.setAttribute("aria-pressed", String(this.about !== null));
    const words = this.about ? `About question ${this.about.position}` : "Ask about the question on the page";
    if (button.textContent !== words) button.textContent = words;
  }

  /** What is read is told only when it can be seen: the part is open, and so is the page. */
  #look() {
    if (this.root.open && !document.hidden) this.line.seen();
  }

  #announce(messages) {
    const words = messages.length > 2 ? `${messages.length} new messages from your proctor.` : messages.map(({ text }) => `Message from your proctor: ${text}`).join(" ");
    const speech = this.#part("speech");
    speech.textContent = "";
    setTimeout(() => {
      speech.textContent = words;
    }, 50);
  }

  #takeBack(id) {
    const text = this.line.drop(id);
    const field = this.#part("text");
    field.value = field.value ? `${field.value}\n${text}` : text;
    field.focus();
  }

  #show() {
    const { line } = this;
    this.list.show(line);
    const unread = line.unread;
    const count = unread ? `${unread} new` : "";
    for (const slot of document.querySelectorAll("[data-talk-count]")) {
      if (slot.textContent !== count) slot.textContent = count;
      slot.hidden = !unread;
    }
    const hand = this.#part("hand");
    hand.setAttribute("aria-pressed", String(line.isHandUp));
    const state = line.isHandUp ? (line.wantsHand ? "Your hand goes up as soon as there is a connection." : "Your hand is up. A proctor sees this; go on working.") : "";
    if (this.#part("hand-state").textContent !== state) this.#part("hand-state").textContent = state;
    this.jump?.classList.toggle("has-hand", line.isHandUp);
    this.#part("writing").hidden = !line.isOpen;
    const closed = this.#part("closed");
    closed.hidden = line.isOpen;
    if (closed.textContent !== line.closed) closed.textContent = line.closed;
    this.#showAbout();
    if (unread) this.#look();
  }

  #part(name) {
    return this.root.querySelector(`[data-talk-${name}]`);
  }
}

/** {item, position} of the question that is shown, or null. */
function shownQuestion() {
  const shown = document.querySelector(".question[data-item]:not([hidden])");
  const position = /\d+/.exec(shown?.querySelector("h2")?.textContent ?? "")?.[0];
  return shown ? { item: Number(shown.dataset.item), position: Number(position) } : null;
}

/** The dock of this page, if the exam has one. */
export function openTalk(socket = null) {
  const root = document.getElementById("talk");
  if (root) new TalkRoom(root, socket).open();
}
