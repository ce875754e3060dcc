// Text in a field: insert, wrap, list; plain text as rich text that reads the same (no page state).

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Puts `before` and `after` around the selection of `field`, which stays selected. */
export function wrap(field, before, after) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  replace(field, before + value.slice(start, end) + after, start + before.length, end + before.length);
}

/** Makes each selected line an item of a list. */
export function list(field, tag) {
  const chosen = field.value.slice(field.selectionStart, field.selectionEnd);
  const lines = chosen.split("\n").filter((line) => line.trim());
  const items = (lines.length ? lines : [""]).map((line) => `  <li>${line.trim()}</li>`);
  const text = field.matches("textarea") ? `<${tag}>\n${items.join("\n")}\n</${tag}>\n` : `<${tag}>${items.join("").replaceAll("  <li>", "<li>")}</${tag}>`;
  const caret = field.selectionStart + text.indexOf("</li>");
  replace(field, text, caret, caret);
}

/** Puts `text` in the place of the selection. */
export function insert(field, text) {
  const caret = field.selectionStart + text.length;
  replace(field, text, caret, caret);
}

export function escapeText(text) {
  return text.replace(/[&<>]/g, (char) => ESCAPES[char]);
}

/** Plain text as rich text that reads the same: paragraphs and line breaks in a large field, none in a small one. */
export function asRichText(text, isLarge) {
  // A formula in plain text is what was typed, not a formula.
  const escaped = escapeText(text).replace(/\\([([])/g, "\\<wbr>$1");
  if (!isLarge || !text.trim()) return escaped;
  const paragraphs = escaped.trim().split(/\n[ \t]*\n+/);
  return paragraphs.map((paragraph) => `<p>${paragraph.replaceAll("\n", "<br>")}</p>`).join("\n\n");
}

function replace(field, text, from, to) {
  field.focus();
  // setRangeText would lose the browser's own undo; this command keeps it.
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(from, to);
}
