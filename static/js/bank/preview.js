// The preview of a question: the candidate's own widget, and what the answer in it would earn.

import { isAnswered, problemOf, readValue, writeValue } from "../candidate/widgets.js";
import { ApiError, postJSON } from "../shared/http.js";

const form = document.getElementById("preview");
const question = form.querySelector(".question");
const result = document.getElementById("preview-result");

question.hidden = false;
writeValue(question, null);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});

async function check() {
  const problem = problemOf(question);
  if (problem) return show("warning", problem);
  const value = readValue(question);
  try {
    const body = { version: Number(form.dataset.version), value };
    const { share, answer } = await postJSON(form.dataset.try, body);
    show(...inWords(share, isAnswered(value) ? answer : ""));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    show("danger", error.detail);
  }
}

function inWords(share, answer) {
  const given = answer ? ` Your answer: ${answer}` : " You gave no answer.";
  if (share === null) return ["info", `A person marks this answer.${given}`];
  const percent = Math.round(share * 1000) / 10;
  const tone = share >= 1 ? "success" : share > 0 ? "warning" : "danger";
  return [tone, `This answer earns ${percent} % of the points.${given}`];
}

function show(tone, text) {
  const notice = document.createElement("p");
  notice.className = `notice notice-${tone}`;
  notice.textContent = text;
  result.replaceChildren(notice);
}
