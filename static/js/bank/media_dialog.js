// Brings in pictures, sounds and files, and gives the markup of the one that is chosen.

import { csrfToken, getJSON } from "../shared/http.js";
import { escapeText } from "./markup.js";

const UPLOAD_LIMIT_MS = 120000;

/** `onChosen(markup, media)` is called with what is to be inserted, and with what was chosen. */
export class MediaDialog {
  constructor(dialog, onChosen) {
    this.dialog = dialog;
    this.onChosen = onChosen;
    this.file = dialog.querySelector("#editor-file");
    this.description = dialog.querySelector("#editor-description");
    this.problem = dialog.querySelector("#editor-problem");
    this.uploadButton = dialog.querySelector("[data-upload-now]");
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    this.uploadButton.addEventListener("click", () => this.#upload());
    // Enter in a field of the dialog must not save the question around it.
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input[type=text]")) return;
      event.preventDefault();
      this.#upload();
    });
  }

  async open(onChosen = this.onChosen) {
    this.chosen = onChosen;
    this.#say("");
    this.dialog.showModal();
    try {
      const { media } = await getJSON(this.dialog.dataset.choices);
      this.#list(media);
    } catch (error) {
      this.#say(error.detail ?? "The files cannot be listed now.");
    }
  }

  #list(media) {
    const items = media.map((each) => {
      const button = document.createElement("button");
      button.type = "button";
      if (each.kind === "picture") {
        const picture = document.createElement("img");
        picture.src = each.url;
        picture.alt = "";
        button.append(picture);
      }
      button.append(each.description || each.name);
      button.addEventListener("click", () => this.#choose(each));
      const item = document.createElement("li");
      item.append(button);
      return item;
    });
    const list = this.dialog.querySelector("[data-list]");
    list.replaceChildren(...items);
    if (!items.length) list.append(Object.assign(document.createElement("li"), { textContent: "Nothing has been brought in yet." }));
  }

  #choose(each) {
    this.dialog.close();
    this.chosen(markupOf(each), each);
  }

  async #upload() {
    if (!this.file.files.length) return this.#say("Choose a file first.", this.file);
    const body = new FormData();
    body.append("file", this.file.files[0]);
    body.append("description", this.description.value);
    this.uploadButton.disabled = true;
    try {
      const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
      const options = { method: "POST", body, headers, signal: AbortSignal.timeout(UPLOAD_LIMIT_MS) };
      const response = await fetch(this.dialog.dataset.upload, options);
      const answer = await response.json();
      if (!response.ok) return this.#say(answer.detail, answer.field === "description" ? this.description : this.file);
      this.file.value = "";
      this.description.value = "";
      this.#choose(answer);
    } catch {
      this.#say("The file could not be sent. Check your connection and that you are signed in.");
    } finally {
      this.uploadButton.disabled = false;
    }
  }

  #say(text, field = null) {
    this.problem.textContent = text;
    this.problem.hidden = !text;
    field?.focus();
  }
}

function markupOf({ kind, reference, name, description }) {
  const words = escapeText(description || name).replaceAll('"', "&quot;");
  if (kind === "picture") return `<img src="${reference}" alt="${words}">`;
  if (kind === "sound") return `<audio src="${reference}" aria-label="${words}"></audio>`;
  return `<a href="${reference}">${words}</a>`;
}
