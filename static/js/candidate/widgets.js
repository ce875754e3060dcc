// Reads and writes the answer of one question, whatever its kind; an empty answer is null.

import { preparePlaces, readPlaces, writePlaces } from "./hotspot_widget.js";
import { prepareOrder, readOrder, writeOrder } from "./ordering_widget.js";
import { prepareFiles, readFiles, writeFiles } from "./upload_widget.js";
import { countInWords, countWords } from "./words.js";

const NUMBER = /^[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?$/i;

/** The answer as the server stores it: each kind's folder in exams/kinds says in which shape; null is none. */
export function readValue(question) {
  const widget = widgetOf(question);
  return READERS[widget.dataset.widget](widget);
}

/** Shows `value` in the question's controls. */
export function writeValue(question, value) {
  const widget = widgetOf(question);
  if (!widget.dataset.ready) {
    PREPARERS[widget.dataset.widget]?.(widget);
    widget.dataset.ready = "true";
  }
  WRITERS[widget.dataset.widget](widget, value);
  showWordCount(question);
}

/** What keeps the present input from being an answer, in words; "" when nothing does. */
export function problemOf(question) {
  const typed = Array.from(question.querySelectorAll("[data-number]"), (input) => input.value.trim());
  return typed.every((text) => text === "" || NUMBER.test(text)) ? "" : "This is not a number yet. Write digits, such as 3.14 or -2.";
}

export function isAnswered(value) {
  return !(value === null || value === "" || (Array.isArray(value) && value.length === 0));
}

export function showWordCount(question) {
  const counter = question.querySelector("[data-word-count]");
  if (!counter) return;
  const words = countWords(question.querySelector("textarea").value);
  const least = Number(counter.dataset.leastWords) || 0;
  const most = Number(counter.dataset.wordLimit) || 0;
  counter.textContent = countInWords(words, least, most);
  counter.classList.toggle("error-text", most > 0 && words > most);
}

function widgetOf(question) {
  return question.querySelector("[data-widget]");
}

function checkedValues(widget) {
  return Array.from(widget.querySelectorAll("input:checked"), (input) => input.value);
}

function check(widget, values) {
  for (const input of widget.querySelectorAll("input")) input.checked = values.includes(input.value);
}

function readQuantity(widget) {
  const number = numberIn(widget.querySelector("[data-number]"));
  return number === null ? null : { number, unit: widget.querySelector("[data-unit]").value.trim() };
}

function writeQuantity(widget, value) {
  setText(widget.querySelector("[data-number]"), value?.number ?? "");
  setText(widget.querySelector("[data-unit]"), value?.unit ?? "");
}

/** Leaves the caret alone where nothing changes. */
function setText(control, text) {
  if (control.value !== text) control.value = text;
}

/** What stands in a field for a number, with a point; null while it is no number. */
function numberIn(control) {
  const text = control.value.trim();
  return NUMBER.test(text) ? text.replace(",", ".") : null;
}

function readGaps(widget) {
  const filled = Array.from(widget.querySelectorAll("[data-gap]"), (control) => [control.dataset.gap, control.matches("[data-number]") ? numberIn(control) : control.value]).filter(([, text]) => text !== null && text.trim() !== "");
  return filled.length ? Object.fromEntries(filled) : null;
}

function writeGaps(widget, value) {
  for (const control of widget.querySelectorAll("[data-gap]")) setText(control, value?.[control.dataset.gap] ?? "");
}

function readMatches(widget) {
  const chosen = Array.from(widget.querySelectorAll("select"), (select) => [select.dataset.prompt, select.value]).filter(([, choice]) => choice);
  return chosen.length ? Object.fromEntries(chosen) : null;
}

function writeMatches(widget, value) {
  for (const select of widget.querySelectorAll("select")) select.value = value?.[select.dataset.prompt] ?? "";
}

/** What the field holds at the start, such as headings to write under, is no answer. */
function readText(widget) {
  const control = widget.querySelector("input, textarea");
  return control.value === control.defaultValue || control.value.trim() === "" ? null : control.value;
}

function writeText(widget, value) {
  const control = widget.querySelector("input, textarea");
  setText(control, value ?? control.defaultValue);
}

const READERS = {
  one: (widget) => checkedValues(widget)[0] ?? null,
  several: (widget) => {
    const values = checkedValues(widget);
    return values.length ? values : null;
  },
  truth: (widget) => (checkedValues(widget).length ? checkedValues(widget)[0] === "true" : null),
  number: (widget) => numberIn(widget.querySelector("input")),
  quantity: readQuantity,
  text: readText,
  matches: readMatches,
  order: readOrder,
  gaps: readGaps,
  files: readFiles,
  points: readPlaces,
};

const WRITERS = {
  one: (widget, value) => check(widget, value === null ? [] : [value]),
  several: (widget, value) => check(widget, value ?? []),
  truth: (widget, value) => check(widget, value === null ? [] : [String(value)]),
  number: writeText,
  quantity: writeQuantity,
  text: writeText,
  matches: writeMatches,
  order: writeOrder,
  gaps: writeGaps,
  files: writeFiles,
  points: writePlaces,
};

/** What some widgets need once, before they show their first answer. */
const PREPARERS = { order: prepareOrder, files: prepareFiles, points: preparePlaces };
