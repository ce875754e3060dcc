// Keeps unsent answers on this computer: IndexedDB, localStorage where that is refused, memory as the last resort.

const DATABASE = "proctor-answers";
const STORE = "changes";
const PREFIX = "proctor-answer:";

/**
 * Opens the local copy of one attempt. The answer has `isDurable` (survives a crash of the browser) and
 * `put(change)`, `remove(device, sequences)`, `all()`. A change is
 * {attempt, device, client_sequence, item, value, flagged, client_at}.
 */
export async function openStore(attempt) {
  try {
    return new DatabaseStore(attempt, await openDatabase());
  } catch {
    return new PlainStore(attempt, workingStorage());
  }
}

class DatabaseStore {
  constructor(attempt, database) {
    this.attempt = attempt;
    this.database = database;
    this.isDurable = true;
  }

  put(change) {
    return this.#run("readwrite", (store) => store.put(change));
  }

  async remove(device, sequences) {
    await this.#run("readwrite", (store) => {
      for (const sequence of sequences) store.delete([this.attempt, device, sequence]);
    });
  }

  async all() {
    let found = [];
    await this.#run("readonly", (store) => {
      const request = store.getAll(IDBKeyRange.bound([this.attempt], [this.attempt, []]));
      request.onsuccess = () => {
        found = request.result;
      };
    });
    return found;
  }

  #run(mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, mode);
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
      work(transaction.objectStore(STORE));
    });
  }
}

class PlainStore {
  constructor(attempt, storage) {
    this.attempt = attempt;
    this.storage = storage ?? new MemoryStorage();
    this.isDurable = storage !== null;
  }

  async put(change) {
    this.storage.setItem(this.#key(change.device, change.client_sequence), JSON.stringify(change));
  }

  async remove(device, sequences) {
    for (const sequence of sequences) this.storage.removeItem(this.#key(device, sequence));
  }

  async all() {
    const prefix = PREFIX + this.attempt + ":";
    const keys = Array.from({ length: this.storage.length }, (_, index) => this.storage.key(index));
    return keys.filter((key) => key.startsWith(prefix)).map((key) => JSON.parse(this.storage.getItem(key)));
  }

  #key(device, sequence) {
    return `${PREFIX}${this.attempt}:${device}:${sequence}`;
  }
}

/** The part of the Storage interface that is used here, for browsers that refuse to store anything. */
class MemoryStorage {
  #entries = new Map();

  get length() {
    return this.#entries.size;
  }

  key(index) {
    return [...this.#entries.keys()][index] ?? null;
  }

  getItem(key) {
    return this.#entries.get(key) ?? null;
  }

  setItem(key, value) {
    this.#entries.set(key, value);
  }

  removeItem(key) {
    this.#entries.delete(key);
  }
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: ["attempt", "device", "client_sequence"] });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab blocks the database"));
  });
}

function workingStorage() {
  try {
    localStorage.setItem(PREFIX, "");
    localStorage.removeItem(PREFIX);
    return localStorage;
  } catch {
    return null;
  }
}
