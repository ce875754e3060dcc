// Taking the agreement back during the exam: capture stops at once, whatever the line does, and a proctor is told.

import { ApiError, csrfToken } from "../shared/http.js";
import { ConfirmDialog } from "./exam_dialogs.js";

const FAILED =
  "Nothing leaves this computer any more, but your wish did not reach the server. Check your connection and press Withdraw again.";

/** `onStop` runs when it is confirmed, before anybody is asked; `onWithdrawn` when the server has taken it. */
export function offerWithdrawal({ button, dialog, attemptUrl, onStop, onWithdrawn }) {
  const question = new ConfirmDialog(dialog);
  button.addEventListener("click", async () => {
    const work = async () => {
      onStop();
      await withdraw(attemptUrl);
    };
    if (await question.ask(work)) onWithdrawn();
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
