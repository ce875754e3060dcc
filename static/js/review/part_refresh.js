// Keeps a part of a page fresh: fetches it again at its pace while the page is looked at, and exchanges it when
// it changed and nobody works in it. It ends when the part asks for no further one (data-refresh-again).

const SLOWEST_S = 60;

async function follow(part) {
  let wait = Number(part.dataset.every);
  const usual = wait;
  let last = part.innerHTML.trim();
  while (part.querySelector("[data-refresh-again]")) {
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    if (document.hidden || part.contains(document.activeElement)) continue;
    const fresh = await fetched(part.dataset.refresh);
    wait = fresh === null ? Math.min(wait * 2, SLOWEST_S) : usual;
    say(part, fresh === null);
    if (fresh !== null && fresh.trim() !== last) {
      last = fresh.trim();
      part.innerHTML = fresh;
    }
  }
}

async function fetched(url) {
  try {
    const response = await fetch(url, { credentials: "same-origin", redirect: "error" });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

// Old figures must not look like new ones.
function say(part, isStale) {
  part.toggleAttribute("data-stale", isStale);
  const note = document.querySelector("[data-refresh-problem]");
  if (note) note.hidden = !isStale;
}

for (const part of document.querySelectorAll("[data-refresh]")) follow(part);
