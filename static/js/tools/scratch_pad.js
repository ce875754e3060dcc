// The scratch pad: plain text that stays in this browser.

const NAME = "scratch_pad";

/** Shows what was written before and keeps each change; says so when this browser cannot. */
export async function openScratchPad(panel, store) {
  const field = panel.querySelector("textarea");
  const problem = panel.querySelector("[data-problem]");
  field.value = (await store.get(NAME)) ?? "";
  problem.hidden = store.isDurable;
  field.addEventListener("input", () => {
    store.put(NAME, field.value).catch(() => (problem.hidden = false));
  });
}
