// Taking the agreement back during the exam: capture stops at once, and a proctor is told.

import { ApiError, csrfToken } from "../shared/http.js";
import { ConfirmDialog } from "./exam_dialogs.js";

const FAILED = "Your wish did not reach the server. Check your connection and try again.";

/** `onWithdrawn` runs when the server has taken it. */
export function offerWithdrawal({ button, dialog, attemptUrl, onWithdrawn }) {
  const question = new ConfirmDialog(dialog);
  button.addEventListener("click", async () => {
    if (await question.ask(() => withdraw(attemptUrl))) onWithdrawn();
  });
}

async function withdraw(attemptUrl) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  let response;
  try {
    response = await fetch(attemptUrl + "consent/", { method: "DELETE", credentials: "same-origin", headers });
  } catch {
    throw new ApiError({ status: 0, code: "offline", detail: FAILED });
  }
  if (!response.ok) throw new ApiError({ status: response.status, code: "refused", detail: FAILED });
}
