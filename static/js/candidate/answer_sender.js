// Sends batches of answers, also while the page is being left.

import { csrfToken, getJSON } from "../shared/http.js";
import { postRenewing } from "./renewing_post.js";

// Browsers refuse to keep requests of more than 64 KiB alive after a page has gone.
const LEAVING_MAX_BYTES = 60000;

export class AnswerSender {
  constructor(attemptUrl) {
    this.attemptUrl = attemptUrl;
  }

  /** POSTs one batch; resolves to the server's answer. Throws ApiError; 401 when the person is signed out. */
  send(device, changes) {
    return postRenewing(this.attemptUrl + "answers/", { device, changes });
  }

  /** POSTs what could not be sent before the end; resolves to {accepted, kept, refused, ...}. Throws ApiError. */
  sendLate(device, changes) {
    return postRenewing(this.attemptUrl + "late-answers/", { device, changes });
  }

  /** Hands a batch to the browser to send even if the page goes now. False when it is too large for that. */
  sendWhileLeaving(device, changes) {
    const body = JSON.stringify({ device, changes });
    if (new Blob([body]).size > LEAVING_MAX_BYTES) return false;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
    const request = { method: "POST", keepalive: true, credentials: "same-origin", headers, body };
    // The answer comes too late to be read: the next page sends again what is still in the local copy.
    fetch(this.attemptUrl + "answers/", request).catch(() => {});
    return true;
  }

  fetchPaper() {
    return getJSON(this.attemptUrl + "paper/");
  }
}
