// The socket of the proctor's page: connects, notices silence, comes back with the id of the last event seen.

const SILENCE_MS = 10000; // a pulse comes every two seconds
const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 15000;
const CONNECT_LIMIT_MS = 10000;
const REFUSALS = {
  4401: "You are signed out. Sign in again to go on watching.",
  4403: "Your institution asks for a second factor. Set it up in your account, then reload this page.",
  4404: "You no longer watch this sitting.",
};

/**
 * `handlers`: onState(state, since) with state "live", "reconnecting" or "offline"; onRefused(text, code);
 * onHello(message); onEvents(events); onPulse(attempts); onThumbnail(message); onLive(message).
 */
export class WallSocket {
  constructor(url, lastEventId, handlers) {
    this.url = url;
    this.lastEventId = lastEventId;
    this.handlers = handlers;
    this.seen = new Set();
    this.tries = 0;
    this.socket = null;
    this.downSince = null;
    this.shown = [];
    this.isStopped = false;
    this.others = new Map();
    this.heardAt = performance.now();
    setInterval(() => this.watch(), 1000);
    addEventListener("online", () => this.retryNow());
    addEventListener("offline", () => this.drop());
  }

  connect() {
    clearTimeout(this.timer);
    if (this.isStopped) return;
    this.heardAt = performance.now();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.url}?after=${this.lastEventId}`);
    this.socket = socket;
    socket.onmessage = (message) => socket === this.socket && this.hear(JSON.parse(message.data));
    socket.onclose = (event) => socket === this.socket && this.closed(event.code);
  }

  /** Messages of a type that the page itself does not know go to `handler`. */
  on(type, handler) {
    this.others.set(type, handler);
  }

  /** Sends a message; false when the socket is closed. */
  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Whose small pictures the server should send. */
  show(attempts) {
    this.shown = attempts;
    this.send({ type: "show", attempts });
  }

  hear(message) {
    this.heardAt = performance.now();
    if (message.type === "hello") this.greeted(message);
    else if (message.type === "events") this.takeEvents(message.events);
    else if (message.type === "pulse") this.handlers.onPulse(message.attempts);
    else if (message.type === "thumbnail") this.handlers.onThumbnail(message);
    else if (message.type === "live") this.handlers.onLive(message);
    else if (this.others.has(message.type)) this.others.get(message.type)(message);
    else if (message.type === "error") console.warn("socket:", message.code, message.detail);
  }

  greeted(message) {
    const downFor = this.downSince === null ? 0 : Date.now() - this.downSince;
    this.tries = 0;
    this.downSince = null;
    this.handlers.onState("live", null);
    this.handlers.onHello(message, downFor);
    this.show(this.shown);
  }

  takeEvents(events) {
    const fresh = events.filter((event) => !this.seen.has(event.id));
    for (const event of fresh) {
      this.seen.add(event.id);
      this.lastEventId = Math.max(this.lastEventId, event.id);
    }
    if (this.seen.size > 5000) this.seen = new Set([...this.seen].slice(-2500));
    if (fresh.length) this.handlers.onEvents(fresh);
  }

  closed(code) {
    this.socket = null;
    if (REFUSALS[code]) {
      this.isStopped = true;
      this.handlers.onState("offline", Date.now());
      this.handlers.onRefused(REFUSALS[code], code);
      return;
    }
    this.downSince ??= Date.now();
    // The first tries are quick; only when they fail is the page called offline.
    this.handlers.onState(this.tries < 3 && navigator.onLine ? "reconnecting" : "offline", this.downSince);
    const wait = Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.tries);
    this.tries += 1;
    this.timer = setTimeout(() => this.connect(), wait * (0.7 + Math.random() * 0.6));
  }

  watch() {
    if (!this.socket) return;
    const limit = this.socket.readyState === WebSocket.CONNECTING ? CONNECT_LIMIT_MS : SILENCE_MS;
    if (performance.now() - this.heardAt > limit) this.drop();
  }

  drop() {
    const socket = this.socket;
    if (!socket) return;
    this.closed(1006); // do not wait for a close that may never come
    socket.close();
  }

  retryNow() {
    if (this.socket || this.isStopped) return;
    this.tries = 0;
    this.connect();
  }
}
