// Sends a form of the desk and takes the answer as JSON.

import { postBytes } from "../../shared/http.js";

/** Resolves to the answer; rejects with an ApiError whose `detail` says why nothing was changed. */
export function postForm(form, submitter) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  return postBytes(form.action, data, {});
}
