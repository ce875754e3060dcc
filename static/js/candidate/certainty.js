// How sure the candidate is of an answer: three levels below the question, where the exam asks for it.

/** The chosen level, 1 to 3; null when none is chosen or the question does not ask. */
export function readCertainty(question) {
  const chosen = question.querySelector("[data-certainty] input:checked");
  return chosen ? Number(chosen.value) : null;
}

/** Shows the level `certainty`, null for none; `answered`: whether the question has an answer. */
export function writeCertainty(question, certainty, answered) {
  for (const input of question.querySelectorAll("[data-certainty] input")) input.checked = Number(input.value) === certainty;
  showCertaintyNeed(question, answered);
}

/** Whether the question asks for a level, has an answer, and no level is chosen. */
export function lacksCertainty(question, answered) {
  return answered && question.querySelector("[data-certainty]") !== null && readCertainty(question) === null;
}

/** Says below the levels what an answer without one counts as. */
export function showCertaintyNeed(question, answered) {
  const note = question.querySelector("[data-certainty-need]");
  if (note) note.hidden = !lacksCertainty(question, answered);
}
