// Who on the proctor's page wants to hear of which events of the sitting.

/** Features register with `on`; each event goes to all whose beginning fits its kind, in the order of registration. */
export class WallEvents {
  constructor() {
    this.listeners = [];
  }

  /** `start`: "incident." for all of a family, or a whole kind; `handler({id, kind, at, attempt, payload})`. */
  on(start, handler) {
    this.listeners.push([start, handler]);
  }

  /** One feature that fails does not keep the others from the news. */
  take(events) {
    for (const event of events) {
      for (const [start, handler] of this.listeners) {
        if (!event.kind.startsWith(start)) continue;
        try {
          handler(event);
        } catch (error) {
          console.error(`event ${event.kind}:`, error);
        }
      }
    }
  }
}
