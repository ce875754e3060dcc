// One candidate of the wall: what is known of them, and its tile, of which only what changed is written.

import { timeLeft } from "./times.js";

const CONNECTS = new Set(["checking_in", "ready", "in_progress", "paused", "overdue"]);
const RUNNING = new Set(["in_progress", "paused", "overdue"]);
const ENDED = new Set(["submitted", "terminated", "refused", "missed", "abandoned"]);
const RANKS = { info: 0, low: 1, medium: 2, high: 3 };
const SLOW_RTT_MS = 1000;
const SLOW_SEEN_S = 8;
const MICROPHONE_WORDS = {
  muted: "microphone muted",
  denied: "microphone not allowed",
  ended: "microphone off",
  none: "no microphone",
};
const CAMERA_WORDS = { denied: "camera not allowed", ended: "camera off", none: "no camera" };

export class Tile {
  /** `words`: {states, acts} from the server, `times`: ZoneTimes. */
  constructor(node, words, times) {
    this.node = node;
    this.words = words;
    this.times = times;
    this.slots = {};
    for (const slot of node.querySelectorAll("[data-slot]")) this.slots[slot.dataset.slot] = slot;
    this.buttons = [...node.querySelectorAll("button[data-act]")];
    this.link = node.querySelector("a[data-act]");
    this.pictureSequence = -1;
    this.read(node.dataset);
  }

  /** Takes over everything that the server wrote into a tile's data attributes. */
  read(data) {
    this.candidate = Number(data.candidate);
    this.name = data.name;
    this.attempt = data.attempt ? Number(data.attempt) : null;
    this.state = data.state;
    this.deadlineAt = data.deadlineAt ? Date.parse(data.deadlineAt) : null;
    this.pausedAt = data.pausedAt ? Date.parse(data.pausedAt) : null;
    this.extraMinutes = Number(data.extraMinutes);
    this.connection = data.connection;
    this.lostSince = data.lostSince ? Date.parse(data.lostSince) : null;
    this.camera = data.camera;
    this.microphone = data.microphone;
    this.microphoneSince = data.microphoneSince ? Number(data.microphoneSince) * 1000 : null;
    this.incidents = new Map();
    for (const [id, [severity, waits, goesOn]] of Object.entries(JSON.parse(data.incidents))) {
      this.incidents.set(Number(id), { severity, waits: Boolean(waits), goesOn: Boolean(goesOn) });
    }
    this.warning = data.warning
      ? { id: Number(data.warning), sentAt: data.warningSent, readAt: data.warningRead || null }
      : null;
  }

  applyMove(attempt, payload) {
    if (attempt !== null) this.attempt = attempt;
    this.state = payload.state;
    this.deadlineAt = payload.deadline_at ? Date.parse(payload.deadline_at) : null;
    this.pausedAt = payload.paused_at ? Date.parse(payload.paused_at) : null;
    this.extraMinutes = Math.floor((payload.extra_seconds + payload.credited_seconds) / 60);
    if (!CONNECTS.has(this.state)) this.connection = "none";
  }

  applyIncident(payload) {
    const waits = payload.review_state === "unreviewed";
    const goesOn = !payload.ended_at;
    if (waits || goesOn) this.incidents.set(payload.incident, { severity: payload.severity, waits, goesOn });
    else this.incidents.delete(payload.incident);
  }

  applyWarning(payload) {
    if (this.warning && this.warning.id > payload.id) return;
    this.warning = { id: payload.id, sentAt: payload.sent_at, readAt: payload.acknowledged_at };
  }

  /** `seen`: the server's view of the connection; `now`: the server's time in milliseconds. */
  applyPulse(seen, now) {
    this.camera = seen.camera;
    this.microphone = seen.microphone;
    this.microphoneSince = seen.microphone_since ? seen.microphone_since * 1000 : null;
    if (!CONNECTS.has(this.state)) {
      this.connection = "none";
    } else if (seen.connected) {
      const isSlow = (seen.rtt_ms ?? 0) > SLOW_RTT_MS || (seen.last_seen_s ?? 0) > SLOW_SEEN_S;
      this.connection = isSlow ? "slow" : "ok";
      this.lostSince = null;
    } else {
      if (this.connection !== "lost" && seen.last_seen_s !== null) this.lostSince = now - seen.last_seen_s * 1000;
      this.connection = "lost";
    }
  }

