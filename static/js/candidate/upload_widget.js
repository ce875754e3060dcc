// Hands in files: each is sent as soon as it is chosen; the answer is the list of files the server has taken in.

import { csrfToken } from "../shared/http.js";

const BYTES_PER_MB = 1000000;

/** The files of the answer, or null when there is none. */
export function readFiles(widget) {
  const files = filesOf(widget);
  return files.length ? files : null;
}

export function writeFiles(widget, value) {
  widget.dataset.value = JSON.stringify(value ?? []);
  show(widget);
}

export function prepareFiles(widget) {
  const input = widget.querySelector("[data-file-input]");
  // Only a file that was taken in changes the answer, not the choice of one.
  input.addEventListener("input", (event) => event.stopPropagation());
  input.addEventListener("change", () => input.files.length && send(widget, input));
  widget.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-takes-out]");
    if (button) takeOut(widget, button.dataset.takesOut);
  });
}

async function send(widget, input) {
  const [file] = input.files;
  const exam = document.getElementById("exam");
  const most = Number(widget.dataset.largestMb);
  showProblem(widget, "");
  if (!exam) return showProblem(widget, "This is only a preview: files are not taken in here.");
  if (file.size > most * BYTES_PER_MB) return showProblem(widget, `This file is larger than ${most} MB.`);
  say(widget, `Handing in ${file.name} …`);
  input.disabled = true;
  const kept = await upload(exam, widget, file);
  input.disabled = false;
  input.value = "";
  if (kept.problem) {
    say(widget, "");
    showProblem(widget, kept.problem);
  } else {
    change(widget, [...filesOf(widget), kept.file]);
    say(widget, `${kept.file.name} is handed in.`);
  }
  (widget.querySelector("[data-file-field]").hidden ? widget.querySelector("[data-takes-out]") : input).focus();
}

/** {file} as the server keeps it, or {problem} in words that say what to do. */
async function upload(exam, widget, file) {
  const form = new FormData();
  form.append("device", sessionStorage.getItem("proctor-device") ?? "");
  form.append("item", widget.closest(".question").dataset.item);
  form.append("file", file);
  const request = { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": csrfToken() }, body: form };
  try {
    const answer = await fetch(exam.dataset.api + "files/", request);
    const body = await answer.json();
    return answer.ok ? { file: body } : { problem: body.detail };
  } catch {
    return { problem: "The file could not be sent. Check the connection and choose it again; your other answers are safe." };
  }
}

function takeOut(widget, id) {
  const file = filesOf(widget).find((each) => each.id === id);
  change(widget, filesOf(widget).filter((each) => each.id !== id));
  say(widget, `${file.name} is taken out of your answer.`);
  widget.querySelector("[data-file-input]").focus();
}

function change(widget, files) {
  writeFiles(widget, files);
  widget.dispatchEvent(new Event("input", { bubbles: true }));
}

function show(widget) {
  const files = filesOf(widget);
  widget.querySelector("[data-files]").replaceChildren(...files.map(entryFor));
  widget.querySelector("[data-file-field]").hidden = files.length >= Number(widget.dataset.mostFiles);
}

function entryFor(file) {
  const entry = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/api/v1/answer-files/${file.id}/`;
  link.textContent = file.name;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small";
  button.dataset.takesOut = file.id;
  button.textContent = "Take out";
  button.setAttribute("aria-label", `Take out ${file.name}`);
  entry.append(link, ` (${Math.max(file.size / BYTES_PER_MB, 0.01).toFixed(2)} MB) `, button);
  return entry;
}

function filesOf(widget) {
  return JSON.parse(widget.dataset.value ?? "[]");
}

function say(widget, sentence) {
  widget.querySelector("[data-file-news]").textContent = sentence;
}

function showProblem(widget, sentence) {
  const place = widget.querySelector("[data-file-problem]");
  place.textContent = sentence;
  place.hidden = sentence === "";
}
