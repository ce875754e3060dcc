// Keeps recordings on this computer until the server has them: IndexedDB, memory where that is refused.

const DATABASE = "proctor-clips";
const PIECES = "pieces";
const SOUNDS = "sounds";
export const MOST_BYTES = 40e6;
const MOST_IN_MEMORY = 10e6;
/** An hour of outage, and the quarter of an hour after the end in which the server takes what is late. */
export const MOST_AGE_MS = 75 * 60 * 1000;
/** So much of the browser's room is left to answers, which matter more. */
export const ROOM_FOR_ANSWERS = 20e6;

/**
 * The pieces of one attempt that the server does not have yet. A piece is {attempt, sequence, url, startedAt, seconds,
 * level, mime, size}; one without sound has `size` 0 and says that nothing was heard. Event: "dropped" {sequence},
 * when a piece had to go unheard; the server sees the gap in the numbers.
 */
export class ClipStore extends EventTarget {
  /** `shelf`: where pieces lie; `room()` resolves to the bytes that this browser would still store, or null. */
  constructor({ attempt, shelf, room = browserRoom, now = Date.now }) {
    super();
    Object.assign(this, { attempt, shelf, room, now });
  }

  /** All pieces, oldest first, without their sound. */
  async list() {
    const pieces = await this.shelf.list(this.attempt);
    return pieces.sort((a, b) => a.sequence - b.sequence);
  }

  /** Keeps a piece; older ones make room for it. `sound`: ArrayBuffer, or null. */
  async keep(piece, sound) {
    const whole = { ...piece, attempt: this.attempt, size: sound?.byteLength ?? 0 };
    await this.#makeRoom(whole.size);
    for (;;) {
      try {
        return await this.shelf.put(whole, sound);
      } catch (error) {
        // Full after all: the oldest go, and at last this one itself.
        if (!(await this.#dropOldest())) {
          this.#tellDropped(whole.sequence);
          return undefined;
        }
      }
    }
  }

  /** The sound of a piece; null when it has none. */
  sound(sequence) {
    return this.shelf.sound(this.attempt, sequence);
  }

  remove(sequence) {
    return this.shelf.remove(this.attempt, [sequence]);
  }

  /** Deletes every piece: the agreement was withdrawn. */
  async clear() {
    const pieces = await this.list();
    await this.shelf.remove(this.attempt, pieces.map(({ sequence }) => sequence));
  }

  /** The room is needed for answers: every recording goes, what says that nothing was heard stays. */
  async giveWay() {
    const pieces = await this.list();
    const large = pieces.filter(({ size }) => size).map(({ sequence }) => sequence);
    await this.shelf.remove(this.attempt, large);
    large.forEach((sequence) => this.#tellDropped(sequence));
  }

  /** Deletes what is too old to be taken by the server, also of other exams on this computer. */
  forgetOld() {
    return this.shelf.removeBefore(this.now() - MOST_AGE_MS);
  }

  async #makeRoom(size) {
    await this.forgetOld();
    const pieces = await this.list();
    let kept = pieces.reduce((sum, piece) => sum + piece.size, 0);
    let left = (await this.room()) ?? Infinity;
    const large = pieces.filter((piece) => piece.size);
    while (large.length && (kept + size > (this.shelf.mostBytes ?? MOST_BYTES) || left - size < ROOM_FOR_ANSWERS)) {
      const oldest = large.shift();
      await this.#drop(oldest.sequence);
      kept -= oldest.size;
      left += oldest.size;
    }
  }

  async #dropOldest() {
    const oldest = (await this.list()).find((piece) => piece.size);
    if (!oldest) return false;
    await this.#drop(oldest.sequence);
    return true;
  }

  async #drop(sequence) {
    await this.shelf.remove(this.attempt, [sequence]);
    this.#tellDropped(sequence);
  }

  #tellDropped(sequence) {
    this.dispatchEvent(new CustomEvent("dropped", { detail: { sequence } }));
  }
}

/** The pieces of an attempt that are kept on this computer. */
export async function openClipStore(attempt) {
  let shelf;
  try {
    shelf = new DatabaseShelf(await openDatabase());
  } catch {
    shelf = new MemoryShelf();
  }
  return new ClipStore({ attempt, shelf });
}

class DatabaseShelf {
  constructor(database) {
    this.database = database;
  }

  /** Trap: bytes rather than a Blob; Safari loses Blobs of a database, and in private windows refuses them. */
  put(piece, sound) {
    return this.#run("readwrite", (pieces, sounds) => {
      pieces.put(piece);
      if (sound) sounds.put(sound, [piece.attempt, piece.sequence]);
    });
  }

  list(attempt) {
    return this.#run("readonly", (pieces) => pieces.getAll(within(attempt)));
  }

  async sound(attempt, sequence) {
    return (await this.#run("readonly", (pieces, sounds) => sounds.get([attempt, sequence]))) ?? null;
  }

  remove(attempt, sequences) {
    return this.#run("readwrite", (pieces, sounds) => {
      for (const sequence of sequences) {
        pieces.delete([attempt, sequence]);
        sounds.delete([attempt, sequence]);
      }
    });
  }

  removeBefore(startedAt) {
    return this.#run("readwrite", (pieces, sounds) => {
      const request = pieces.openCursor();
      request.onsuccess = () => {
        const cursor = request.result;
        if (cursor === null) return;
        if (cursor.value.startedAt < startedAt) {
          sounds.delete(cursor.primaryKey);
          cursor.delete();
        }
        cursor.continue();
      };
    });
  }

  #run(mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction([PIECES, SOUNDS], mode);
      const request = work(transaction.objectStore(PIECES), transaction.objectStore(SOUNDS));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

export class MemoryShelf {
  constructor(mostBytes = MOST_IN_MEMORY) {
    this.mostBytes = mostBytes;
    this.entries = new Map();
  }

  async put(piece, sound) {
    this.entries.set(`${piece.attempt} ${piece.sequence}`, { piece, sound });
  }

  async list(attempt) {
    return [...this.entries.values()].map(({ piece }) => piece).filter((piece) => piece.attempt === attempt);
  }

  async sound(attempt, sequence) {
    return this.entries.get(`${attempt} ${sequence}`)?.sound ?? null;
  }

  async remove(attempt, sequences) {
    for (const sequence of sequences) this.entries.delete(`${attempt} ${sequence}`);
  }

  async removeBefore(startedAt) {
    for (const [key, { piece }] of this.entries) if (piece.startedAt < startedAt) this.entries.delete(key);
  }
}

function within(attempt) {
  return IDBKeyRange.bound([attempt], [attempt, []]);
}

async function browserRoom() {
  if (!navigator.storage?.estimate) return null;
  const { quota, usage } = await navigator.storage.estimate();
  return quota - usage;
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(PIECES, { keyPath: ["attempt", "sequence"] });
      request.result.createObjectStore(SOUNDS);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab blocks the database"));
  });
}
