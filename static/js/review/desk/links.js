// Links to evidence live for minutes: what no longer loads gets fresh ones, all of an incident at once.

import { getJSON } from "../../shared/http.js";

/** An answer serves all that ask within this time. */
const SAME_MS = 20_000;
/** Links older than this are renewed before they are followed; the server lets them live ten minutes. */
const OLD_MS = 8 * 60_000;

export class Links {
  /** `items`: the pieces, `{id, url, renew}`; their `url` is changed in place. `ask(url)`: resolves to JSON. */
  constructor(items, ask = getJSON) {
    this.items = new Map(items.map((item) => [item.id, item]));
    this.ask = ask;
    this.asked = new Map();
    this.freshAt = new Map();
  }

  isOld(item, now = performance.now()) {
    return now - (this.freshAt.get(item.id) ?? 0) > OLD_MS;
  }

  /** Resolves to whether `item.url` is a fresh link now; rejects with an ApiError. */
  async renew(item) {
    if (!item.renew) return false;
    if (!this.asked.has(item.renew)) {
      this.asked.set(item.renew, this.#fetch(item.renew));
      const forget = setTimeout(() => this.asked.delete(item.renew), SAME_MS);
      forget.unref?.(); // so that a test ends
    }
    return (await this.asked.get(item.renew)).has(item.id);
  }

  async #fetch(url) {
    const answer = await this.ask(url);
    const fresh = Object.values(answer).flat().filter((each) => this.items.has(each?.id));
    for (const { id, url: link } of fresh) {
      this.items.get(id).url = link;
      this.freshAt.set(id, performance.now());
    }
    return new Set(fresh.map(({ id }) => id));
  }
}
