// The page after the end: sends what this browser still has of the attempt, and says what became of it.

import { ServerClock } from "../shared/clock.js";
import { AnswerJournal } from "./answer_journal.js";
import { AnswerSender } from "./answer_sender.js";
import { claimDevice } from "./device.js";
import { openStore } from "./journal_store.js";
import { forgetHandIn, keptHandIn } from "./kept_hand_in.js";
import { lateInWords } from "./late_words.js";
import { postRenewing } from "./renewing_post.js";

const place = document.getElementById("leftovers");
const attempt = Number(place.dataset.attempt);
const store = await openStore(attempt);
if ((await store.all()).length) {
  const device = await claimDevice();
  const sender = new AnswerSender(place.dataset.api);
  const journal = new AnswerJournal({ attempt, device, store, sender, clock: new ServerClock() });
  await journal.open();
  const send = async () => {
    place.textContent = lateInWords(await journal.sendLate(), place.dataset.state);
    place.hidden = place.textContent === "";
  };
  window.addEventListener("online", send);
  await send();
}

/** What was handed in on this computer without a connection; the answers above go first. */
async function sendHandIn() {
  const claim = keptHandIn(attempt);
  // A proctor may open a terminated exam again; then the exam page sends it.
  if (!claim || place.dataset.state === "terminated") return;
  const body = { device: claim.device, handed_in_at: claim.at };
  try {
    const { state } = await postRenewing(place.dataset.api + "submit/", body);
    forgetHandIn(attempt);
    if (state !== place.dataset.state) location.reload();
  } catch (error) {
    if (error.status === undefined) throw error;
    // No answer: the next try comes. Another device holds the attempt, or it ended otherwise: this one is void.
    if (!error.isTemporary && error.status !== 401) forgetHandIn(attempt);
  }
}

window.addEventListener("online", sendHandIn);
await sendHandIn();
