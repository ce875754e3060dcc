// Says news to screen readers, at most every few seconds, so that a burst does not talk for a minute.

const EVERY_MS = 4000;
const MOST_NAMED = 3;

export class Announcer {
  constructor(region) {
    this.region = region;
    this.texts = [];
    this.incidents = [];
    this.timer = 0;
    this.lastAt = -Infinity;
  }

  /** Says a sentence. */
  say(text) {
    this.texts.push(text);
    this.plan();
  }

  /** Says that an incident has opened; several at once become one sentence. */
  sayIncident(kind, name) {
    this.incidents.push(`${kind}, ${name}`);
    this.plan();
  }

  plan() {
    if (this.timer) return;
    const wait = Math.max(200, this.lastAt + EVERY_MS - performance.now());
    this.timer = setTimeout(() => this.flush(), wait);
  }

  flush() {
    this.timer = 0;
    this.lastAt = performance.now();
    const sentences = this.texts.splice(0);
    const news = this.incidents.splice(0);
    if (news.length) sentences.push(inWords(news));
    this.region.textContent = sentences.join(" ");
  }
}

function inWords(news) {
  if (news.length === 1) return `New incident: ${news[0]}.`;
  const named = news.slice(-MOST_NAMED).reverse().join("; ");
  const rest = news.length - MOST_NAMED;
  return `${news.length} new incidents: ${named}${rest > 0 ? `; and ${rest} more` : ""}.`;
}
