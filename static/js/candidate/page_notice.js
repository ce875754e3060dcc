// One sentence at the head of the page, spoken when it comes, that stays until it is closed.

export class PageNotice {
  constructor(element) {
    this.element = element;
    this.text = element.querySelector("[data-notice-text]");
    element.querySelector("[data-notice-close]").addEventListener("click", () => {
      this.hide();
    });
  }

  hide() {
    this.element.hidden = true;
  }

  show(sentence) {
    this.element.hidden = false;
    // Emptied first: a reader speaks the same sentence a second time only when it has changed.
    this.text.textContent = "";
    setTimeout(() => {
      this.text.textContent = sentence;
    }, 50);
  }
}
