// Links to evidence live for minutes: pictures that no longer load get fresh ones, once per failure.

import { getJSON } from "../shared/http.js";

/** Fresh links of all pictures of an incident: [{id, captured_at, url}]. `base` ends with "/incidents/". */
export async function freshLinks(base, incident) {
  const answer = await getJSON(`${base}${incident}/evidence/`);
  return answer.evidence;
}

/** Gives pictures inside `root` one fresh link when theirs fails. `incidentOf(img)`, `itemOf(img)`: their ids. */
export function renewOnError(root, base, incidentOf, itemOf) {
  const tried = new WeakSet();
  const renew = async (image) => {
    const incident = incidentOf(image);
    if (!incident || tried.has(image)) return;
    tried.add(image);
    try {
      const fresh = (await freshLinks(base, incident)).find((each) => each.id === itemOf(image));
      // A small copy stays small: the link is the same for both.
      if (fresh) image.src = image.src.includes("&size=small") ? `${fresh.url}&size=small` : fresh.url;
    } catch {
      image.closest("[data-evidence]")?.setAttribute("data-missing", "");
    }
  };
  // Errors of images do not bubble, hence the capture phase.
  root.addEventListener("error", (event) => event.target instanceof HTMLImageElement && renew(event.target), true);
  root.addEventListener("load", (event) => tried.delete(event.target), true);
  for (const image of root.querySelectorAll("img[src]")) {
    if (image.complete && image.naturalWidth === 0 && itemOf(image)) renew(image);
  }
}
