// The details of one candidate in a dialog: the inside of their own page, fetched when it is opened.

export class DetailsDialog {
  constructor(dialog) {
    this.dialog = dialog;
    this.content = dialog.querySelector('[data-slot="content"]');
    this.problem = dialog.querySelector('[data-slot="error"]');
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  }

  async open(url, name) {
    this.url = url;
    const title = document.createElement("h2");
    title.id = "details-title";
    title.textContent = name;
    this.content.replaceChildren(title);
    this.problem.hidden = true;
    if (!this.dialog.open) this.dialog.showModal();
    try {
      const response = await fetch(`${url}?part=panel`, { credentials: "same-origin" });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (this.url === url) this.content.replaceChildren(...page.body.childNodes);
    } catch {
      this.problem.textContent = "The details cannot be loaded now. Close this and try again.";
      this.problem.hidden = false;
    }
  }
}
