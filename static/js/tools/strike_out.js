// Strikes out options that a candidate has ruled out: a mark for the eye and the ear that never touches the answer.

const NAME = "struck_out:";
const WIDGETS = '[data-widget="one"], [data-widget="several"]';

export class StrikeOut {
  constructor(button, store) {
    Object.assign(this, { button, store });
    this.questions = new Map();
    button.addEventListener("click", () => this.#switch(button.getAttribute("aria-pressed") !== "true"));
  }

  /** Gives each option of a question its button, and strikes out what was struck out before. */
  async prepare(question) {
    const labels = question.querySelectorAll(`:is(${WIDGETS}) .choices > label`);
    if (labels.length === 0) return;
    const rows = [...labels].map(withButton);
    const name = NAME + question.dataset.item;
    for (const row of rows) {
      row.button.hidden = !this.#isOn;
      row.button.addEventListener("click", () => {
        show(row, !row.isStruck);
        const struck = rows.filter(({ isStruck }) => isStruck).map(({ option }) => option);
        // Without a store the marks last until the page is left; the panel of the scratch pad speaks of that.
        this.store.put(name, struck).catch(() => {});
      });
    }
    this.questions.set(question, rows);
    const struck = (await this.store.get(name)) ?? [];
    for (const row of rows) show(row, struck.includes(row.option));
  }

  get #isOn() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  #switch(isOn) {
    this.button.setAttribute("aria-pressed", String(isOn));
    for (const rows of this.questions.values()) for (const { button } of rows) button.hidden = !isOn;
  }
}

function withButton(label) {
  const row = document.createElement("div");
  row.className = "choice-row";
  label.replaceWith(row);
  const words = document.createElement("span");
  words.className = "visually-hidden";
  words.lang = "en";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small strike-button";
  row.append(label, button);
  const text = label.querySelector("span");
  return { row, button, words, text, option: label.querySelector("input").value, isStruck: false };
}

function show(row, isStruck) {
  row.isStruck = isStruck;
  row.row.classList.toggle("is-struck", isStruck);
  row.button.textContent = isStruck ? "Undo" : "Strike out";
  row.words.textContent = isStruck ? " (struck out)" : "";
  if (isStruck) row.text.after(row.words);
  else row.words.remove();
  row.button.setAttribute("aria-label", `${isStruck ? "Undo striking out" : "Strike out"} ${row.text.textContent.trim()}`);
}
