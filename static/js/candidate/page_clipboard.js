// Copying, pasting, printing and the menu of the right mouse button: noted, and prevented where the exam asks for it.

const REMEMBERED = 20;
const EDITABLE = "input, textarea, [contenteditable]:not([contenteditable='false'])";
const TOOLS = ["i", "j", "c"];

/**
 * `note(kind, more)` hears of each; `blocks(kind)`: whether it is prevented; `tell(sentence)` says so. Reading aloud,
 * selecting, and moving text within the own answers always work.
 */
export class PageClipboard {
  constructor({ note, blocks, tell }) {
    Object.assign(this, { note, blocks, tell });
    this.own = [];
  }

  listen(page = document) {
    page.addEventListener("copy", (event) => this.#copied(event, "copy"), true);
    page.addEventListener("cut", (event) => this.#copied(event, "cut"), true);
    page.addEventListener("paste", (event) => this.#came(event, event.clipboardData), true);
    page.addEventListener("dragstart", () => this.remember(selectedText()), true);
    page.addEventListener("drop", (event) => this.#came(event, event.dataTransfer), true);
    page.addEventListener("contextmenu", (event) => this.#menu(event), true);
    page.addEventListener("keydown", (event) => this.#key(event), true);
    page.addEventListener("keyup", ({ key }) => key === "PrintScreen" && this.note("shortcut"), true);
    window.addEventListener("beforeprint", () => this.#prints());
    document.documentElement.classList.toggle("is-not-printed", this.blocks("print"));
  }

  /** Text of this page, so that it may be pasted here again: never the text itself, only its length and a number. */
  remember(text) {
    this.own = [...this.own, mark(text)].slice(-REMEMBERED);
  }

  isOwn(text) {
    return this.own.includes(mark(text));
  }

  #copied(event, kind) {
    const text = selectedText();
    const isAnswer = isEditable(event.target);
    if (kind === "copy" && !isAnswer && this.blocks("copy")) {
      event.preventDefault();
      this.tell("Copying text of the questions is switched off in this exam. Within your answers you can copy.");
    } else this.remember(text);
    if (text && (kind === "cut" || !isAnswer)) this.note(kind, { length: text.length });
  }

  #came(event, data) {
    const text = data?.getData("text/plain") ?? "";
    if (!text || !isEditable(event.target) || this.isOwn(text)) return;
    this.note("paste", { length: text.length });
    if (!this.blocks("paste")) return;
    event.preventDefault();
    // The editors of answers listen as well.
    event.stopImmediatePropagation();
    this.tell("Pasting from elsewhere is switched off in this exam. Text of your own answers can be pasted.");
  }

  /** In answers it always opens: it corrects spelling. */
  #menu(event) {
    if (isEditable(event.target)) return;
    this.note("context_menu");
    if (!this.blocks("context_menu")) return;
    event.preventDefault();
    this.tell("The menu of the right mouse button is switched off here. In your answers it opens.");
  }

  #key(event) {
    const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
    const name = key.toLowerCase();
    const isCommand = ctrlKey || metaKey;
    if (isCommand && name === "p" && !shiftKey && !altKey && this.blocks("print")) {
      event.preventDefault();
      this.#refusePrint();
      this.note("print");
      return;
    }
    const opensTools = name === "f12" || (isCommand && (shiftKey || altKey) && TOOLS.includes(name));
    if (!event.repeat && (opensTools || (isCommand && !shiftKey && !altKey && ["u", "s"].includes(name)))) {
      this.note("shortcut");
    }
  }

  #prints() {
    this.note("print");
    if (this.blocks("print")) this.#refusePrint();
  }

  #refusePrint() {
    this.tell("Printing is switched off in this exam: the pages would be empty.");
  }
}

function isEditable(target) {
  return Boolean(target?.closest?.(EDITABLE));
}

function selectedText() {
  const field = document.activeElement;
  if (field?.matches?.("input, textarea") && typeof field.selectionStart === "number") {
    return field.value.slice(field.selectionStart, field.selectionEnd);
  }
  return String(document.getSelection() ?? "");
}

/** Length and a 32-bit number (FNV-1a) of a text, without its line ends: those change on the way. */
export function mark(text) {
  const plain = text.replace(/\r/g, "").trim();
  let sum = 0x811c9dc5;
  for (let index = 0; index < plain.length; index += 1) {
    sum = Math.imul(sum ^ plain.charCodeAt(index), 0x01000193) >>> 0;
  }
  return `${plain.length}:${sum}`;
}
