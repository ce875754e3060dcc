// The widgets of a previewed paper work as in the exam; nothing is kept.

import { showCertaintyNeed } from "./certainty.js";
import { isAnswered, problemOf, readValue, showWordCount, writeValue } from "./widgets.js";

const questions = document.querySelectorAll(".question");
for (const question of questions) writeValue(question, null);

const form = document.getElementById("questions");
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", ({ target }) => {
  const question = target.closest(".question");
  showWordCount(question);
  showCertaintyNeed(question, isAnswered(readValue(question)));
  const place = question.querySelector("[data-problem]");
  place.textContent = problemOf(question);
  place.hidden = place.textContent === "";
});
form.addEventListener("click", ({ target }) => {
  if (target.closest("[data-clears]")) writeValue(target.closest(".question"), null);
});
