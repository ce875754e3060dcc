// Opens and closes the tools beside the question; where they share the lower edge of the screen, one at a time.

export class ToolPanels {
  /** Each button of `bar` with aria-controls opens the panel of that id. */
  constructor(bar) {
    this.buttons = [...bar.querySelectorAll("[aria-controls]")];
    for (const button of this.buttons) {
      const panel = panelOf(button);
      button.addEventListener("click", () => (panel.hidden ? this.#open(button) : this.#close(button)));
      panel.querySelector("[data-closes]").addEventListener("click", () => this.#close(button));
      panel.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        this.#close(button);
      });
    }
  }

  #open(button) {
    const panel = panelOf(button);
    this.#show(button, true);
    const preventScroll = isAtEdge(panel);
    if (preventScroll) for (const other of this.buttons) this.#show(other, other === button);
    // At the lower edge the panel is in sight already: the question must not be scrolled away.
    (panel.querySelector("[data-first]") ?? panel.querySelector("h2")).focus({ preventScroll });
  }

  #close(button) {
    const panel = panelOf(button);
    const preventScroll = isAtEdge(panel);
    const hadFocus = panel.contains(document.activeElement);
    this.#show(button, false);
    if (hadFocus) button.focus({ preventScroll });
  }

  #show(button, isShown) {
    panelOf(button).hidden = !isShown;
    button.setAttribute("aria-expanded", String(isShown));
  }
}

/** The style sheet decides where the panels are; at the lower edge of the screen there is room for one. */
function isAtEdge(panel) {
  return getComputedStyle(panel.parentElement).position === "sticky";
}

function panelOf(button) {
  return document.getElementById(button.getAttribute("aria-controls"));
}
