// "What this page notes": the last thing that was noted, how often each was, and full screen.

const NEW_MS = 8000;

/** `kinds`: {kind: {label, times}} from the server. */
export class NotedPanel {
  constructor(section, kinds) {
    this.section = section;
    this.kinds = kinds;
    this.last = section.querySelector("[data-noted-last]");
    this.list = section.querySelector("[data-noted-list]");
    this.timer = null;
    this.none = section.querySelector("[data-noted-none]");
    this.#showList();
  }

  /** What the server says of it, with the count so far. */
  show({ kind, text, times }) {
    if (this.kinds[kind]) this.kinds[kind].times = times;
    this.say(text);
    this.#showList();
  }

  /** One calm sentence, spoken by screen readers; the same again is said again. */
  say(sentence) {
    this.last.textContent = "";
    this.last.hidden = false;
    this.last.classList.add("is-new");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.last.classList.remove("is-new"), NEW_MS);
    requestAnimationFrame(() => (this.last.textContent = sentence));
  }

  #showList() {
    const noted = Object.values(this.kinds).filter(({ times }) => times > 0);
    this.list.replaceChildren(...noted.map(line));
    this.list.hidden = noted.length === 0;
    this.none.hidden = noted.length > 0;
  }
}

function line({ label, times }) {
  const item = document.createElement("li");
  item.textContent = `${label[0].toUpperCase()}${label.slice(1)}: ${times === 1 ? "once" : `${times} times`}`;
  return item;
}
