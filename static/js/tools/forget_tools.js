// The page after the end: deletes what the tools have kept on this computer.

import { openToolStore } from "./tool_store.js";

const store = await openToolStore(Number(document.getElementById("leftovers").dataset.attempt));
await store.forget();
