// A dialog's form, its slots for texts, and how it says what is wrong.

export function option(value, text) {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = text;
  return made;
}

export function prepared(dialog) {
  const form = dialog.querySelector("form");
  const slots = (name) => dialog.querySelectorAll(`[data-slot="${name}"]`);
  const write = (name, text) => {
    for (const slot of slots(name)) slot.textContent = text;
  };
  const fail = (name, text, input = null) => {
    write(name, text);
    for (const slot of slots(name)) slot.hidden = !text;
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    if (!text || !input) return;
    input.setAttribute("aria-invalid", "true");
    input.focus();
  };
  const isBusy = () => form.hasAttribute("data-busy");
  dialog.addEventListener("cancel", (event) => isBusy() && event.preventDefault());
  dialog.querySelector("[data-close]").addEventListener("click", () => isBusy() || dialog.close());
  return { dialog, form, slots, write, fail };
}
