// After a termination: leads back to the exam when a proctor has opened it again.

import { getJSON } from "../shared/http.js";

const ASK_MS = 10000;
const { api } = document.getElementById("reinstated").dataset;

async function ask() {
  try {
    const { state } = await getJSON(api);
    // This page's own address leads to the page of the new state.
    if (state !== "terminated") location.reload();
  } catch (error) {
    // No answer: the next try comes.
    if (!error.isTemporary) throw error;
  }
}

setInterval(ask, ASK_MS);
