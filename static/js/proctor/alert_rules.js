// Which news raise an alert, how many at once, and in what words (pure).

export const RANKS = { info: 0, low: 1, medium: 2, high: 3 };
/** Nothing sounds or pops up before somebody has chosen it in this browser. */
export const DEFAULTS = { sound: false, volume: 50, desktop: false, title: false, least: "medium", lost: false, talk: true };
const EVERY_MS = 10000;

/** Settings as kept, with what is missing or broken replaced. */
export function cleaned(kept) {
  const found = { ...DEFAULTS };
  for (const name of ["sound", "desktop", "title", "lost", "talk"]) {
    if (typeof kept?.[name] === "boolean") found[name] = kept[name];
  }
  if (kept?.least in RANKS) found.least = kept.least;
  if (Number.isFinite(kept?.volume)) found.volume = Math.min(100, Math.max(0, Math.round(kept.volume)));
  return found;
}

/** `news`: {what: "incident", severity, kind}, {what: "lost"} or {what: "talk"}. */
export function isWanted(news, settings) {
  if (news.what === "incident") return RANKS[news.severity] >= RANKS[settings.least];
  return settings[news.what] === true;
}

/** One sentence for a group, without names: it may be read on a locked or a shared screen. */
export function inWords(group) {
  const incidents = group.filter(({ what }) => what === "incident");
  const worst = incidents.reduce((found, each) => (RANKS[each.severity] > RANKS[found.severity] ? each : found), incidents[0]);
  const count = (what) => group.filter((each) => each.what === what).length;
  const parts = [];
  if (incidents.length === 1) parts.push(`Incident, ${worst.severity}: ${worst.kind.replaceAll("_", " ")}`);
  else if (incidents.length) parts.push(`${incidents.length} incidents, the worst ${worst.severity}`);
  if (count("lost")) parts.push(many(count("lost"), "connection lost", "connections lost"));
  if (count("talk")) parts.push(many(count("talk"), "candidate wants to talk", "candidates want to talk"));
  return parts.join("; ");
}

function many(number, one, more) {
  return number === 1 ? `1 ${one}` : `${number} ${more}`;
}

/** Lets the first through at once, and what follows within ten seconds together afterwards. */
export class AlertGroups {
  /** `onGroup(group)`; `now()` in milliseconds. */
  constructor(onGroup, now = () => performance.now()) {
    Object.assign(this, { onGroup, now });
    this.waiting = [];
    this.lastAt = -Infinity;
    this.timer = 0;
  }

  take(news) {
    this.waiting.push(news);
    if (this.timer) return;
    const wait = this.lastAt + EVERY_MS - this.now();
    if (wait <= 0) this.#flush();
    else this.timer = setTimeout(() => this.#flush(), wait);
  }

  #flush() {
    this.timer = 0;
    this.lastAt = this.now();
    this.onGroup(this.waiting.splice(0));
  }
}
