// Keeps notes, marked words and struck-out options on this computer alone; no part of the page sends them.

const DATABASE = "proctor-tools";
const STORE = "notes";
/** What an exam that never reached its last page here has left is deleted by the next exam after this time. */
const LONGEST_KEPT_MS = 7 * 24 * 3600 * 1000;

/** The store of one attempt: `get(name)`, `put(name, value)`, `forget()`; `isDurable`: it survives a reload. */
export async function openToolStore(attempt) {
  try {
    const store = new DatabaseStore(attempt, await openDatabase());
    await store.forgetOld();
    return store;
  } catch {
    return new MemoryStore();
  }
}

/** For previews, and for browsers that refuse to store anything. */
export class MemoryStore {
  #values = new Map();
  isDurable = false;

  async get(name) {
    return this.#values.get(name) ?? null;
  }

  async put(name, value) {
    this.#values.set(name, value);
  }

  async forget() {
    this.#values.clear();
  }
}

class DatabaseStore {
  isDurable = true;

  constructor(attempt, database) {
    Object.assign(this, { attempt, database, isOver: false });
  }

  async get(name) {
    const found = await this.#run("readonly", (store) => store.get([this.attempt, name]));
    return found?.value ?? null;
  }

  async put(name, value) {
    // Trap: a last change that is still under way must not bring back what was just deleted.
    if (this.isOver) return;
    await this.#run("readwrite", (store) => store.put({ attempt: this.attempt, name, value, kept_at: Date.now() }));
  }

  async forget() {
    this.isOver = true;
    await this.#run("readwrite", (store) => store.delete(IDBKeyRange.bound([this.attempt], [this.attempt, []])));
  }

  async forgetOld() {
    const all = await this.#run("readonly", (store) => store.getAll());
    const old = all.filter((each) => each.attempt !== this.attempt && Date.now() - each.kept_at > LONGEST_KEPT_MS);
    for (const { attempt, name } of old) await this.#run("readwrite", (store) => store.delete([attempt, name]));
  }

  #run(mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ["attempt", "name"] });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab blocks the database"));
  });
}
