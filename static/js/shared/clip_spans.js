// What the player of a recording does with marked spans and speeds: pure, so that it can be tested without sound.

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];
// A loop begins a little early, so that the first sound is not cut; going back this close to a begin goes further back.
export const LEAD_S = 0.3;
const CLOSE_S = 0.75;

/** The spans worth going to, `[[start, end]]` in order: those of other voices; where there are none, all. */
export function spansToVisit(marks) {
  const others = marks.filter(([, , , isOther]) => isOther);
  return (others.length ? others : marks).map(([start, end]) => [start, end]).sort((one, other) => one[0] - other[0]);
}

/** Where a step to the next (1) or previous (-1) span leads; null when there is none. */
export function spanStart(spans, time, by) {
  if (by > 0) return spans.find(([start]) => start > time + 0.05)?.[0] ?? null;
  return (spans.findLast(([start]) => start < time - CLOSE_S) ?? spans.find(([start]) => start < time))?.[0] ?? null;
}

/** What is repeated from `time` on: the span there, else the next one, else the last; the whole without spans. */
export function loopOf(spans, time, seconds) {
  const span = spans.find(([, end]) => time < end) ?? spans.at(-1);
  return span ? [Math.max(0, span[0] - LEAD_S), Math.min(seconds, span[1] + LEAD_S)] : [0, seconds];
}

/** The next slower (-1) or faster (1) speed, or the same at the end. */
export function nextSpeed(speed, by) {
  const place = SPEEDS.indexOf(speed);
  return SPEEDS[Math.min(Math.max(place + by, 0), SPEEDS.length - 1)] ?? 1;
}

/** Who is heard at a time, in words; "" for nobody who is marked. */
export function heardAt(marks, time) {
  const here = marks.filter(([start, end]) => start <= time && time < end).map(([, , label]) => label);
  return [...new Set(here)].join(" and ");
}

/** Minutes and seconds: 0:07. */
export function clockWords(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The act of a key, or null. `isControl`: the focus is on a button or the like, which uses the space bar itself. */
export function actOf(key, isControl) {
  if (key === " ") return isControl ? null : "play";
  return KEYS[key] ?? KEYS[key.toLowerCase()] ?? null;
}

const KEYS = {
  k: "play",
  l: "loop",
  j: "previous",
  ";": "next",
  "<": "slower",
  ">": "faster",
  m: "mute",
  ArrowLeft: "back",
  ArrowRight: "on",
  ArrowUp: "louder",
  ArrowDown: "quieter",
};
