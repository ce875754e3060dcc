// Single keys for the review page: never while somebody types, and they can be switched off (WCAG 2.1.4).

const STORED = "proctor.review.keys";

/** `keys`: {key: function}; `toggle`: the checkbox that switches them; `isBlocked()`: a dialog is open. */
export function listenForKeys(keys, toggle, isBlocked) {
  toggle.checked = read() !== "off";
  toggle.addEventListener("change", () => write(toggle.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape" && isTyping(event.target)) {
      event.target.blur();
      return;
    }
    const act = keys[event.key];
    if (!act || !toggle.checked || uses(event.target, event.key) || isBlocked()) return;
    event.preventDefault();
    act();
  });
}

/** Whether the focused control needs the key itself. */
function uses(target, key) {
  if (!(target instanceof HTMLElement)) return false;
  if (isTyping(target)) return true;
  if (key === " ") return target.matches("button, a[href], summary, input, video, audio");
  return target.matches("input[type=range], input[type=radio], video, audio") && key.startsWith("Arrow");
}

function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input") && !["checkbox", "radio", "button", "submit", "range"].includes(target.type);
}

function read() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage is switched off: the keys work all the same
  }
}

function write(value) {
  try {
    localStorage.setItem(STORED, value);
  } catch {
    // it holds for this page only
  }
}
