// The candidate's tools on the exam page and in the preview of a paper. Nothing here is an answer or leaves the device.

import { Calculator } from "./calculator.js";
import { openDisplaySettings } from "./display_settings.js";
import { Highlighter } from "./highlighter.js";
import { ToolPanels } from "./panels.js";
import { openScratchPad } from "./scratch_pad.js";
import { StrikeOut } from "./strike_out.js";
import { MemoryStore, openToolStore } from "./tool_store.js";

const byId = (id) => document.getElementById(id);

/** Tools that work inside the questions: they take in each one, also those that come later. */
function followQuestions(form, tools) {
  const taken = new WeakSet();
  const prepare = () => {
    for (const question of form.querySelectorAll(".question")) {
      if (taken.has(question)) continue;
      taken.add(question);
      for (const tool of tools) tool.prepare(question);
    }
  };
  new MutationObserver(prepare).observe(form, { childList: true });
  prepare();
}

async function openTools(bar) {
  openDisplaySettings(byId("display-panel"));
  new ToolPanels(bar);
  if (byId("calculator-panel")) new Calculator(byId("calculator-panel"));
  const attempt = Number(bar.dataset.attempt);
  const store = attempt ? await openToolStore(attempt) : new MemoryStore();
  // A terminated exam may be opened again, and then its notes are needed.
  document.addEventListener("attempt:over", ({ detail }) => detail.state !== "terminated" && store.forget());
  const tools = [];
  if (byId("highlighter")) tools.push(new Highlighter({ button: byId("highlighter"), news: byId("highlighter-news"), store }));
  if (byId("strike-out")) tools.push(new StrikeOut(byId("strike-out"), store));
  followQuestions(byId("questions"), tools);
  if (byId("scratch-pad-panel")) await openScratchPad(byId("scratch-pad-panel"), store);
}

await openTools(byId("tool-bar"));
