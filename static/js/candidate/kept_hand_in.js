// The moment at which a candidate handed in without a connection, kept on this computer until the server has it.

const PREFIX = "proctor-hand-in:";
const inMemory = new Map();

/** `claim`: {device, at}, the tab that handed in and when (ISO text, by the server's clock). The first one counts. */
export function keepHandIn(attempt, claim) {
  if (keptHandIn(attempt)) return;
  inMemory.set(attempt, claim);
  try {
    localStorage.setItem(PREFIX + attempt, JSON.stringify(claim));
  } catch {
    // Storage is refused or full: it lives as long as this page, which asks to be kept open.
  }
}

export function keptHandIn(attempt) {
  try {
    const kept = localStorage.getItem(PREFIX + attempt);
    if (kept) return JSON.parse(kept);
  } catch {
    // As above.
  }
  return inMemory.get(attempt) ?? null;
}

export function forgetHandIn(attempt) {
  inMemory.delete(attempt);
  try {
    localStorage.removeItem(PREFIX + attempt);
  } catch {
    // As above.
  }
}
