// Where the playhead goes and what is to be seen there: pure, so that it can be tested without a page.

export const SPEEDS = [0.5, 1, 2, 4, 8];
/** A picture stands for this long around its moment. */
const PICTURE_S = 3;
/** As far from the playhead evidence is still shown. */
export const NEAR_S = 15;
/** Playing goes over gaps, and begins this much before what comes next. */
const LEAD_S = 1;
const LOOP_LEAD_S = 5;
const LEAST_LOOP_S = 10;
const MOST_LOOP_S = 20;

/** The end of a piece: pictures last as long as they stand. */
export function endOf(item) {
  return item.at + (item.seconds || PICTURE_S);
}

/** What a track shows at a moment: what covers it, else the nearest within `NEAR_S`; null for nothing. */
export function nearest(items, moment) {
  let best = null;
  let least = NEAR_S;
  for (const item of items) {
    const distance = distanceTo(item, moment);
    // Of pieces that cover the moment the one that began last.
    if (distance < least || (best && distance === least && item.at >= best.at && item.at <= moment)) {
      best = item;
      least = distance;
    }
  }
  return best;
}

function distanceTo(item, moment) {
  if (moment < item.at) return item.at - moment;
  return Math.max(0, moment - (item.at + item.seconds));
}

/** The stretches worth playing, joined where they touch: those of all evidence, `[[begin, end]]` in order. */
export function stretchesOf(items) {
  const sorted = items.map((item) => [item.at - LEAD_S, endOf(item)]).sort((one, other) => one[0] - other[0]);
  const joined = [];
  for (const [begin, end] of sorted) {
    const last = joined.at(-1);
    if (last && begin <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([begin, end]);
  }
  return joined;
}

/** The moment after `seconds` of playing; gaps are passed over; null when nothing comes any more. */
export function playOn(stretches, moment, seconds) {
  const next = moment + seconds;
  const here = stretches.find(([begin, end]) => begin <= next && next < end);
  if (here) return next;
  return stretches.find(([begin]) => begin > moment)?.[0] ?? null;
}

/** What is repeated around an incident: 10 to 20 seconds, from a little before it. */
export function loopAround(incident) {
  const begin = incident.begin - LOOP_LEAD_S;
  const seconds = Math.min(Math.max(incident.end - begin + LOOP_LEAD_S, LEAST_LOOP_S), MOST_LOOP_S);
  return [begin, begin + seconds];
}

/** The next (1) or previous (-1) incident from the current one, or from the moment when there is none; else null. */
export function stepIncident(incidents, current, moment, by) {
  const place = incidents.findIndex(({ id }) => id === current);
  if (place >= 0) return incidents[place + by] ?? null;
  return (by > 0 ? incidents.find(({ begin }) => begin >= moment) : incidents.findLast(({ begin }) => begin < moment)) ?? null;
}

/** The first incident that nobody has reviewed, after the current one and then from the top; null for none. */
export function nextOpen(incidents, current, isOpen) {
  const place = incidents.findIndex(({ id }) => id === current);
  const round = [...incidents.slice(place + 1), ...incidents.slice(0, place + 1)];
  return round.find(({ id }) => isOpen(id)) ?? null;
}

/** The question on the screen, in words; "" when it is not known. */
export function questionAt(questions, moment) {
  return questions.findLast(({ from, to }) => from <= moment && moment < to)?.words ?? "";
}

/** Time since the start: "12:04 after the start", "0:08 before the start". */
export function sinceStart(moment, start) {
  const seconds = Math.round(moment - start);
  const whole = Math.abs(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  const clock = hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  return `${clock} ${seconds < 0 ? "before" : "after"} the start`;
}

/** The next slower (-1) or faster (1) speed. */
export function nextSpeed(speed, by) {
  return SPEEDS[Math.min(Math.max(SPEEDS.indexOf(speed) + by, 0), SPEEDS.length - 1)];
}
