// The verdict form beside the desk by keys: go there, choose by number, send from a text field.

const place = document.querySelector(".review-decide");

/** Puts the focus on the first thing that the form asks for; says whether anything is asked. */
export function focusVerdict() {
  const field = place?.querySelector("input[name=verdict]:checked:not(:disabled), input[name=verdict]:not(:disabled), textarea");
  field?.focus();
  return Boolean(field);
}

/** Chooses the verdict with this number, if the focus is among the verdicts; says whether it was. */
export function chooseVerdict(digit) {
  const group = document.activeElement?.closest(".case-choices");
  const choice = group?.querySelectorAll("input[name=verdict]")[digit - 1];
  if (choice && !choice.disabled) {
    choice.checked = true;
    choice.focus();
  }
  return Boolean(group);
}

/** Ctrl and Enter send the form from its text field, in which Enter alone begins a line. */
export function sendByKey() {
  place?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    if (!event.target.matches("textarea")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
}
