// The messages of one attempt as a page of one side holds them: what is known, what is not sent yet, what is new.

import { ApiError } from "./http.js";

const RETRY_MS = 5000;
const MOST_MESSAGE = 1000;

/**
 * `side`: "candidate" or "proctor". `server`: {get(path), post(path, body)}, paths below the address of the messages.
 * `kept`: a TalkMemory, so that what is not sent survives a reload. `later(work, ms)` may be given for tests.
 * Events: "change" whenever something is to be shown anew; "news" {messages} when the other side has written.
 */
export class TalkLine extends EventTarget {
  constructor({ side, server, kept, later = (work, ms) => setTimeout(work, ms) }) {
    super();
    Object.assign(this, { side, server, kept, later });
    this.known = new Map();
    this.unsent = kept.all();
    this.cursor = 0; // moves only with whole answers of the server: an event alone may have come before another
    this.seenUpTo = 0;
    this.readUpTo = { candidate: 0, proctor: 0 };
    this.handSince = null;
    this.wantsHand = null; // raised or lowered here, not on the server yet
    this.isOpen = true;
    this.closed = "";
    this.isFirst = true;
    this.isSending = this.isAsking = this.asksAgain = false;
  }

  /** All messages, oldest first. */
  get messages() {
    return [...this.known.values()].sort((one, other) => one.id - other.id);
  }

  get unread() {
    return this.messages.filter((each) => this.#isNew(each)).length;
  }

  /** Whether the other side has seen a message of this one. */
  isRead(message) {
    return message.read_at !== null || message.id <= this.readUpTo[this.side];
  }

  get isHandUp() {
    return this.wantsHand ?? this.handSince !== null;
  }

  /** Writes a message; `about`: {item, position} of a question, or null. False for an empty or too long text. */
  say(text, about = null) {
    const wording = text.trim();
    if (!wording || wording.length > MOST_MESSAGE) return false;
    const entry = { client_id: crypto.randomUUID(), text: wording, item: about?.item ?? null, position: about?.position ?? null, problem: "" };
    this.unsent.push(entry);
    this.kept.keep(entry);
    this.#changed();
    this.send();
    return true;
  }

  /** Forgets a message that the server refused; gives its text back. */
  drop(clientId) {
    const entry = this.unsent.find((each) => each.client_id === clientId);
    this.#forget(clientId);
    this.#changed();
    return entry?.text ?? "";
  }

  /** Sends what is not sent yet, one after the other; what cannot be sent now goes out with a later try. */
  async send() {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        if (!(await this.#sendOne(next))) break;
      }
      await this.#sendHand();
    } finally {
      this.isSending = false;
      this.#changed();
    }
  }

  /** Asks the server for what is new; also after every gap. */
  async ask() {
    if (this.isAsking) {
      this.asksAgain = true;
      return;
    }
    this.isAsking = true;
    try {
      let answer;
      do {
        this.asksAgain = false;
        answer = await this.server.get(`?after=${this.cursor}`);
        this.#takeAnswer(answer);
      } while (answer.more || this.asksAgain);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    } finally {
      this.isAsking = false;
    }
    await this.send();
  }

  /** An event of the socket. */
  hear(kind, payload) {
    if (kind === "chat.said") this.#take([payload.message]);
    else if (kind === "chat.read") this.#hearRead(payload);
    else if (kind === "hand.raised" || kind === "hand.lowered") this.handSince = payload.hand_since;
    else return;
    this.#changed();
  }

  /** This side has seen everything that is known. */
  async seen() {
    const newest = this.messages.filter((each) => this.#isNew(each)).at(-1);
    if (!newest) return;
    this.seenUpTo = newest.id;
    this.#changed();
    try {
      await this.server.post("read/", { up_to: newest.id });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.seenUpTo = 0; // told again with the next look
    }
  }

  /** The candidate raises or lowers the hand; a proctor lowers it. */
  setHand(up) {
    this.wantsHand = up;
    this.#changed();
    this.send();
  }

  #next() {
    return this.unsent.find((each) => !each.problem);
  }

  async #sendOne({ client_id, text, item }) {
    try {
      const message = await this.server.post("", { client_id, text, item });
      this.#forget(client_id);
      this.#take([message]);
      this.#changed();
      return true;
    } catch (error) {
      return this.#failed(error, (detail) => {
        const entry = this.unsent.find((each) => each.client_id === client_id);
        if (entry) entry.problem = detail;
      });
    }
  }

  async #sendHand() {
    if (this.wantsHand === null) return;
    const up = this.wantsHand;
    try {
      const { hand_since: since } = await this.server.post("../hand/", { up });
      this.handSince = since;
      if (this.wantsHand === up) this.wantsHand = null;
    } catch (error) {
      this.#failed(error, () => {
        this.wantsHand = null;
      });
    }
  }

  /** Whether to go on with the next: a refusal is for good, everything else is tried again. */
  #failed(error, refused) {
    if (!(error instanceof ApiError)) throw error;
    if (error.isTemporary || error.status === 401) {
      if (!this.isWaiting) {
        this.isWaiting = true;
        this.later(() => {
          this.isWaiting = false;
          this.send();
        }, error.retryAfterMs ?? RETRY_MS);
      }
      return false;
    }
    refused(error.detail);
    return true;
  }

  #takeAnswer(answer) {
    this.readUpTo = answer.read_up_to;
    this.handSince = answer.hand_since;
    this.isOpen = answer.is_open;
    this.closed = answer.closed;
    this.#take(answer.messages);
    for (const { id } of answer.messages) this.cursor = Math.max(this.cursor, id);
    if (!answer.more) this.isFirst = false;
    this.#changed();
  }

  #take(messages) {
    const fresh = messages.filter((each) => !this.known.has(each.id));
    for (const message of messages) {
      this.known.set(message.id, message);
      if (message.side === this.side && message.client_id) this.#forget(message.client_id);
    }
    const news = fresh.filter((each) => this.#isNew(each));
    if (news.length) this.dispatchEvent(new CustomEvent("news", { detail: { messages: news, isFirst: this.isFirst } }));
  }

  #hearRead({ side, up_to: upTo }) {
    const other = side === "candidate" ? "proctor" : "candidate";
    this.readUpTo[other] = Math.max(this.readUpTo[other], upTo);
  }

  #isNew(message) {
    const readUpTo = Math.max(this.seenUpTo, this.readUpTo[message.side]);
    return message.side !== this.side && message.read_at === null && message.id > readUpTo;
  }

  #forget(clientId) {
    this.unsent = this.unsent.filter((each) => each.client_id !== clientId);
    this.kept.forget(clientId);
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}
