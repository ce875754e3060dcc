// How the proctor's page is connected itself: the badge in its head, and why it was refused.

const WORDS = {
  live: ["Live", "badge badge-success"],
  reconnecting: ["Reconnecting", "badge badge-warning"],
  offline: ["Offline", "badge badge-danger"],
};

export class PageState {
  /** `parts`: {wall, badge, problem}; `times`: ZoneTimes. */
  constructor(parts, times) {
    Object.assign(this, { parts, times });
  }

  /** `state`: live, reconnecting or offline; `since`: milliseconds or null. */
  show(state, since) {
    const { wall, badge } = this.parts;
    const [label, look] = WORDS[state];
    const text = state === "offline" && since ? `${label} since ${this.times.clock(since)}` : label;
    if (badge.textContent !== text) badge.textContent = text;
    badge.className = look;
    wall.classList.toggle("is-stale", state !== "live");
  }

  refuse(text, code) {
    const { problem } = this.parts;
    problem.textContent = `${text} `;
    if (code === 4401) {
      const link = document.createElement("a");
      link.href = location.pathname;
      link.textContent = "Sign in";
      problem.append(link);
    }
    problem.hidden = false;
  }
}
