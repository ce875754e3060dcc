// Keeps the lock of the case that is open here: taken on opening, renewed while somebody looks, given back.

import { csrfToken, postJSON } from "../shared/http.js";

const EVERY_MS = 30000;
const place = document.getElementById("case-lock");
let timer = 0;

async function renew() {
  if (document.visibilityState !== "visible") return;
  try {
    await postJSON(place.dataset.lockUrl);
    tell("");
  } catch (problem) {
    if (problem.isTemporary) return; // two renewals may be lost
    tell(`${problem.body?.detail ?? problem.detail} Reload the page before you go on.`);
    clearInterval(timer);
  }
}

function tell(text) {
  const slot = place.querySelector('[data-slot="problem"]');
  if (slot.textContent !== text) slot.textContent = text;
}

function release() {
  // Not awaited: the page is going away.
  fetch(place.dataset.releaseUrl, {
    method: "POST",
    keepalive: true,
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrfToken() },
  }).catch(() => {});
}

if (place && "takes" in place.dataset) {
  renew();
  timer = setInterval(renew, EVERY_MS);
  document.addEventListener("visibilitychange", renew);
  addEventListener("pagehide", release);
}
