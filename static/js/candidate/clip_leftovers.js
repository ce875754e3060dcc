// The page after the end: sends the recordings that this browser still has, and deletes what nobody takes any more.

import { ClipSender } from "./clip_sender.js";
import { openClipStore } from "./clip_store.js";

const place = document.getElementById("leftovers");
const store = await openClipStore(Number(place.dataset.attempt));
await store.forgetOld();
if ((await store.list()).length) {
  const words = document.createElement("p");
  words.className = "notice notice-info";
  place.after(words);
  const sender = new ClipSender({ store });
  sender.addEventListener("empty", () => (words.textContent = "The last recordings of your microphone have been sent."));
  window.addEventListener("online", () => sender.hurry());
  words.textContent = "The last recordings of your microphone are being sent. Please keep this page open until then; your answers are not affected.";
  await sender.wake();
}
