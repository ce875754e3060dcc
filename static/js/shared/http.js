// JSON requests to our own API: CSRF token, time limit, and problem details turned into ApiError.

const TIME_LIMIT_MS = 15000;

/**
 * A refused or failed request. `status` 0 means that no answer came (offline, time limit, cancelled);
 * `code` is stable and for machines, `detail` a sentence for people, `field` the input at fault ("" if none),
 * `retryAfterMs` the server's wish, or null.
 */
export class ApiError extends Error {
  constructor({ status, code, detail, field = "", retryAfterMs = null, body = null }) {
    super(detail);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.field = field;
    this.retryAfterMs = retryAfterMs;
    this.body = body;
  }

  /** True when the same request may succeed later: no answer, overload, or a fault of the server. */
  get isTemporary() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** GET; resolves to the parsed body. `options`: {timeoutMs, signal}. */
export function getJSON(url, options = {}) {
  return requestJSON(url, { method: "GET" }, options);
}

/** POST of a JSON body; resolves to the parsed answer (null when it is empty). */
export function postJSON(url, body = {}, options = {}) {
  const init = { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  return requestJSON(url, init, options);
}

/** POST of raw bytes (a picture or clip). `headers` must name the content type; `options.priority` as fetch's. */
export function postBytes(url, bytes, headers, options = {}) {
  return requestJSON(url, { method: "POST", body: bytes, headers, priority: options.priority }, options);
}

/** DELETE; resolves to the parsed answer (null when it is empty). */
export function requestDelete(url, options = {}) {
  return requestJSON(url, { method: "DELETE" }, options);
}

/** GET of a part of a page, as text. A redirect (signed out, or the page has another state) is an ApiError. */
export function getPage(url, options = {}) {
  return request(url, { method: "GET", headers: { Accept: "text/html" } }, options, readPage);
}

function requestJSON(url, init, options) {
  return request(url, init, options, readAnswer);
}

async function request(url, init, { timeoutMs = TIME_LIMIT_MS, signal = null }, read) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort("timeout"), timeoutMs);
  const cancel = () => controller.abort("cancelled");
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  const headers = { Accept: "application/json", ...init.headers };
  if (init.method !== "GET") headers["X-CSRFToken"] = csrfToken();
  try {
    const response = await fetch(url, { ...init, headers, credentials: "same-origin", signal: controller.signal });
    return await read(response);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw noAnswer(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  }
}

function noAnswer(signal) {
  if (signal.reason === "cancelled") {
    return new ApiError({ status: 0, code: "cancelled", detail: "The request was cancelled." });
  }
  if (signal.reason === "timeout") {
    return new ApiError({ status: 0, code: "timeout", detail: "The server did not answer in time." });
  }
  return new ApiError({ status: 0, code: "offline", detail: "The server cannot be reached. Check your connection." });
}

async function readPage(response) {
  if (response.ok && !response.redirected) return response.text();
  const status = response.ok ? 409 : response.status;
  throw new ApiError({ status, code: "no_page", detail: "This part of the page cannot be shown now. Reload the page." });
}

async function readAnswer(response) {
  const text = await response.text();
  const isJSON = (response.headers.get("Content-Type") ?? "").includes("json");
  let body = null;
  if (text && isJSON) {
    try {
      body = JSON.parse(text);
    } catch {
      throw new ApiError({ status: response.status, code: "bad_answer", detail: "The server's answer could not be read." });
    }
  }
  if (response.ok && !response.redirected && (isJSON || !text)) return body;
  if (response.ok) {
    // A page instead of JSON: the session ended and the request was sent on to the sign-in page.
    throw new ApiError({ status: 401, code: "not_signed_in", detail: "You are signed out. Sign in again to go on." });
  }
  const seconds = Number(response.headers.get("Retry-After"));
  throw new ApiError({
    status: response.status,
    code: body?.code ?? "http_" + response.status,
    detail: body?.detail ?? "The server refused the request (" + response.status + ").",
    field: body?.field ?? "",
    retryAfterMs: body?.retry_after_ms ?? (seconds > 0 ? seconds * 1000 : null),
    body,
  });
}
