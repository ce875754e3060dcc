// Text size, colours and spacing of the exam page: for everybody, remembered on this device, told to nobody.

const KEY = "proctor-display";
const NORMAL = { textSize: "100", colours: "device", spacing: "normal" };

/** Brings the page into the form last chosen here, and follows the controls of `panel`. */
export function openDisplaySettings(panel) {
  const form = panel.querySelector("form");
  const settings = { ...NORMAL, ...read() };
  const show = () => {
    for (const [name, value] of Object.entries(settings)) {
      document.documentElement.dataset[name] = value;
      for (const input of form.querySelectorAll(`[name="${name}"]`)) input.checked = input.value === value;
    }
  };
  form.addEventListener("change", ({ target }) => {
    settings[target.name] = target.type === "checkbox" && !target.checked ? NORMAL[target.name] : target.value;
    show();
    write(settings);
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    Object.assign(settings, NORMAL);
    show();
    write(settings);
  });
  show();
}

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    return Object.fromEntries(Object.entries(found ?? {}).filter(([name, value]) => name in NORMAL && typeof value === "string"));
  } catch {
    return {};
  }
}

function write(settings) {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Without storage the settings last until the page is left.
  }
}
