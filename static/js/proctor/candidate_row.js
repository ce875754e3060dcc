// What the proctor's page knows of one candidate, from the server's row and the news since; no page needed (pure).

export const CONNECTS = new Set(["checking_in", "ready", "in_progress", "paused", "overdue"]);
export const RUNNING = new Set(["in_progress", "paused", "overdue"]);
export const ENDED = new Set(["submitted", "terminated", "refused", "missed", "abandoned"]);
const NOT_STARTED = new Set(["scheduled", "checking_in", "ready"]);
const RANKS = { info: 0, low: 1, medium: 2, high: 3 };
const SLOW_RTT_MS = 1000;
const SLOW_SEEN_S = 8;
const MUCH_LOSS = 20; // percent
const LATE_PICTURE_S = 10;
const LOW_BATTERY = 15; // percent
const DEVICE_TROUBLE = new Set(["muted", "denied", "ended", "none"]);

/**
 * How pressing a candidate is, 0 first; the server orders its first page alike (`supervision_wall.need_band`).
 * Within a band the order is that of the names, which never changes while people look at it.
 */
export const BANDS = { high: 0, medium: 1, hand: 2, low: 3, lost: 4, checkingIn: 5, here: 6, notHere: 7, ended: 8 };

export class CandidateRow {
  /** `data`: a row of the page's list, as `wall_tiles.to_row` makes it. */
  constructor(data) {
    this.picture = null; // {sequence, url}
    this.pictureSequence = -1;
    this.read(data);
  }

  /** Takes over everything that the server says anew. */
  read(data) {
    this.data = data; // what a feature added to the row is found here
    this.candidate = data.candidate.id;
    this.name = data.candidate.name;
    this.number = data.number ?? "";
    this.enrolment = data.enrolment;
    this.attempt = data.attempt;
    this.state = data.state;
    this.deadlineAt = moment(data.deadline_at);
    this.pausedAt = moment(data.paused_at);
    this.extraMinutes = data.extra_minutes;
    this.connection = data.connection;
    this.lostSince = moment(data.lost_since);
    this.incidents = new Map();
    for (const [id, [severity, waits, goesOn]] of Object.entries(data.open)) {
      this.incidents.set(Number(id), { severity, waits: Boolean(waits), goesOn: Boolean(goesOn) });
    }
    this.warning = data.warning;
    this.isOutside = data.is_outside ?? false; // another system has the page
    this.readsWarnings = data.reads_warnings ?? true;
    this.isWatched = data.watched;
    this.proctor = data.proctor ?? null;
    this.talk = data.talk ?? null;
    this.call = data.call ?? null;
    this.readPresence(data.presence);
  }

  readPresence(seen) {
    this.rtt = seen.rtt_ms;
    this.loss = seen.loss ?? null;
    this.lastSeen = seen.last_seen_s;
    this.battery = seen.battery ?? null;
    this.camera = seen.camera;
    this.microphone = seen.microphone;
    this.microphoneSince = seen.microphone_since ? seen.microphone_since * 1000 : null;
    this.screen = seen.screen ?? "";
    this.pictureLate = seen.picture_late_s ?? 0;
  }

  /** Whether an act is possible now; `states`: those of the attempt in which it is. */
  allows(act, states) {
    if (this.attempt === null || !states?.includes(this.state)) return false;
    return act !== "warn" || this.readsWarnings;
  }

  applyMove(attempt, payload) {
    if (attempt !== null) this.attempt = attempt;
    this.state = payload.state;
    this.deadlineAt = moment(payload.deadline_at);
    this.pausedAt = moment(payload.paused_at);
    this.extraMinutes = Math.floor((payload.extra_seconds + payload.credited_seconds) / 60);
    if (!CONNECTS.has(this.state)) this.connection = "none";
  }

  applyIncident(payload) {
    const waits = payload.review_state === "unreviewed";
    const goesOn = !payload.ended_at;
    if (waits || goesOn) this.incidents.set(payload.incident, { severity: payload.severity, waits, goesOn });
    else this.incidents.delete(payload.incident);
  }

  applyWarning({ id, sent_at, acknowledged_at }) {
    if (this.warning && this.warning.id > id) return;
    this.warning = { id, sent_at, acknowledged_at };
  }

  /** `talk`: {unread, hand_since}, as in the rows. */
  applyTalk(talk) {
    this.talk = { ...this.talk, ...talk };
  }

