// Keeps what is being written as a draft on the server, a moment after the last key and when the page is left.

import { csrfToken } from "../shared/http.js";

const WAIT_MS = 3000;

const form = document.getElementById("reply-form");
const text = document.getElementById("text");
const state = form.querySelector("[data-draft-state]");
const problem = form.querySelector("[data-draft-problem]");
let saved = text.value;
let timer = 0;
let isHandingIn = false;

async function save({ leaving = false } = {}) {
  clearTimeout(timer);
  timer = 0;
  const value = text.value;
  if (isHandingIn || value === saved) return;
  const body = new FormData();
  body.set("do", "save");
  body.set("key", form.elements.namedItem("key").value);
  body.set("text", value);
  try {
    const response = await fetch(location.href, {
      method: "POST",
      body,
      credentials: "same-origin",
      keepalive: leaving,
      headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    });
    const answer = response.redirected ? {} : await response.json();
    if (!response.ok || !answer.saved_at) throw new Error(answer.detail ?? "Sign in again in a new tab.");
    saved = value;
    problem.hidden = true;
    const time = new Date(answer.saved_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    state.textContent = `${form.dataset.savedWords} ${time}`;
  } catch (error) {
    const why = error instanceof TypeError || error instanceof SyntaxError ? "No connection." : error.message;
    problem.textContent = `Your draft is not saved: ${why} Keep this page open.`;
    problem.hidden = false;
    timer = setTimeout(save, 3 * WAIT_MS);
  }
}

text.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(save, WAIT_MS);
});
form.addEventListener("submit", () => {
  isHandingIn = true;
  clearTimeout(timer);
});
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save({ leaving: true }));