  applyPicture(sequence, image) {
    if (sequence === this.pictureSequence) return;
    this.pictureSequence = sequence;
    this.slots.picture.src = image;
    this.slots.picture.hidden = false;
    this.slots["no-picture"].hidden = true;
  }

  get waiting() {
    return [...this.incidents.values()].filter((each) => each.waits);
  }

  get worst() {
    const severities = this.waiting.map((each) => each.severity);
    return severities.sort((a, b) => RANKS[b] - RANKS[a])[0] ?? "";
  }

  get isLost() {
    return this.connection === "lost" && RUNNING.has(this.state);
  }

  /** Whether the tile belongs into the filter of that name. */
  fits(filter) {
    if (filter === "attention") return this.waiting.length > 0 || this.isLost;
    if (filter === "not_connected") return this.connection === "lost";
    if (filter === "finished") return ENDED.has(this.state);
    if (filter === "in_progress") return this.state === "in_progress" || this.state === "overdue";
    return filter === "all" || this.state === filter;
  }

  /** Numbers that order tiles by need, the most pressing first; the name comes after them. */
  get urgency() {
    const goingOn = [...this.incidents.values()].filter((each) => each.goesOn).length;
    const worst = this.worst;
    return [worst ? -(RANKS[worst] + 1) : 0, -goingOn, this.isLost ? -2 : this.state === "checking_in" ? -1 : 0];
  }

  /** Writes what has changed. */
  patch(now) {
    const { slots } = this;
    const waiting = this.waiting.length;
    const worst = this.worst;
    setText(slots.state, this.words.states[this.state] ?? this.state);
    setClass(slots.state, `badge state-${this.state}`);
    const many = `${waiting} incident${waiting === 1 ? "" : "s"}, ${worst}`;
    setText(slots.incidents, waiting ? many : "");
    setClass(slots.incidents, worst ? `badge severity-${worst}` : "badge");
    setHidden(slots.incidents, waiting === 0);
    setClass(this.node, worst ? `tile tile-worst-${worst}` : "tile");
    setText(slots.connection, this.connectionWords);
    setClass(slots.connection, `tile-line tile-connection is-${this.connection}`);
    setText(slots.warning, this.warningWords);
    for (const button of this.buttons) {
      const allowed = this.attempt !== null && this.words.acts[button.dataset.act].includes(this.state);
      setHidden(button, !allowed);
    }
    setText(slots.extra, `+${this.extraMinutes} min`);
    setHidden(slots.extra, !this.extraMinutes);
    this.patchTime(now);
  }

  patchTime(now) {
    const shown = this.deadlineAt !== null && RUNNING.has(this.state);
    setText(this.slots.time, shown ? timeLeft((this.deadlineAt - (this.pausedAt ?? now)) / 1000) : "");
  }

  get connectionWords() {
    const camera = CONNECTS.has(this.state) ? CAMERA_WORDS[this.camera] : "";
    const also = [camera, this.microphoneWords].map((each) => (each ? `, ${each}` : "")).join("");
    if (this.connection === "ok") return `connected${also}`;
    if (this.connection === "slow") return `slow connection${also}`;
    if (this.connection !== "lost") return "";
    return this.lostSince ? `connection lost since ${this.times.clock(this.lostSince)}` : "not connected";
  }

  get microphoneWords() {
    const words = CONNECTS.has(this.state) ? MICROPHONE_WORDS[this.microphone] : "";
    return words && this.microphoneSince ? `${words} since ${this.times.minute(this.microphoneSince)}` : words;
  }

  get warningWords() {
    if (!this.warning) return "";
    const { sentAt, readAt } = this.warning;
    const read = readAt ? `read ${this.times.minute(readAt)}` : "not read yet";
    return `warned ${this.times.minute(sentAt)}, ${read}`;
  }
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function setClass(node, name) {
  if (node.className !== name) node.className = name;
}

function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}
