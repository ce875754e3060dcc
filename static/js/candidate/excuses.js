// What the page itself causes: file dialogs, questions of the browser, printing, files of the exam in a new tab.

const AFTER_CLICK_MS = 1500;
const ASKING = "[data-restart-camera], [data-share-screen], [data-call-accept], [data-call-accept-picture]";

/** Says whether losing the focus now is of the page's own making. */
export class Excuses {
  constructor({ now = () => performance.now() } = {}) {
    this.now = now;
    this.until = 0;
    this.isPrinting = false;
  }

  get holds() {
    return this.isPrinting || this.now() < this.until;
  }

  excuse(milliseconds) {
    this.until = Math.max(this.until, this.now() + milliseconds);
  }

  listen(page = document) {
    page.addEventListener("click", ({ target }) => causesDialog(target) && this.excuse(AFTER_CLICK_MS), true);
    window.addEventListener("beforeprint", () => (this.isPrinting = true));
    window.addEventListener("afterprint", () => {
      this.isPrinting = false;
      this.excuse(AFTER_CLICK_MS);
    });
  }
}

function causesDialog(target) {
  const control = target.closest?.("input, label, a[href], button");
  if (!control) return false;
  // The browser asks whether the page may have the camera, the microphone or the screen.
  if (control.matches(ASKING)) return true;
  if (control.matches("a[href]")) return opensExamFile(control);
  const input = control.matches("label") ? control.control : control;
  return input?.matches('input[type="file"], input[type="color"], input[type="date"]') ?? false;
}

/** Trap: only addresses of this server; a link to elsewhere is a way out of the exam. */
function opensExamFile(link) {
  const isOwn = link.origin === location.origin;
  return isOwn && (link.hasAttribute("download") || link.target === "_blank");
}
