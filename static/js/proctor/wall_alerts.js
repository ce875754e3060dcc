// Alerts beyond the page: a tone, the desktop's notifications and a number in the tab's title, each only when chosen.

import { AlertGroups, cleaned, inWords, isWanted } from "./alert_rules.js";
import { AlertTone } from "./alert_tone.js";

const KEY = "proctor-alerts";

export class WallAlerts {
  /** `form`: the settings in their dialog; `mark`: says on the button that something is on; `title`: of the page. */
  constructor({ form, status, mark, title }) {
    Object.assign(this, { form, status, mark, title });
    this.settings = readSettings();
    this.tone = new AlertTone();
    this.groups = new AlertGroups((group) => this.#alert(group));
    this.inNeed = 0;
    if (this.settings.sound) this.tone.open();
    this.#write();
    form.addEventListener("change", ({ target }) => this.#change(target));
    form.querySelector("[data-alert-test]").addEventListener("click", () => this.#test());
  }

  /** News of the sitting, as in `isWanted`. */
  take(news) {
    if ((this.settings.sound || this.settings.desktop) && isWanted(news, this.settings)) this.groups.take(news);
  }

  /** How many candidates need attention now. */
  count(number) {
    this.inNeed = number;
    const text = this.settings.title && number ? `(${number}) ${this.title}` : this.title;
    if (document.title !== text) document.title = text;
  }

  async #alert(group) {
    if (this.settings.sound && !(await this.tone.play(this.settings.volume))) {
      this.#say("The browser lets this page sound only after a click or a key.");
    }
    // Who looks at the page sees it there.
    if (!this.settings.desktop || (!document.hidden && document.hasFocus())) return;
    if (globalThis.Notification?.permission !== "granted") return;
    const shown = new Notification(this.title, { body: inWords(group), tag: KEY, silent: true });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
  }

  async #change(target) {
    const { elements } = this.form;
    if (target === elements.desktop && target.checked) target.checked = await this.#mayNotify();
    const { settings } = this;
    for (const name of ["sound", "desktop", "title", "lost", "talk"]) settings[name] = elements[name].checked;
    settings.least = elements.least.value;
    settings.volume = Number(elements.volume.value);
    if (settings.sound) this.tone.open();
    this.#keep();
    this.#write();
    this.count(this.inNeed);
  }

  /** Asked of the browser only here, on the click that wants it. */
  async #mayNotify() {
    if (!globalThis.Notification) {
      this.#say("This browser has no notifications.");
      return false;
    }
    const answer = await Notification.requestPermission();
    if (answer === "granted") this.#say("Notifications are on.");
    else this.#say("The browser does not allow notifications of this page. Its settings for this address can change that.");
    return answer === "granted";
  }

  async #test() {
    const { settings } = this;
    const isHeard = await this.tone.play(Number(this.form.elements.volume.value));
    if (settings.desktop && globalThis.Notification?.permission === "granted") {
      new Notification(this.title, { body: "This is how an alert looks.", tag: KEY, silent: true });
    }
    this.#say(isHeard ? "The tone was played." : "This browser cannot play the tone.");
  }

  #write() {
    const { elements } = this.form;
    const { settings } = this;
    for (const name of ["sound", "desktop", "title", "lost", "talk"]) elements[name].checked = settings[name];
    elements.least.value = settings.least;
    elements.volume.value = settings.volume;
    const on = [settings.sound && "sound", settings.desktop && "desktop"].filter(Boolean);
    this.mark.textContent = on.length ? `(${on.join(", ")})` : "";
  }

  #say(text) {
    this.status.textContent = text;
  }

  #keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.settings));
    } catch {
      this.#say("This browser keeps nothing: the choice holds until the page is closed.");
    }
  }
}

function readSettings() {
  try {
    return cleaned(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return cleaned({});
  }
}
