// Events that the page has noted and the server has not confirmed yet, kept over a reload.

const PREFIX = "proctor-noted-";
const MINUTE_MS = 60000;
/** More than this of one kind in a minute are put together. */
const MOST_PER_MINUTE = 20;
const MOST_WAITING = 200;

/**
 * An event is {n, kind, wall, mono, page, seconds?, count?, length?, detail?}. Numbers begin with the moment at which
 * the page was opened, so that no two pages of a session give the same. `storage`: localStorage, or null.
 */
export class EventQueue {
  constructor({ session, storage, wall = Date.now, mono = () => performance.now() }) {
    Object.assign(this, { storage, wall, mono });
    this.page = wall() * 1000 + Math.floor(Math.random() * 1000);
    this.next = this.page;
    this.prefix = `${PREFIX}${session}-`;
    this.waiting = this.#takeLeftovers();
    this.sent = new Set();
    this.recent = [];
    this.#save();
  }

  /** `ago`: milliseconds since it began. */
  add(kind, { ago = 0, ...more } = {}) {
    const now = this.mono();
    this.recent = this.recent.filter((each) => now - each.at < MINUTE_MS);
    const isFlood = this.recent.filter((each) => each.kind === kind).length >= MOST_PER_MINUTE;
    const last = this.waiting.findLast((each) => each.kind === kind && !this.sent.has(each.n));
    if (last && (isFlood || this.waiting.length >= MOST_WAITING)) merge(last, more);
    else if (this.waiting.length < MOST_WAITING * 2) {
      this.recent.push({ kind, at: now });
      this.waiting.push({ n: this.next++, kind, wall: this.wall() - ago, mono: now - ago, page: this.page, ...more });
    }
    this.#save();
  }

  /** Up to `most` events as the server wants them; after this they are not added to any more. */
  batch(most = 50) {
    const now = { wall: this.wall(), mono: this.mono() };
    const chosen = this.waiting.slice(0, most);
    chosen.forEach(({ n }) => this.sent.add(n));
    // Of this very page it is known how long ago it was, whatever became of the clock meanwhile.
    const events = chosen.map(({ wall, mono, page, ...rest }) => ({
      ...rest,
      at: Math.round(page === this.page ? now.wall - (now.mono - mono) : wall),
    }));
    return { now: now.wall, events };
  }

  get isEmpty() {
    return this.waiting.length === 0;
  }

  /** The server has these. */
  remove(numbers) {
    const gone = new Set(numbers);
    this.waiting = this.waiting.filter(({ n }) => !gone.has(n));
    gone.forEach((n) => this.sent.delete(n));
    this.#save();
  }

  /** What earlier pages of this session have left, from a reload or a tab that was closed. */
  #takeLeftovers() {
    const found = [];
    try {
      const keys = Object.keys(this.storage ?? {}).filter((key) => key.startsWith(this.prefix));
      for (const key of keys) {
        found.push(...JSON.parse(this.storage.getItem(key)));
        this.storage.removeItem(key);
      }
    } catch {
      // Storage is refused, or was written to by somebody else: this page begins anew.
    }
    return found.slice(0, MOST_WAITING);
  }

  #save() {
    try {
      if (this.isEmpty) this.storage?.removeItem(this.prefix + this.page);
      else this.storage?.setItem(this.prefix + this.page, JSON.stringify(this.waiting));
    } catch {
      // Kept in memory alone: sent all the same as long as this page lives.
    }
  }
}

function merge(last, { seconds = 0, count = 1, length }) {
  last.count = (last.count ?? 1) + count;
  if (seconds) last.seconds = (last.seconds ?? 0) + seconds;
  if (length !== undefined) last.length = (last.length ?? 0) + length;
}
