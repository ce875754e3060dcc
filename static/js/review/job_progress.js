// A page that waits for a job: shows its progress, and loads itself anew when the job is over.

import { getJSON } from "../shared/http.js";

const ASK_MS = 1000;

async function watch(root) {
  try {
    const job = await getJSON(root.dataset.stateUrl);
    if (job.is_over) return location.reload();
    show(root, job);
  } catch (error) {
    if (!error.isTemporary) throw error;
  }
  return setTimeout(() => watch(root), ASK_MS);
}

// Without a total (a file that is still being read) the bar only says that the work goes on.
function show(root, { done, total }) {
  const bar = root.querySelector("progress");
  if (total) {
    bar.max = total;
    bar.value = done;
  } else bar.removeAttribute("value");
  const text = total ? `${done} of ${total} ${root.dataset.what}` : `${done} ${root.dataset.what} so far`;
  const status = root.querySelector("[data-progress-text]");
  if (status.textContent !== text) status.textContent = text;
}

const root = document.getElementById("job-progress");
if (root) watch(root);
