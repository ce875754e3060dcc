// The page "Who watches whom": brought up to date by the sitting's socket, without touching what somebody chooses.

import { getPage } from "../shared/http.js";
import { Announcer } from "./announcer.js";
import { PageState } from "./page_state.js";
import { ZoneTimes } from "./times.js";
import { WallSocket } from "./wall_socket.js";

const EVERY_MS = 15000;
const SOON_MS = 300;
const byId = (id) => document.getElementById(id);

class RotaPage {
  constructor(root) {
    this.root = root;
    this.announcer = new Announcer(byId("announcements"));
    const pageState = new PageState({ wall: root, badge: byId("page-state"), problem: byId("page-problem") }, new ZoneTimes(root.dataset.zone));
    this.socket = new WallSocket(root.dataset.socketUrl, Number(root.dataset.lastEventId), {
      onState: (state, since) => pageState.show(state, since),
      onRefused: (text, code) => pageState.refuse(text, code),
      onHello: () => this.plan(SOON_MS),
      onEvents: (events) => this.take(events),
      onPulse: () => {},
      onLive: () => {},
      onThumbnail: () => {},
    });
  }

  open() {
    this.socket.connect();
    this.plan(EVERY_MS);
  }

  take(all) {
    // Some from before the page was loaded come again; they say nothing new.
    const events = all.filter(({ id }) => id > Number(this.root.dataset.lastEventId));
    for (const { kind, payload } of events) {
      if (kind === "watch.assigned") byId("rota-old").hidden = false;
      if (kind === "watch.offered" && payload.hand_over.taker.id === Number(this.root.dataset.me)) {
        this.announcer.say(`${payload.hand_over.giver.name} offers you candidates.`);
      }
    }
    if (events.some(({ kind }) => kind.startsWith("watch.") || kind === "attempt.moved")) this.plan(SOON_MS);
  }

  plan(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), wait);
  }

  async refresh() {
    try {
      // The token of its forms differs each time; it says nothing new.
      const page = await getPage(this.root.dataset.listUrl);
      const text = page.replaceAll(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
      const isBusy = this.root.contains(document.activeElement);
      if (!isBusy && text !== this.text) {
        this.root.replaceChildren(...new DOMParser().parseFromString(page, "text/html").body.childNodes);
        this.text = text;
      }
    } catch (error) {
      // The page says by itself that it is offline; what is shown stays.
      if (error.status === undefined) throw error;
    }
    this.plan(EVERY_MS);
  }
}

new RotaPage(byId("rota")).open();
