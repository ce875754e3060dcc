// A page that waits for a job: shows its progress, and loads itself anew when the job is over.

import { getJSON } from "../shared/http.js";

const ASK_MS = 1000;

async function watch(root) {
  try {
    const job = await getJSON(root.dataset.stateUrl);
    if (job.is_over) return location.reload();
    root.querySelector("progress").value = job.done;
    root.querySelector("[data-progress-text]").textContent = `${job.done} of ${root.querySelector("progress").max} rows`;
  } catch (error) {
    if (!error.isTemporary) throw error;
  }
  return setTimeout(() => watch(root), ASK_MS);
}

const root = document.getElementById("job-progress");
if (root) watch(root);
