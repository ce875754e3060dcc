// A dialog that shows evidence pictures large: left and right step, Escape closes, expired links are renewed.

export class PictureViewer {
  /** `renew()` resolves to fresh links [{id, url}] of the pictures shown now. */
  constructor(dialog) {
    this.dialog = dialog;
    this.slots = {};
    for (const slot of dialog.querySelectorAll("[data-slot]")) this.slots[slot.dataset.slot] = slot;
    this.pictures = [];
    this.place = 0;
    dialog.addEventListener("keydown", (event) => this.key(event));
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    for (const button of dialog.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.step(Number(button.dataset.step)));
    }
    this.slots.picture.addEventListener("error", () => this.failed());
  }

  /** `pictures`: [{id, url, alt}]; `onStep(place)` is told which one is shown. */
  open(pictures, place, renew, onStep = () => {}) {
    Object.assign(this, { pictures, renew, onStep, renewed: false });
    this.dialog.showModal();
    this.show(place);
  }

  show(place) {
    this.place = Math.min(Math.max(place, 0), this.pictures.length - 1);
    const picture = this.pictures[this.place];
    this.slots.error.hidden = true;
    this.slots.picture.hidden = false;
    this.slots.picture.src = picture.url;
    this.slots.picture.alt = picture.alt;
    this.slots.caption.textContent = `${picture.alt} (${this.place + 1} of ${this.pictures.length})`;
    for (const button of this.dialog.querySelectorAll("[data-step]")) {
      const isEnd = !this.pictures[this.place + Number(button.dataset.step)];
      button.setAttribute("aria-disabled", String(isEnd)); // not disabled: that would drop the focus
    }
    this.onStep(this.place);
  }

  step(by) {
    if (this.pictures[this.place + by]) this.show(this.place + by);
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowLeft") this.step(-1);
    else if (event.key === "ArrowRight") this.step(1);
    else return;
    event.preventDefault();
  }

  async failed() {
    if (!this.dialog.open) return;
    if (!this.renewed) {
      this.renewed = true;
      try {
        const fresh = new Map((await this.renew()).map((each) => [each.id, each.url]));
        for (const picture of this.pictures) picture.url = fresh.get(picture.id) ?? picture.url;
        this.show(this.place);
        return;
      } catch (error) {
        this.slots.error.textContent = error.detail ?? "";
      }
    }
    this.slots.picture.hidden = true;
    this.slots.error.textContent ||= "This picture cannot be shown now. Try again in a minute.";
    this.slots.error.hidden = false;
  }
}
