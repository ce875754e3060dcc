// An act on many goes to the server in parts, so that no request is long and the page can say how far it is. Pure.

export const PART = 25;

/**
 * `send(attempts)` answers with {run, can_undo, results} and is called for one part after the other; `told(done)`
 * hears after each how many were asked for. All parts go under one key: they are one run, a repeat of which does
 * nothing twice, so that what was interrupted is sent again as a whole. Resolves to the answer for all of them.
 */
export async function inParts(attempts, send, told = () => {}) {
  const results = new Map();
  let last = null;
  for (let place = 0; place < attempts.length; place += PART) {
    last = await send(attempts.slice(place, place + PART));
    // Each answer has the whole run so far; what is not found stands in the answer to its own part alone.
    for (const each of last.results) results.set(each.attempt, each);
    told(Math.min(place + PART, attempts.length));
  }
  const all = [...results.values()];
  const done = all.filter(({ ok }) => ok).length;
  return { ...last, results: all, done, failed: all.length - done };
}
