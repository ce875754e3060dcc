// What acts are called and need, and how their results are said. Pure.

/** `needsReason`: a code or words; `typed`: has to be confirmed by typing; `undo`: what its undoing is called. */
export const ACTS = {
  warn: { verb: "Warn", done: "warned", submit: "Send the warning", undone: "withdrawn" },
  pause: {
    verb: "Pause",
    one: "Pause the exam of",
    help: "The exam page is covered and the clock stands until you resume. Candidates read the reason.",
    done: "paused",
    needsReason: true,
    undone: "resumed",
  },
  resume: {
    verb: "Resume",
    one: "Resume the exam of",
    help: "The exam goes on at once. The time of the pause is given back.",
    done: "resumed",
    undone: "paused again",
  },
  give_time: {
    verb: "Give time",
    one: "Give time to",
    help: "The minutes are added at once, and candidates read how many and why. They can be taken back as long as they are not used.",
    done: "given more time",
    needsReason: true,
    needsMinutes: true,
    undone: "without the extra time again",
  },
  admit: {
    verb: "Let in",
    one: "Let in",
    help: "For candidates who cannot finish check-in alone, for example without a camera. Check first who they are. This cannot be undone.",
    done: "let in",
    needsReason: true,
  },
  reinstate: {
    verb: "Reinstate",
    one: "Reinstate the exam of",
    help: "The exam is open again and paused; resume it when the candidate is ready.",
    done: "reinstated and paused",
    undone: "terminated again",
  },
  terminate: {
    verb: "Terminate",
    one: "Terminate the exam of",
    help: "The exam ends now with the answers saved so far. Candidates read the reason. You can reinstate it later.",
    done: "terminated",
    needsReason: true,
    isTyped: true,
    undone: "reinstated and paused",
  },
};

/** People whom the act can be done to, and those whose state does not allow it. `allowed`: states by act. */
export function sortedOut(people, allowed, act = "") {
  const can = people.filter(
    ({ attempt, state, readsWarnings }) =>
      attempt !== null && (state === undefined || allowed.includes(state)) && (act !== "warn" || readsWarnings !== false),
  );
  return { can, cannot: people.filter((each) => !can.includes(each)) };
}

export function titleOf(act, people) {
  const how = ACTS[act];
  return people.length === 1 ? `${how.one ?? how.verb} ${people[0].name}` : `${how.verb} ${people.length} candidates`;
}

/** What has to be typed before many, or one, are terminated. */
export function wantedWords(people) {
  return people.length === 1 ? people[0].name : `terminate ${people.length}`;
}

/** A name without the differences that do not matter when it is typed again. */
export function plain(name) {
  return name.normalize("NFC").trim().replace(/\s+/g, " ").toLocaleLowerCase();
}

/** One sentence about a run: "12 paused, 1 not." */
export function saidOf(act, { done, failed, results }) {
  const first = results.find((each) => each.ok);
  const many = done === 1 ? first.name : String(done);
  const left = failed ? ` ${failed} not: see why.` : "";
  return done ? `${many} ${ACTS[act].done}.${left}` : `Nothing was done.${left}`;
}

export function undoneOf(act, { done, failed }) {
  const left = failed ? ` ${failed} left as ${failed === 1 ? "it is" : "they are"}.` : "";
  return `${done} ${ACTS[act].undone}.${left}`;
}
