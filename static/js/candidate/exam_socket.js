// The socket of one attempt: frames and pings up, results and events down; reconnects by itself.

import { ServerClock } from "../shared/clock.js";
import { LineQuality } from "./line_quality.js";

const MAGIC = 0x50465231; // "PFR1"
const HEADER_BYTES = 16;
const BEAT_MS = 500;
const PING_MS = 10000;
// Pictures are answered about once a second; where none are sent, pings show that the other side is there.
const QUIET_MS = 2200;
const SILENT_MS = 4500;
const DEAD_MS = 25000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15000;
// A greeting comes without a known way back; a ping soon gives a better sample.
const GREETING_RTT_MS = 400;
const SIGNED_OUT = 4401;
const NO_RETURN = [4403, 4404];

/**
 * Events: "open", "closed" {code, isFinal}, "silent" when the server has not answered for `SILENT_MS` although the
 * socket is open, "audible" when it answers again, and one per message type with the message as detail.
 */
export class ExamSocket extends EventTarget {
  constructor(attempt) {
    super();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.url = `${scheme}//${location.host}/ws/attempts/${attempt}/`;
    this.clock = new ServerClock();
    this.quality = new LineQuality();
    this.battery = null; // a Battery, where the notice named it
    this.socket = null;
    this.isWanted = false;
    this.retryMs = FIRST_RETRY_MS;
    this.rtt = null;
    this.heardAt = 0;
    this.pingedAt = 0;
    this.isSilent = false;
    this.retryTimer = null;
    setInterval(() => this.#beat(), BEAT_MS);
    window.addEventListener("online", () => this.#retryNow());
    window.addEventListener("offline", () => this.socket?.close());
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  open() {
    if (this.isWanted) return;
    this.isWanted = true;
    this.#connect();
  }

  close() {
    this.isWanted = false;
    clearTimeout(this.retryTimer);
    const { socket } = this;
    this.socket = null;
    socket?.close(1000);
  }

  /** A new connection in place of the present one. */
  reopen() {
    this.close();
    this.open();
  }

  /** One frame: the header of docs/architecture.md, then the JPEG. False when the socket is not open. */
  sendFrame(sequence, capturedAtMs, jpeg) {
    if (!this.isOpen) return false;
    const message = new Uint8Array(HEADER_BYTES + jpeg.byteLength);
    const header = new DataView(message.buffer);
    header.setUint32(0, MAGIC);
    header.setUint32(4, sequence);
    header.setBigUint64(8, BigInt(Math.round(capturedAtMs)));
    message.set(new Uint8Array(jpeg), HEADER_BYTES);
    this.socket.send(message);
    return true;
  }

  send(message) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  #connect() {
    clearTimeout(this.retryTimer);
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.heardAt = performance.now();
      this.#ping();
      this.dispatchEvent(new CustomEvent("open"));
    });
    socket.addEventListener("message", ({ data }) => this.socket === socket && this.#receive(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => this.socket === socket && this.#closed(code));
  }

  #receive(message) {
    this.heardAt = performance.now();
    this.#setSilent(false);
    this.retryMs = FIRST_RETRY_MS;
    if (message.type === "pong") {
      this.rtt = Math.max(0, performance.now() - message.sent_at);
      this.quality.answer(message.sent_at, performance.now());
    }
    if (message.server_time) {
      const rtt = message.type === "pong" ? this.rtt : GREETING_RTT_MS;
      this.clock.update(message.server_time, rtt);
      document.dispatchEvent(new CustomEvent("attempt:heard", { detail: { server_time: message.server_time, rtt } }));
    }
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
  }

  #closed(code) {
    this.socket = null;
    this.isSilent = false;
    const isFinal = NO_RETURN.includes(code) || !this.isWanted;
    this.dispatchEvent(new CustomEvent("closed", { detail: { code, isFinal } }));
    if (isFinal) return;
    this.retryTimer = setTimeout(() => this.#connect(), this.retryMs * (0.75 + Math.random() / 2));
    this.retryMs = code === SIGNED_OUT ? LONGEST_RETRY_MS : Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  #retryNow() {
    if (!this.isWanted || this.socket !== null) return;
    this.retryMs = FIRST_RETRY_MS;
    this.#connect();
  }

  #beat() {
    const now = performance.now();
    if (!this.isOpen) {
      this.#miss(now);
      return;
    }
    const quietMs = now - this.heardAt;
    // A dead connection can look open for minutes; closing it begins a new one.
    if (quietMs > DEAD_MS) {
      this.socket.close();
      return;
    }
    const pingedMs = now - this.pingedAt;
    if (pingedMs >= PING_MS || (quietMs >= QUIET_MS && pingedMs >= QUIET_MS)) this.#ping();
    if (quietMs >= SILENT_MS) this.#setSilent(true);
  }

  #setSilent(isSilent) {
    if (this.isSilent === isSilent) return;
    this.isSilent = isSilent;
    this.dispatchEvent(new CustomEvent(isSilent ? "silent" : "audible"));
  }

  #ping() {
    this.pingedAt = performance.now();
    const now = Math.round(this.pingedAt);
    const battery = this.battery?.news(now) ?? null;
    const rtt = this.rtt === null ? null : Math.round(this.rtt);
    const message = { type: "ping", sent_at: now, rtt, loss: this.quality.loss(now) };
    this.quality.beat(now, this.send(battery ? { ...message, battery } : message));
  }

  /** A sign of life that could not be sent counts as lost, once a `PING_MS`. */
  #miss(now) {
    if (!this.isWanted || now - this.pingedAt < PING_MS) return;
    this.pingedAt = now;
    this.quality.beat(now, false);
  }
}
