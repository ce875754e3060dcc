// Registration form: suggests the short name from the name, and the time zone from the browser.

const form = document.getElementById("register-form");
const name = form.elements.namedItem("name");
const slug = form.elements.namedItem("slug");
const zone = form.elements.namedItem("time_zone");

/** "Universität Nord, 2" -> "universitat-nord-2" */
function slugOf(text) {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/ß/g, "ss")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 50)
    .replace(/^-+|-+$/g, "");
}

let isOwnSlug = slug.value !== "" && slug.value !== slugOf(name.value);
slug.addEventListener("input", () => { isOwnSlug = slug.value !== ""; });
name.addEventListener("input", () => { if (!isOwnSlug) slug.value = slugOf(name.value); });

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const wasSent = form.querySelector("[aria-invalid]") !== null;
if (!wasSent && zone.value === "UTC" && [...zone.options].some((option) => option.value === here)) zone.value = here;