  /** `call`: {state, proctor: {id, name}} as its events tell it; over calls leave nothing here. */
  applyCall(call) {
    this.call = ["ringing", "open"].includes(call.state) ? call : null;
  }

  /** `proctor`: {id, name} of who looks first, or null. */
  applyProctor(proctor) {
    this.proctor = proctor;
  }

  /** `seen`: the server's view of the connection; `now`: the server's time in milliseconds. */
  applyPulse(seen, now) {
    this.readPresence(seen);
    if (!CONNECTS.has(this.state)) {
      this.connection = "none";
    } else if (seen.connected) {
      const isSlow = (seen.rtt_ms ?? 0) > SLOW_RTT_MS || (seen.last_seen_s ?? 0) > SLOW_SEEN_S;
      this.connection = isSlow || (seen.loss ?? 0) >= MUCH_LOSS ? "slow" : "ok";
      this.lostSince = null;
    } else {
      if (this.connection !== "lost" && seen.last_seen_s !== null) this.lostSince = now - seen.last_seen_s * 1000;
      this.connection = "lost";
    }
  }

  get waiting() {
    return [...this.incidents.values()].filter((each) => each.waits);
  }

  /** The number of the newest incident that nobody has looked at, or null. */
  get newestWaiting() {
    const ids = [...this.incidents].filter(([, each]) => each.waits).map(([id]) => id);
    return ids.length ? Math.max(...ids) : null;
  }

  get worst() {
    return this.waiting.reduce((worst, { severity }) => (!worst || RANKS[severity] > RANKS[worst] ? severity : worst), "");
  }

  /** Whether pictures should come now. */
  get expectsPictures() {
    return this.camera === "ok" && ["in_progress", "overdue"].includes(this.state);
  }

  get isLost() {
    return this.connection === "lost" && RUNNING.has(this.state);
  }

  get handSince() {
    return ENDED.has(this.state) ? null : (this.talk?.hand_since ?? null);
  }

  get unread() {
    return this.talk?.unread ?? 0;
  }

  get isBatteryLow() {
    return Boolean(CONNECTS.has(this.state) && this.battery && !this.battery.charging && this.battery.level <= LOW_BATTERY);
  }

  get hasDeviceTrouble() {
    if (!CONNECTS.has(this.state) || this.connection === "lost" || this.connection === "none") return false;
    if (this.isPictureLate || ["ended", "window"].includes(this.screen)) return true;
    return DEVICE_TROUBLE.has(this.camera) || DEVICE_TROUBLE.has(this.microphone);
  }

  /** Connected with a camera that is on, and yet no picture comes. */
  get isPictureLate() {
    return this.expectsPictures && this.pictureLate > LATE_PICTURE_S;
  }

  get band() {
    const { worst } = this;
    if (worst === "high") return BANDS.high;
    if (worst === "medium") return BANDS.medium;
    if (this.handSince || this.unread) return BANDS.hand;
    const goesOn = [...this.incidents.values()].some((each) => each.goesOn);
    if (worst || goesOn) return BANDS.low;
    if (this.isLost) return BANDS.lost;
    if (this.state === "checking_in") return BANDS.checkingIn;
    if (ENDED.has(this.state)) return BANDS.ended;
    return this.state === "scheduled" ? BANDS.notHere : BANDS.here;
  }

  /** Whether somebody should look soon. */
  get isInNeed() {
    return this.waiting.length > 0 || this.isLost || Boolean(this.handSince) || this.unread > 0;
  }

  /** Whether the row belongs into the filter of that name; `me`: the id of who looks. */
  fits(filter, me = null) {
    const test = FILTERS[filter];
    return test ? test(this, me) : false;
  }
}

const FILTERS = {
  all: () => true,
  attention: (row) => row.isInNeed,
  not_connected: (row) => row.connection === "lost",
  not_started: (row) => NOT_STARTED.has(row.state),
  in_progress: (row) => row.state === "in_progress" || row.state === "overdue",
  paused: (row) => row.state === "paused",
  finished: (row) => ENDED.has(row.state),
  talk: (row) => Boolean(row.handSince) || row.unread > 0,
  mine: (row, me) => row.proctor !== null && row.proctor.id === me,
  nobodys: (row) => row.proctor === null && !ENDED.has(row.state),
  unwatched: (row) => RUNNING.has(row.state) && row.isWatched === false,
  devices: (row) => row.hasDeviceTrouble,
};

function moment(text) {
  if (!text) return null;
  return typeof text === "number" ? text : Date.parse(text);
}
