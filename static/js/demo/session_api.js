// A monitoring session by the public API, as any other system's page calls it: nothing here is special to the demo.

export class Refused extends Error {
  constructor({ status, code = "", detail = "", retryAfterMs = null }) {
    super(detail || `The server answered ${status}.`);
    Object.assign(this, { status, code, retryAfterMs });
  }

  /** True when the same call may succeed later: no answer, too many calls, or a fault of the server. */
  get isTemporary() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class SessionApi {
  #token;
  #sessions;
  #one = "";

  /** `sessions`: the address of POST sessions/; `token`: what `Authorization: Bearer` needs. */
  constructor({ sessions, token }) {
    this.#sessions = sessions;
    this.#token = token;
  }

  /** Starts a session; `given` as in POST sessions/. The calls below are about it. */
  async start(given) {
    const session = await this.#call("POST", this.#sessions, given, { "Idempotency-Key": crypto.randomUUID() });
    this.#one = `${this.#sessions}${session.id}/`;
    return session;
  }

  /** Sends one picture (JPEG bytes), and waits for what is said of it. */
  sendFrame(bytes, sequence) {
    const about = { "Content-Type": "image/jpeg", "X-Sequence": String(sequence), "X-Captured-At": String(Date.now()) };
    return this.#call("POST", `${this.#one}frames/`, bytes, about);
  }

  metrics() {
    return this.#call("GET", `${this.#one}metrics/`);
  }

  /** All alerts so far, the oldest first. */
  async alerts() {
    const found = [];
    for (let next = `${this.#one}alerts/?limit=200`; next; ) {
      const page = await this.#call("GET", next);
      found.push(...page.results);
      next = page.next;
    }
    return found;
  }

  end() {
    return this.#call("POST", `${this.#one}end/`);
  }

  remove() {
    return this.#call("DELETE", this.#one);
  }

  async #call(method, url, body, headers = {}) {
    const isBytes = body instanceof ArrayBuffer;
    const sent = { Accept: "application/json", Authorization: `Bearer ${this.#token}`, ...headers };
    if (body !== undefined && !isBytes) sent["Content-Type"] = "application/json";
    let answer;
    try {
      answer = await fetch(url, {
        method,
        headers: sent,
        body: body === undefined || isBytes ? body : JSON.stringify(body),
        credentials: "omit",
        signal: AbortSignal.timeout(15000),
      });
    } catch {
      throw new Refused({ status: 0, code: "offline", detail: "The server cannot be reached." });
    }
    const told = answer.status === 204 ? null : await answer.json().catch(() => ({}));
    if (answer.ok) return told;
    const wait = Number(answer.headers.get("Retry-After"));
    throw new Refused({ status: answer.status, ...told, retryAfterMs: wait ? wait * 1000 : null });
  }
}
