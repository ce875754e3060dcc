// Says in words what each rule would do while it is being changed; the server checks and writes the words.

import { postBytes } from "../shared/http.js";

const WAIT_MS = 350;

const root = document.querySelector(".policy-detectors");
const status = document.getElementById("policy-status");
let timer = 0;
let asked = 0;

function slot(panel, name) {
  return panel.querySelector(`[data-slot="${name}"]`);
}

function showErrors(panel, errors) {
  for (const place of panel.querySelectorAll(".policy-error")) {
    const text = errors[place.dataset.field] ?? "";
    if (place.textContent.trim() !== text) place.textContent = text;
    place.parentElement.querySelector("input, select").toggleAttribute("aria-invalid", text !== "");
  }
}

function show(panel, told) {
  showErrors(panel, told.errors);
  if (!told.words) {
    slot(panel, "words").textContent = "Please correct the numbers above.";
    return;
  }
  slot(panel, "words").textContent = told.words;
  slot(panel, "summary").textContent = told.summary;
  slot(panel, "differs").hidden = !told.differs;
}

// An older answer that comes late is dropped; without an answer the words of the last one stay.
async function ask(changed) {
  const turn = ++asked;
  let answer;
  try {
    answer = await postBytes(root.dataset.wordsUrl, new FormData(root.form), {});
  } catch (error) {
    status.textContent = error.detail ?? "The words could not be brought up to date.";
    return;
  }
  if (turn !== asked) return;
  for (const panel of root.querySelectorAll(".policy-detector")) show(panel, answer.detectors[panel.dataset.kind]);
  status.textContent = slot(changed, "words").textContent;
}

function changedIn(panel) {
  clearTimeout(timer);
  timer = setTimeout(() => ask(panel), WAIT_MS);
}

function reset(panel) {
  for (const box of panel.querySelectorAll("[data-default]")) box.value = box.dataset.default;
  changedIn(panel);
}

if (root?.querySelector("[data-reset]")) {
  for (const button of root.querySelectorAll("[data-reset]")) button.hidden = false;
  root.addEventListener("input", (event) => changedIn(event.target.closest(".policy-detector")));
  root.addEventListener("click", (event) => {
    if (event.target.matches("[data-reset]")) reset(event.target.closest(".policy-detector"));
  });
}
