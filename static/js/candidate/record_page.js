// The own record: pictures and films whose links have expired get fresh ones, once per failure.

import { getJSON } from "../shared/http.js";

const tried = new WeakSet();

async function renew(element) {
  const place = element.closest("[data-renew]");
  if (!place || !element.dataset.item || tried.has(element)) return;
  tried.add(element);
  try {
    const { items } = await getJSON(place.dataset.renew);
    const fresh = items.find((each) => each.id === Number(element.dataset.item));
    if (!fresh) return;
    element.src = fresh.url;
    const link = element.closest("a");
    if (link) link.href = fresh.url;
  } catch {
    place.querySelector("[data-problem]").textContent = "Some pictures could not be loaded. Load the page again.";
  }
}

// Errors of pictures and films do not bubble, hence the capture phase.
document.addEventListener("error", (event) => event.target instanceof HTMLElement && renew(event.target), true);
