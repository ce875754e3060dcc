// The newest pictures of the screen in an entry of the feed; the rest, and films, are in the review.

const SCREENS = 2;

/** Pictures once shown stay: each further one loaded is a look at evidence, and logged as one. */
export function writeScreens(slot, { screens = [], screen_clips: films = [] }, { name, clock }) {
  const present = new Set([...slot.querySelectorAll("a")].map((each) => Number(each.dataset.evidence)));
  for (const each of screens.slice(-SCREENS)) {
    if (present.size >= SCREENS || present.has(each.id)) continue;
    slot.append(picture(each, name, clock));
    present.add(each.id);
  }
  let more = slot.querySelector("p");
  if (!more) {
    more = document.createElement("p");
    more.className = "small muted";
    slot.append(more);
  }
  slot.append(more); // always last
  more.textContent = rest(screens.length - present.size, films.length);
}

function picture({ id, url, captured_at: capturedAt }, name, clock) {
  const link = document.createElement("a");
  const image = new Image(112, 63);
  Object.assign(link, { href: url, target: "_blank", rel: "noopener", className: "entry-screen" });
  link.dataset.evidence = id;
  image.loading = "lazy";
  image.alt = `Screen of ${name} at ${clock(capturedAt)}; opens large in a new tab`;
  image.src = url;
  link.append(image);
  return link;
}

function rest(pictures, films) {
  const parts = [];
  if (pictures > 0) parts.push(`${pictures} more picture${pictures === 1 ? "" : "s"} of the screen`);
  if (films > 0) parts.push(`${films} film${films === 1 ? "" : "s"} of it`);
  return parts.length ? `${parts.join(" and ")} in the review` : "";
}
