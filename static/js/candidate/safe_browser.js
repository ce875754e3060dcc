// Proves by Safe Exam Browser's JavaScript interface that a page is open in it, where its engine sends no headers.
// Source: safeexambrowser.org, developer documentation, "SEB JavaScript API".

import { postJSON } from "../shared/http.js";

const KEYS_WITHIN_MS = 5000;
const TRIED = "safe-browser-tried";
const TRY_AGAIN_AFTER_MS = 30000;

/** The hashes of this page's address; resolves to null where there is no such interface. */
export async function readKeys(program, withinMs = KEYS_WITHIN_MS) {
  const security = program?.security;
  if (!security) return null;
  if (!security.configKey && typeof security.updateKeys === "function") {
    // Until version 3.1 for macOS and iOS they are there only once they were asked for.
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      security.updateKeys(() => { clearTimeout(timer); resolve(); });
    });
  }
  if (!security.configKey) return null;
  return { config_key: security.configKey, browser_exam_key: security.browserExamKey ?? "" };
}

/** The address as the hashes have it. */
export function pageAddress(href) {
  return href.split("#")[0];
}

async function prove(root, say) {
  const keys = await readKeys(globalThis.SafeExamBrowser);
  if (!keys) return;
  const last = Number(sessionStorage.getItem(TRIED));
  if (last && Date.now() - last < TRY_AGAIN_AFTER_MS) {
    say("Safe Exam Browser was recognised, but the exam did not open. Wait half a minute, then load this page again.");
    return;
  }
  say("Safe Exam Browser is being checked.");
  try {
    await postJSON(root.dataset.api + "safe-browser/", { url: pageAddress(location.href), ...keys });
  } catch (error) {
    say(error.detail);
    return;
  }
  sessionStorage.setItem(TRIED, String(Date.now()));
  location.reload();
}

const root = globalThis.document?.getElementById("safe-browser");
if (root) {
  const status = document.getElementById("safe-browser-status");
  prove(root, (text) => {
    status.textContent = text;
    status.hidden = false;
  });
}
