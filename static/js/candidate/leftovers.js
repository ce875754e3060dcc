// The page after the end: sends what this browser still has of the attempt, and says what became of it.

import { ServerClock } from "../shared/clock.js";
import { AnswerJournal } from "./answer_journal.js";
import { AnswerSender } from "./answer_sender.js";
import { claimDevice } from "./device.js";
import { openStore } from "./journal_store.js";
import { lateInWords } from "./late_words.js";

const place = document.getElementById("leftovers");
const attempt = Number(place.dataset.attempt);
const store = await openStore(attempt);
if ((await store.all()).length) {
  const device = await claimDevice();
  const sender = new AnswerSender(place.dataset.api);
  const journal = new AnswerJournal({ attempt, device, store, sender, clock: new ServerClock() });
  await journal.open();
  const send = async () => {
    place.textContent = lateInWords(await journal.sendLate());
    place.hidden = place.textContent === "";
  };
  window.addEventListener("online", send);
  await send();
}
