// Numbers of the pieces of one attempt: they grow, over reloads and over the tabs of this browser.

const PREFIX = "proctor-clip-number-";

export class ClipNumbers {
  /** `storage`: localStorage, or null where it is refused; then the server and the kept pieces know the last one. */
  constructor(attempt, storage = ownStorage()) {
    this.key = PREFIX + attempt;
    this.storage = storage;
    this.last = -1;
  }

  /** Somebody else knows of a number that was used: the server, or a piece that is kept here. */
  atLeast(number) {
    this.last = Math.max(this.last, number);
  }

  /** Trap: a number that was used for a piece that was lost is not used again; it is what tells of the loss. */
  take() {
    this.last = Math.max(this.last, this.#read()) + 1;
    try {
      this.storage?.setItem(this.key, String(this.last));
    } catch {
      // Full: after a reload the numbers go on from those of the server and of the kept pieces.
    }
    return this.last;
  }

  #read() {
    const kept = this.storage?.getItem(this.key) ?? null;
    return kept === null ? -1 : Number(kept);
  }
}

function ownStorage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
