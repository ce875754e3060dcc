// The pieces below each incident: those whose links have expired get fresh ones, and players keep their place.

/** Not again and again: a piece that is gone stays gone. */
const AGAIN_MS = 60_000;

/** `root` holds everything with `[data-item]`; `links`: a Links. */
export function keepOpen(root, links) {
  const tried = new WeakMap();

  async function renew(shown) {
    const holder = shown.closest("[data-item]");
    const item = links.items.get(Number(holder?.dataset.item));
    const now = performance.now();
    if (!item || now - (tried.get(shown) ?? -AGAIN_MS) < AGAIN_MS) return;
    tried.set(shown, now);
    const isThere = await links.renew(item).catch(() => false);
    const problem = holder.querySelector('[data-slot="problem"]');
    problem.textContent = isThere ? "" : "This cannot be loaded now. Load the page again.";
    if (isThere) show(shown, item.url);
  }

  async function renewLink(anchor) {
    const item = links.items.get(Number(anchor.closest("[data-item]")?.dataset.item));
    if (!item || !links.isOld(item)) return;
    if (await links.renew(item).catch(() => false)) anchor.href = item.url;
  }

  // Errors of pictures and players do not bubble, hence the capture phase.
  root.addEventListener("error", ({ target }) => target.matches("[data-item] :is(img, video, audio)") && renew(target), true);
  for (const name of ["pointerover", "focusin"]) {
    root.addEventListener(name, ({ target }) => {
      const anchor = target.closest("[data-item] a[href]");
      if (anchor) renewLink(anchor);
    });
  }
  for (const image of root.querySelectorAll("[data-item] img")) {
    if (image.complete && image.naturalWidth === 0 && image.currentSrc) renew(image);
  }
}

function show(shown, url) {
  const [place, wasPlaying] = [shown.currentTime, shown.paused === false];
  shown.src = url;
  const anchor = shown.closest("a");
  if (anchor) anchor.href = url;
  if (!place) return;
  shown.addEventListener("loadedmetadata", () => { shown.currentTime = place; }, { once: true });
  if (wasPlaying) shown.play().catch(() => {}); // the button is there
}
