// The form of a question: tools for rich text above the fields, and a preview made by the server.

import { postJSON } from "../shared/http.js";
import { asRichText, insert, list, wrap } from "./markup.js";
import { MediaDialog } from "./media_dialog.js";

const PREVIEW_AFTER_MS = 600;
const TABLE = "<table>\n  <tr><th>Heading</th><th>Heading</th></tr>\n  <tr><td>Cell</td><td>Cell</td></tr>\n</table>\n";
// The fields of each kind that candidates read in the format of the question.
const TEXT_FIELD = /^(stem|text|option_\d+_text|entry_\d+|prompt_\d+|match_\d+)$/;

const form = document.getElementById("question_form");
const format = form.elements.text_format;
const bar = document.getElementById("editor-bar");
const news = document.getElementById("editor-news");
const preview = document.getElementById("editor-preview");
const fields = Array.from(form.querySelectorAll("textarea, input[type=text]")).filter(isText);
const stem = fields.find((field) => field.name === "stem");
const dialog = new MediaDialog(document.getElementById("editor-dialog"), insertAtCaret);

let lastUsed = stem;
let shownFormat = format.value;
let kept = null;
let caret = [0, 0];
let timer = 0;
let wanted = 0;

(stem.closest(".flex-container") ?? stem).before(bar);
stem.closest("fieldset").append(news, preview);
form.append(dialog.dialog);
document.addEventListener("media:choose", ({ detail }) => dialog.open(detail.onChosen)); // region_editor.js
format.addEventListener("change", changeFormat);
news.querySelector("[data-undo]").addEventListener("click", undo);
bar.addEventListener("mousedown", (event) => event.preventDefault());
bar.addEventListener("click", (event) => act(event.target.closest("button")));
for (const field of fields) {
  field.addEventListener("focus", () => (lastUsed = field));
  field.addEventListener("input", previewSoon);
  field.addEventListener("keydown", shortcut);
}
showBar();
previewSoon();

function isText(field) {
  // A matching question has further choices in "others", a numeric one further numbers.
  return TEXT_FIELD.test(field.name) || (field.name === "others" && "prompt_1" in form.elements);
}

function isRich() {
  return format.value === "html";
}

function showBar() {
  bar.hidden = !isRich();
}

function act(button) {
  if (!button) return;
  const { wrap: tag, list: listTag } = button.dataset;
  if (tag) wrap(lastUsed, `<${tag}>`, `</${tag}>`);
  else if (listTag) list(lastUsed, listTag);
  else if ("table" in button.dataset) insert(lastUsed, TABLE);
  else if ("formula" in button.dataset) wrap(lastUsed, "\\(", "\\)");
  else if ("media" in button.dataset) {
    caret = [lastUsed.selectionStart, lastUsed.selectionEnd];
    dialog.open();
  }
}

/** An open dialog makes the page behind it inert, and the field forgets where its caret was. */
function insertAtCaret(markup) {
  lastUsed.focus();
  lastUsed.setSelectionRange(...caret);
  insert(lastUsed, markup);
}

function shortcut(event) {
  const tag = { b: "b", i: "i" }[event.key.toLowerCase()];
  if (!isRich() || !tag || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  wrap(event.target, `<${tag}>`, `</${tag}>`);
}

/** A new format reads the same text otherwise: plain text is rewritten so that candidates see what they saw. */
function changeFormat() {
  kept = { format: shownFormat, texts: fields.map((field) => field.value) };
  if (isRich()) {
    for (const field of fields) field.value = asRichText(field.value, field === stem);
    say("The texts were rewritten as rich text that reads the same. < and & now have a meaning: type &lt; and &amp; for the signs.");
  } else {
    say("Plain text shows everything as it is typed: candidates will see the tags.");
  }
  shownFormat = format.value;
  showBar();
  previewSoon();
}

function undo() {
  format.value = kept.format;
  shownFormat = kept.format;
  fields.forEach((field, place) => (field.value = kept.texts[place]));
  news.hidden = true;
  format.focus();
  showBar();
  previewSoon();
}

function say(text) {
  news.hidden = false;
  news.querySelector("span").textContent = text;
  news.querySelector("[data-undo]").hidden = false;
}

function previewSoon() {
  clearTimeout(timer);
  timer = setTimeout(showPreview, PREVIEW_AFTER_MS);
}

async function showPreview() {
  const options = fields.filter((field) => field !== stem && field.value.trim());
  preview.hidden = !isRich() || !(stem.value.trim() || options.length);
  if (preview.hidden) return;
  const turn = ++wanted;
  try {
    const body = { text_format: format.value, texts: [stem.value, ...options.map((field) => field.value)] };
    const { texts } = await postJSON(bar.dataset.shown, body);
    if (turn !== wanted) return;
    // Sanitised by the server, as on the candidate's page.
    preview.querySelector("[data-stem]").innerHTML = texts[0];
    preview.querySelector("[data-options]").replaceChildren(...texts.slice(1).map(asItem));
  } catch (error) {
    preview.querySelector("[data-stem]").textContent = error.detail ?? "The preview cannot be made now.";
  }
}

function asItem(html) {
  const item = document.createElement("li");
  item.innerHTML = html;
  return item;
}
