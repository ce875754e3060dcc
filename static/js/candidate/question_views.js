// Tells the server which question is on the screen, and since when: begun and ended looks, in any order, at leisure.

const GATHER_MS = 1000;
const RETRY_MS = 15000;
const MOST_AT_ONCE = 50;
const MOST_WAITING = 500;

/** A look is {n, item, wall, mono, seconds}; `seconds` null while it goes on. Pure but for the two clocks. */
export class ViewLog {
  constructor({ wall = Date.now, mono = () => performance.now() } = {}) {
    Object.assign(this, { wall, mono });
    this.next = wall() * 1000 + Math.floor(Math.random() * 1000); // no two pages of an attempt give the same numbers
    this.current = null;
    this.waiting = new Map();
    this.sent = new Map();
  }

  /** Question `item` is on the screen now, or none (null). True when something is to be told. */
  show(item) {
    if ((this.current?.item ?? null) === item) return false;
    if (this.current) this.#wait({ ...this.current, seconds: this.#since(this.current) });
    this.current = item === null ? null : { n: this.next++, item, wall: this.wall(), mono: this.mono(), seconds: null };
    if (this.current) this.#wait(this.current);
    return true;
  }

  batch() {
    const chosen = [...this.waiting.values()].slice(0, MOST_AT_ONCE);
    for (const each of chosen) this.sent.set(each.n, each);
    const now = this.wall();
    const views = chosen.map(({ n, item, mono, seconds }) => ({
      n,
      item,
      at: Math.round(now - (this.mono() - mono)), // by how long ago: somebody may have set the clock meanwhile
      ...(seconds === null ? {} : { seconds: Math.round(seconds * 10) / 10 }),
    }));
    return { now, views };
  }

  /** The server has these, unless they have changed since they were sent. */
  remove(numbers) {
    for (const n of numbers) {
      if (this.waiting.get(n) === this.sent.get(n)) this.waiting.delete(n);
      this.sent.delete(n);
    }
  }

  get isEmpty() {
    return this.waiting.size === 0;
  }

  #wait(look) {
    if (this.waiting.size < MOST_WAITING || this.waiting.has(look.n)) this.waiting.set(look.n, look);
  }

  #since({ mono }) {
    return Math.max(0, (this.mono() - mono) / 1000);
  }
}

/** Follows the page's event "attempt:question" {item}; a hidden page shows no question. */
export class QuestionViews {
  constructor({ socket, log = new ViewLog() }) {
    Object.assign(this, { socket, log });
    this.item = null;
    this.timer = null;
    this.isRefused = false;
  }

  listen() {
    document.addEventListener("attempt:question", ({ detail }) => {
      this.item = detail.item;
      this.#look();
    });
    document.addEventListener("visibilitychange", () => this.#look());
    window.addEventListener("pagehide", () => {
      this.log.show(null);
      this.#send();
    });
    // The page may have shown its first question before this began to listen.
    this.item = Number(document.querySelector(".question:not([hidden])")?.dataset.item) || null;
    this.#look();
    this.socket.addEventListener("hello", () => {
      this.isRefused = false;
      this.#later(0);
    });
    this.socket.addEventListener("question_views_result", ({ detail }) => this.#answered(detail));
    return this;
  }

  #look() {
    if (this.log.show(document.hidden ? null : this.item)) this.#later(GATHER_MS);
  }

  #later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#send(), delay);
  }

  #send() {
    if (this.log.isEmpty || this.isRefused) return;
    const batch = this.log.batch();
    if (this.socket.send({ type: "question_views", ...batch })) this.#later(RETRY_MS);
  }

  #answered({ accepted, code }) {
    clearTimeout(this.timer);
    if (code) this.isRefused = true; // it would be refused again; a new connection asks anew
    this.log.remove(accepted ?? []);
    if (!this.log.isEmpty && !code) this.#later(GATHER_MS);
  }
}
