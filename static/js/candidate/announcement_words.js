// How announcements are called and when they came, in words.

/** "Announcement", "Clarification of question 3", "Correction", "Withdrawn announcement" ... */
export function nameOf({ position, replaces, standing }) {
  const what = position === null ? "announcement" : `clarification of question ${position}`;
  if (standing === "withdrawn") return `Withdrawn ${what}`;
  if (replaces !== null) return `Corrected ${what}`;
  return what[0].toUpperCase() + what.slice(1);
}

/** "10:32", with the day when it was not today; in the zone in which the candidate reads times. */
export function timeIn(zone, moment) {
  const at = new Date(moment);
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "short" });
  const isToday = day.format(at) === day.format(new Date());
  return isToday ? time.format(at) : `${day.format(at)}, ${time.format(at)}`;
}

/** A copy of a template with the view written into it. */
export function written(template, view, zone) {
  const node = template.content.firstElementChild.cloneNode(true);
  node.dataset.standing = view.standing;
  node.querySelector("[data-name]").textContent = nameOf(view);
  node.querySelector("[data-time]").textContent = timeIn(zone, view.announced_at);
  node.querySelector("[data-text]").textContent = view.text;
  return node;
}
