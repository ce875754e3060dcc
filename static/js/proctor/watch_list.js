// Keeps the counts of the list of sittings up to date while the page is in view.

const EVERY_MS = 10000;
const root = document.getElementById("sittings");

async function refresh() {
  if (document.hidden) return;
  let page;
  try {
    const response = await fetch(root.dataset.refreshUrl, { credentials: "same-origin" });
    if (!response.ok || response.redirected) return;
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return; // offline: the next turn tries again
  }
  for (const list of root.querySelectorAll("[data-sitting]")) {
    const fresh = page.querySelector(`[data-sitting="${list.dataset.sitting}"]`);
    for (const count of fresh ? list.querySelectorAll("[data-count]") : []) {
      const now = fresh.querySelector(`[data-count="${count.dataset.count}"]`);
      if (count.textContent !== now.textContent) count.textContent = now.textContent;
      if (count.className !== now.className) count.className = now.className;
    }
  }
}

setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", refresh);
