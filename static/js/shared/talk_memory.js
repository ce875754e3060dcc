// Messages that are not sent yet, in local storage: one entry each, so that two tabs never overwrite each other.

const LONGEST_KEPT_MS = 7 * 24 * 3600 * 1000;

/** `storage`: window.localStorage, or null where a browser refuses it: then they live as long as the page. */
export class TalkMemory {
  constructor(storage, attempt, now = Date.now) {
    Object.assign(this, { storage, now, prefix: `talk:${attempt}:` });
  }

  /** What was kept for this attempt, in the order in which it was written. What is older than a week goes. */
  all() {
    const found = [];
    for (const key of this.#keys("talk:")) {
      const entry = read(this.storage.getItem(key));
      if (!entry || this.now() - entry.kept_at > LONGEST_KEPT_MS) this.storage.removeItem(key);
      else if (key.startsWith(this.prefix)) found.push(entry);
    }
    return found.sort((one, other) => one.kept_at - other.kept_at);
  }

  keep(entry) {
    entry.kept_at = this.now();
    try {
      this.storage?.setItem(this.prefix + entry.client_id, JSON.stringify(entry));
    } catch {
      // No room, or not allowed: the message is still sent as long as the page is open.
    }
  }

  forget(clientId) {
    this.storage?.removeItem(this.prefix + clientId);
  }

  /** The attempt is over: nothing of it stays on this computer. */
  forgetAll() {
    for (const key of this.#keys(this.prefix)) this.storage.removeItem(key);
  }

  #keys(prefix) {
    if (!this.storage) return [];
    const keys = Array.from({ length: this.storage.length }, (_, place) => this.storage.key(place));
    return keys.filter((key) => key?.startsWith(prefix));
  }
}

/** The browser's storage, or null where it is switched off. */
export function openStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function read(text) {
  try {
    const entry = JSON.parse(text);
    return typeof entry?.client_id === "string" && typeof entry.text === "string" ? { ...entry, problem: "" } : null;
  } catch {
    return null;
  }
}
