// Names that Django's admin leaves out, for people who hear the page: headings of columns, search, choosers.

function hidden(text) {
  const span = document.createElement("span");
  span.className = "visually-hidden";
  span.textContent = text;
  return span;
}

/** Columns without a heading: the row's own name at first, and what can be done with a row at last. */
function nameColumns() {
  for (const heading of document.querySelectorAll(".inline-group thead th")) {
    if (!heading.textContent.trim()) heading.append(hidden(heading.classList.contains("original") ? "Row" : "Acts"));
  }
}

/** Fields in rows of a table are named by their column, and by the row where it has a name. */
function nameCells(part) {
  for (const field of part.querySelectorAll(".inline-group td :is(input:not([type=hidden]), select, textarea)")) {
    if (field.labels?.length || field.hasAttribute("aria-label") || field.hasAttribute("aria-labelledby")) continue;
    const row = field.closest("tr").querySelector("td.original p")?.firstChild?.textContent.trim();
    const name = [columnOf(field), row].filter(Boolean).join(", ");
    if (name) field.setAttribute("aria-label", name);
  }
}

/** The field has its help as description, and a picture alone as label. */
function nameSearch() {
  const picture = document.querySelector('label[for="searchbar"] > img[alt="Search"]');
  if (!picture) return;
  picture.alt = "";
  picture.after(hidden("Search"));
}

/** Choosers with a search of their own are drawn anew beside the field that the label belongs to. */
function nameChoosers(part) {
  for (const field of part.querySelectorAll("select.select2-hidden-accessible")) {
    const drawn = field.nextElementSibling?.querySelector(".select2-selection");
    const label = field.labels[0]?.textContent.trim().replace(/:$/, "") ?? field.getAttribute("aria-label");
    const name = label || columnOf(field);
    if (!drawn || !name || drawn.hasAttribute("aria-label")) continue;
    drawn.removeAttribute("aria-labelledby");
    const chosen = drawn.querySelector(".select2-selection__rendered");
    chosen?.setAttribute("aria-label", name);
    const tell = () => drawn.setAttribute("aria-label", [name, chosen?.textContent.trim()].filter(Boolean).join(": "));
    tell();
    if (chosen) new MutationObserver(tell).observe(chosen, { childList: true, subtree: true, characterData: true });
  }
}

function columnOf(field) {
  const cell = field.closest("td");
  const heading = cell?.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex];
  return heading?.textContent.trim() ?? "";
}

nameColumns();
nameSearch();

function nameFields(part) {
  nameCells(part);
  nameChoosers(part);
}
// Choosers are drawn by a script of Django's some time after the page is ready, and in new rows later.
addEventListener("load", () => nameFields(document));
document.addEventListener("formset:added", () => setTimeout(() => nameFields(document)));
new MutationObserver(() => nameChoosers(document)).observe(document.body, { childList: true, subtree: true });
