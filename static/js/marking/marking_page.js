// The page on which one answer is marked: single keys, phrases into the comment, the sum of a rubric.

const STORED = "proctor.marking.keys";
const form = document.getElementById("mark-form");
const points = document.getElementById("points");
const comment = document.getElementById("comment");
const toggle = document.getElementById("keys-on");
const criteria = [...document.querySelectorAll("[data-criterion]")];
const sum = document.getElementById("rubric-sum");
let isSent = false;

form?.addEventListener("submit", (event) => {
  // Enter twice in a hurry must not mark the next answer with nothing.
  if (isSent) event.preventDefault();
  isSent = true;
});
addEventListener("pageshow", () => { isSent = false; });

for (const button of document.querySelectorAll("[data-phrase]")) {
  button.addEventListener("click", () => {
    const before = comment.value.trimEnd();
    comment.value = before ? `${before}\n${button.textContent}` : button.textContent;
    comment.focus();
  });
}

const go = (id) => document.getElementById(id)?.click();
const keys = {
  n: () => go("next"),
  p: () => go("previous"),
  c: () => comment?.focus(),
  u: () => document.getElementById("undo-form")?.requestSubmit(),
  Enter: () => form?.requestSubmit(),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || event.altKey || event.metaKey) return;
  const target = event.target;
  if (event.ctrlKey) {
    if (event.key === "Enter" && form?.contains(target)) act(event, () => form.requestSubmit());
    return;
  }
  if (event.key === "Escape" && target.matches("textarea")) {
    act(event, () => (points ?? target).focus());
    if (!points) target.blur();
    return;
  }
  if (!toggle.checked || isWriting(target)) return;
  if (event.key === "Enter" && target.matches("a, button, summary")) return;
  if (/^[0-9]$/.test(event.key)) digit(event, target);
  else if (keys[event.key] && !(event.key === "Enter" && target === points)) act(event, keys[event.key]);
});

function act(event, does) {
  event.preventDefault();
  does();
}

/** Letters in the points field are commands: no number has letters. */
function isWriting(target) {
  if (target === points) return false;
  return target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
}

function digit(event, target) {
  if (criteria.length) act(event, () => choose(Number(event.key)));
  else if (points && target !== points) {
    act(event, () => {
      points.focus();
      points.value = event.key;
    });
  }
}

function choose(number) {
  const criterion = current() ?? criteria.at(-1);
  const radio = criterion.querySelectorAll("input[type=radio]")[number - 1];
  if (!radio) return;
  radio.checked = true;
  radio.focus();
  showSum();
}

/** The criterion that holds the focus if it has no level yet, else the first one without a level. */
function current() {
  return criteria.find((each) => !each.querySelector("input:checked"));
}

function showSum() {
  for (const each of criteria) each.classList.toggle("is-current", each === current());
  if (!sum) return;
  const of = (list) => list.reduce((total, radio) => total + Number(radio.dataset.points), 0);
  const best = criteria.reduce(
    (total, each) => total + Math.max(...[...each.querySelectorAll("input")].map((radio) => Number(radio.dataset.points))),
    0,
  );
  const given = of([...form.querySelectorAll("[data-points]:checked")]);
  const scaled = (given * Number(sum.dataset.most)) / best;
  sum.value = `Chosen so far: ${scaled.toFixed(2)} points.`;
}

if (criteria.length) {
  form.addEventListener("change", showSum);
  showSum();
}
points?.select();

try {
  toggle.checked = localStorage.getItem(STORED) !== "off";
} catch {
  // storage is switched off: the keys work all the same
}
toggle.addEventListener("change", () => {
  try {
    localStorage.setItem(STORED, toggle.checked ? "on" : "off");
  } catch {
    // it holds for this page only
  }
});
