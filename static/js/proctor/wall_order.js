// Order, pages and search of the wall's candidates (pure).

export const compareNames = new Intl.Collator(undefined, { sensitivity: "base", numeric: true }).compare;

/** Those in need first; in a band by name, so that nobody moves unless their need changes. */
export function inOrder(rows) {
  return rows
    .map((row) => ({ row, band: row.band }))
    .sort((a, b) => a.band - b.band || compareNames(a.row.name, b.row.name) || a.row.enrolment - b.row.enrolment)
    .map(({ row }) => row);
}

/** Whether name or candidate number contain what was typed; accents and case do not matter. */
export function matches(row, typed) {
  const wanted = plain(typed);
  return !wanted || plain(row.name).includes(wanted) || plain(row.number).includes(wanted);
}

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").trim().toLocaleLowerCase();
}

/** At least one page; `number` outside of them becomes the nearest one. Pages count from 1. */
export function pageOf(rows, number, size) {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const page = Math.min(Math.max(1, Math.floor(number) || 1), pages);
  const first = (page - 1) * size;
  return { page, pages, first, rows: rows.slice(first, first + size) };
}

/** How many of `wanted` stand further up than in `shown`, because their band has changed. */
export function movedUp(shown, wanted, bandsShown) {
  const present = new Set(shown);
  return wanted.filter((row) => !present.has(row) || row.band < (bandsShown.get(row) ?? Infinity)).length;
}

/** The rows in need that are not on the page, with the page of the first; null when there are none. */
export function inNeedElsewhere(rows, page, size) {
  const places = [];
  rows.forEach((row, place) => {
    const onPage = Math.floor(place / size) + 1;
    if (row.isInNeed && onPage !== page) places.push({ row, onPage });
  });
  return places.length ? { number: places.length, page: places[0].onPage, row: places[0].row } : null;
}

/** The row in need after `current` in the order, round and round; null when nobody is. */
export function nextInNeed(rows, current) {
  const from = rows.indexOf(current) + 1;
  const turned = [...rows.slice(from), ...rows.slice(0, from)];
  return turned.find((row) => row.isInNeed && row !== current) ?? (current?.isInNeed ? current : null);
}
