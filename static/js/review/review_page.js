// The page of one incident: gallery, keys, and buttons that say why they are blocked.

import { keepScreensOpen } from "./screens.js";
import { Gallery } from "./gallery.js";
import { listenForKeys } from "./shortcuts.js";

const page = document.getElementById("review");
const galleryRoot = document.getElementById("gallery");
const dialog = document.getElementById("picture-dialog");
const form = document.getElementById("decide");
const note = document.getElementById("note");
const gallery = galleryRoot
  ? new Gallery(galleryRoot, dialog, page.dataset.evidenceBase, Number(page.dataset.incident))
  : null;
const screens = document.getElementById("screens");
if (screens) keepScreensOpen(screens, page.dataset.evidenceBase, Number(page.dataset.incident));
let isSent = false;

form?.addEventListener("submit", (event) => {
  const button = event.submitter;
  const problem = document.getElementById("decide-problem");
  problem.textContent = "";
  if (isSent) {
    event.preventDefault();
  } else if (button?.getAttribute("aria-disabled") === "true") {
    event.preventDefault();
    problem.textContent = document.getElementById(button.getAttribute("aria-describedby")).textContent;
  } else {
    isSent = true;
  }
});
// Coming back with the browser's own button shows the page as it was left.
addEventListener("pageshow", () => { isSent = false; });

/** The first recording; with the focus on its player, whose own keys then hold. */
function playSound() {
  const player = document.querySelector("clip-player");
  player?.focus();
  player?.act("play");
}

function go(address) {
  if (address) location.assign(address);
}

const keys = {
  j: () => go(page.dataset.olderUrl),
  k: () => go(page.dataset.newerUrl),
  n: () => note?.focus(),
  e: () => gallery?.enlarge(),
  p: playSound,
  ArrowLeft: () => gallery?.step(-1),
  ArrowRight: () => gallery?.step(1),
};
for (const button of form?.querySelectorAll("[data-key]") ?? []) {
  keys[button.dataset.key] = () => form.requestSubmit(button);
}
listenForKeys(keys, document.getElementById("keys-on"), () => dialog.open);
