// Janus's own language over its websocket: one session, handles with the video room, answers matched to requests.

const ALIVE_MS = 25000;
const ANSWER_MS = 8000;
const PLUGIN = "janus.plugin.videoroom";

/** What Janus or its video room refuses, by its number; 0: it does not answer at all. */
export class JanusError extends Error {
  constructor(code, text) {
    super(text);
    this.name = "JanusError";
    this.code = code;
  }
}

/** Event "gone", once: Janus is not there any more, or has forgotten this page. */
export class JanusSession extends EventTarget {
  constructor(socket, token) {
    super();
    Object.assign(this, { socket, token, waiting: new Map(), handles: new Map(), asked: 0, isOver: false });
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    socket.addEventListener("close", () => this.#end(true));
  }

  /** A session with the Janus at that address. Throws JanusError, also when nothing answers for seconds. */
  static async open(url, token, makeSocket = (address) => new WebSocket(address, "janus-protocol")) {
    const socket = makeSocket(url);
    const session = new JanusSession(socket, token);
    try {
      await session.#opened();
      session.id = (await session.#ask({ janus: "create" })).data.id;
    } catch (error) {
      session.close();
      throw error;
    }
    session.alive = setInterval(() => session.#stayAlive(), ALIVE_MS);
    return session;
  }

  /** A handle of the video room. */
  async attach() {
    const { data } = await this.#ask({ janus: "attach", session_id: this.id, plugin: PLUGIN });
    const handle = new JanusHandle((message) => this.#ask({ session_id: this.id, handle_id: data.id, ...message }));
    handle.letGo = () => this.handles.delete(data.id);
    this.handles.set(data.id, handle);
    return handle;
  }

  close() {
    if (!this.isOver && this.id !== undefined) this.#send({ janus: "destroy", session_id: this.id, transaction: "end" });
    this.#end(false);
    this.socket.close();
  }

  #opened() {
    if (this.socket.readyState === 1) return undefined;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new JanusError(0, "no connection")), ANSWER_MS);
      this.socket.addEventListener("open", () => (clearTimeout(timer), resolve()));
      this.socket.addEventListener("close", () => (clearTimeout(timer), reject(new JanusError(0, "closed"))));
    });
  }

  #ask(message) {
    return new Promise((resolve, reject) => {
      if (this.isOver) return reject(new JanusError(0, "closed"));
      this.asked += 1;
      const transaction = String(this.asked);
      const timer = setTimeout(() => this.#settle(transaction)?.reject(new JanusError(0, "no answer")), ANSWER_MS);
      // To a message the room's answer comes after Janus has said that it took it.
      this.waiting.set(transaction, { resolve, reject, timer, isDoneByAck: message.janus !== "message" });
      return this.#send({ ...message, transaction });
    });
  }

  #send(message) {
    if (this.socket.readyState === 1) this.socket.send(JSON.stringify({ ...message, token: this.token }));
  }

  #settle(transaction) {
    const asked = this.waiting.get(transaction);
    this.waiting.delete(transaction);
    clearTimeout(asked?.timer);
    return asked;
  }

  #hear(message) {
    const { janus, transaction, sender } = message;
    if (janus === "ack" && !this.waiting.get(transaction)?.isDoneByAck) return;
    if (janus === "timeout") {
      this.#end(true);
      return;
    }
    const asked = this.#settle(transaction);
    const data = message.plugindata?.data;
    if (!asked) this.handles.get(sender)?.hear(janus, data);
    else if (janus === "error") asked.reject(new JanusError(message.error.code, message.error.reason));
    else if (data?.error_code) asked.reject(new JanusError(data.error_code, data.error));
    else asked.resolve({ data: data ?? message.data, jsep: message.jsep });
  }

  /** A connection that died without a word is noticed by the answer that does not come. */
  async #stayAlive() {
    await this.#ask({ janus: "keepalive", session_id: this.id }).catch(() => this.#end(true));
  }

  #end(isNews) {
    if (this.isOver) return;
    this.isOver = true;
    clearInterval(this.alive);
    for (const transaction of [...this.waiting.keys()]) this.#settle(transaction).reject(new JanusError(0, "closed"));
    if (isNews) this.dispatchEvent(new Event("gone"));
  }
}

/** Event "news" {detail: data}: what the room tells; "hangup": its connection for pictures has ended. */
class JanusHandle extends EventTarget {
  constructor(ask) {
    super();
    this.ask = ask;
  }

  /** The room's answer to a request, with its side of the connection: `{data, jsep}`. */
  say(body, jsep) {
    return this.ask({ janus: "message", body, ...(jsep ? { jsep } : {}) });
  }

  /** Tells Janus a way to this browser as it is found; null: that was all. */
  addWay(candidate) {
    const told = candidate?.toJSON?.() ?? candidate ?? { completed: true };
    this.ask({ janus: "trickle", candidate: told }).catch(() => {}); // without it Janus learns the way by itself
  }

  detach() {
    this.letGo();
    this.ask({ janus: "detach" }).catch(() => {}); // it goes with the session
  }

  hear(janus, data) {
    if (janus === "hangup" || janus === "detached") this.dispatchEvent(new Event("hangup"));
    else if (data) this.dispatchEvent(new CustomEvent("news", { detail: data }));
  }
}

/** Whether news of the room say that this page has been put out, or the room is gone. */
export function isPutOut({ reason, videoroom }) {
  return reason === "kicked" || videoroom === "destroyed";
}
