// Says in words whether answers have arrived: saved, saving, offline, signed out; speaks only when that matters.

export class SaveState {
  /** `fullNotice`: shown while this computer has no room for copies. */
  constructor({ element, announcement, fullNotice, signInUrl, isDurable }) {
    Object.assign(this, { element, announcement, fullNotice, signInUrl, isDurable });
    this.status = "saved";
  }

  show({ status, unsent, isKept }) {
    this.fullNotice.hidden = isKept;
    const text = this.#textFor(status, unsent, isKept);
    this.element.dataset.status = status;
    this.element.querySelector("[data-save-text]").replaceChildren(...text);
    const wasTrouble = this.#isTrouble(this.status);
    if (this.#isTrouble(status) && status !== this.status) this.announcement.textContent = this.element.textContent;
    if (wasTrouble && status === "saved") this.announcement.textContent = "The connection is back. Everything is saved.";
    if (status !== "saving") this.status = status;
  }

  #isTrouble(status) {
    return status === "offline" || status === "signed_out";
  }

  #textFor(status, unsent, isKept) {
    const here = this.isDurable && isKept ? "Saved on this computer" : "Kept in this page only: do not close it";
    const count = unsent > 1 ? ` (${unsent} changes)` : "";
    switch (status) {
      case "saved":
        return ["Saved"];
      case "saving":
        return ["Saving…"];
      case "offline":
        return [`Offline. ${here}, will be sent when the connection is back${count}.`];
      case "signed_out":
        return [`You are signed out. ${here}. `, this.#signInLink()];
      case "locked":
        return [unsent ? "Open elsewhere. What you wrote here is being sent." : "Open elsewhere. Everything written here is saved."];
      default:
        return ["Closed"];
    }
  }

  #signInLink() {
    const link = document.createElement("a");
    link.href = this.signInUrl;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "Sign in again in a new tab";
    return link;
  }
}
