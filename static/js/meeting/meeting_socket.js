// The socket of a meeting: connects, notices silence, comes back by itself, and says when it will not.

const PING_MS = 10000;
const SILENCE_MS = 25000;
const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 15000;
const REFUSALS = {
  4401: "You are signed out. Sign in again, then come back to this page.",
  4403: "Your institution asks for a second factor. Set it up in your account, then come back.",
  4404: "You are no longer invited to this meeting.",
  4429: "This page sent too much at once. Come back to go on.",
};
const REASONS = {
  taken_over: "You have opened this meeting on another page or device; it goes on there.",
  revoked: "Your invitation was taken back. Ask the people who invited you if you think this is a mistake.",
  not_found: "You are no longer invited to this meeting.",
  ended: "The meeting is over. Thank you.",
  meeting_over: "The meeting is over. Thank you.",
  cancelled: "This meeting has been cancelled.",
  meeting_cancelled: "This meeting has been cancelled.",
  no_consent: "The notice has changed. Load this page again and read it.",
  too_early: "The waiting room is not open yet. Load this page again later.",
  live_off: "Live video is switched off on this server now.",
};

/** What to tell a page that was closed with this code and reason; "" when it should simply come back. */
export function wordsOf(code, reason) {
  if (REFUSALS[code]) return REFUSALS[code];
  return code === 4409 || code === 4410 ? (REASONS[reason] ?? "You cannot come into this meeting now.") : "";
}

/** `handlers`: onState("live" or "away"), onRefused(text, reason), onMessage(message). */
export class MeetingSocket {
  constructor(url, handlers, { makeSocket = (address) => new WebSocket(address) } = {}) {
    Object.assign(this, { url, handlers, makeSocket });
    this.socket = null;
    this.tries = 0;
    this.isStopped = true;
  }

  start() {
    if (!this.isStopped) return;
    this.isStopped = false;
    this.tries = 0;
    this.pinging = setInterval(() => this.#ping(), PING_MS);
    this.#connect();
  }

  stop() {
    this.isStopped = true;
    clearInterval(this.pinging);
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  /** Sends a message; false when the socket is closed. */
  send(message) {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  #connect() {
    if (this.isStopped) return;
    this.heardAt = performance.now();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = this.makeSocket(`${scheme}//${location.host}${this.url}`);
    this.socket = socket;
    socket.onmessage = ({ data }) => socket === this.socket && this.#hear(JSON.parse(data));
    socket.onclose = ({ code, reason }) => socket === this.socket && this.#closed(code, reason);
  }

  #hear(message) {
    this.heardAt = performance.now();
    if (message.type === "hello") {
      this.tries = 0;
      this.handlers.onState("live");
    }
    if (message.type !== "pong") this.handlers.onMessage(message);
  }

  #ping() {
    if (!this.socket) return;
    if (performance.now() - this.heardAt > SILENCE_MS) {
      const { socket } = this;
      this.#closed(1006, ""); // do not wait for a close that may never come
      socket.close();
    } else this.send({ type: "ping", sent_at: Date.now() });
  }

  #closed(code, reason) {
    this.socket = null;
    const words = wordsOf(code, reason);
    if (words) {
      this.stop();
      this.handlers.onRefused(words, reason);
      return;
    }
    this.handlers.onState("away");
    const wait = Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.tries);
    this.tries += 1;
    this.timer = setTimeout(() => this.#connect(), wait * (0.7 + Math.random() * 0.6));
  }
}
