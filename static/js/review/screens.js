// Pictures and films of the screen on the page of an incident: links that have expired are renewed, once each.

import { getJSON } from "../shared/http.js";

/** `root`: the section; `base` ends with "/incidents/". */
export function keepScreensOpen(root, base, incident) {
  const tried = new WeakSet();
  const renew = async (shown) => {
    const holder = shown.closest("[data-screen]");
    if (!holder || tried.has(shown)) return;
    tried.add(shown);
    try {
      const { screens, screen_clips: films } = await getJSON(`${base}${incident}/evidence/`);
      const fresh = [...screens, ...films].find((each) => each.id === Number(holder.dataset.screen));
      if (!fresh) return;
      shown.src = fresh.url;
      if (holder.href) holder.href = fresh.url;
    } catch {
      root.querySelector("[data-screens-problem]").textContent = "Some of the screen cannot be loaded now. Load this page again.";
    }
  };
  // Errors of images and films do not bubble, hence the capture phase.
  root.addEventListener("error", ({ target }) => target.matches("img, video") && renew(target), true);
  root.addEventListener("load", ({ target }) => tried.delete(target), true);
  root.addEventListener("loadeddata", ({ target }) => tried.delete(target), true);
}
