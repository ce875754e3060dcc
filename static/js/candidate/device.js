// The identity of this browser tab towards the server: an attempt is held by one tab at a time.

const STORAGE_KEY = "proctor-device";
const LOCK_PREFIX = "proctor-device-";
const NUMBER_PREFIX = "proctor-number-";
const TRIES = 6;
const TRY_AGAIN_MS = 150;

/**
 * The id of this tab; the same after a reload or a crash. A duplicated tab copies the id of the first one,
 * so each tab holds a lock on its id and takes a new id when the lock is held by another.
 */
export async function claimDevice() {
  const known = readStored();
  // Trap: on a reload the lock of the page before may be released a moment late.
  for (let attempt = 0; known && attempt < TRIES; attempt += 1) {
    if (await holdLock(known)) return known;
    await pause(TRY_AGAIN_MS);
  }
  const fresh = newId();
  store(fresh);
  await holdLock(fresh);
  return fresh;
}

/** Whether another tab of this browser uses `device` at this moment. */
export async function isInUse(device) {
  if (!navigator.locks) return false;
  const { held } = await navigator.locks.query();
  return held.some((lock) => lock.name === LOCK_PREFIX + device);
}

/** The newest number of a change that this tab has given away as `device`; 0 when that is not known. */
export function lastNumber(device) {
  try {
    return Number(sessionStorage.getItem(NUMBER_PREFIX + device)) || 0;
  } catch {
    return 0;
  }
}

export function rememberNumber(device, number) {
  try {
    sessionStorage.setItem(NUMBER_PREFIX + device, String(number));
  } catch {
    // Storage is refused: after a reload the numbers go on from the clock.
  }
}

function holdLock(device) {
  // Without secure context there is no lock manager; the id alone must do.
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks.request(LOCK_PREFIX + device, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => {});
    });
  });
}

function readStored() {
  try {
    return sessionStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

function store(device) {
  try {
    sessionStorage.setItem(STORAGE_KEY, device);
  } catch {
    // Storage is refused: the id lives as long as this page, and a reload has to take over.
  }
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
