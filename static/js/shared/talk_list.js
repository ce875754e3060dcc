// The messages of one attempt as a list; only what has changed is written, so that readers are not interrupted.

/** `parts`: {list, template, empty}; `zone`: in which times are read; `names`: {candidate, proctor} as authors. */
export class TalkList {
  constructor({ list, template, empty }, { zone, names, side, onDrop, announceUrl = "" }) {
    Object.assign(this, { list, template, empty, names, side, onDrop, announceUrl });
    const how = { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    this.clock = new Intl.DateTimeFormat("en-GB", how);
    this.rows = new Map();
  }

  show(line) {
    const entries = [...line.messages.map((each) => this.#known(each, line)), ...line.unsent.map((each) => this.#unsent(each))];
    const keys = new Set(entries.map(({ key }) => key));
    for (const [key, row] of this.rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.rows.delete(key);
    }
    const wasAtEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 40;
    const before = this.rows.size;
    for (const [place, entry] of entries.entries()) this.#write(entry, place);
    this.empty.hidden = entries.length > 0;
    this.list.hidden = entries.length === 0;
    if (this.rows.size > before && wasAtEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  #known(message, line) {
    const isOwn = message.side === this.side;
    const mark = isOwn ? (line.isRead(message) ? "read" : "sent") : "";
    const author = this.names[message.side] || message.author;
    return { ...message, key: `${message.id}`, author, time: this.clock.format(new Date(message.sent_at)), mark, problem: "" };
  }

  #unsent(entry) {
    return { ...entry, key: entry.client_id, side: this.side, author: this.names[this.side], time: "", mark: "not sent yet" };
  }

  #write(entry, place) {
    let row = this.rows.get(entry.key);
    if (!row) {
      row = this.template.content.firstElementChild.cloneNode(true);
      row.dataset.side = entry.side;
      this.rows.set(entry.key, row);
      part(row, "drop").addEventListener("click", () => this.onDrop(entry.key));
      part(row, "text").textContent = entry.text;
      const about = part(row, "about");
      about.textContent = entry.position ? `About question ${entry.position}` : "";
      about.hidden = !entry.position;
      this.#linkAnnouncement(row, entry);
    }
    if (this.list.children[place] !== row) this.list.insertBefore(row, this.list.children[place] ?? null);
    setText(part(row, "author"), entry.author);
    setText(part(row, "time"), entry.time);
    setText(part(row, "mark"), entry.problem ? `not sent: ${entry.problem}` : entry.mark);
    row.classList.toggle("is-waiting", entry.mark === "not sent yet");
    part(row, "drop").hidden = !entry.problem;
  }

  /** Proctors answer a question for everybody by an announcement; candidates have no such link. */
  #linkAnnouncement(row, { side, id, question }) {
    const link = part(row, "announce");
    if (!link || side !== "candidate" || !this.announceUrl || !id) return;
    link.href = question ? `${this.announceUrl}?question=${question}` : this.announceUrl;
    link.hidden = false;
  }
}

function part(row, name) {
  return row.querySelector(`[data-message-${name}]`);
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
