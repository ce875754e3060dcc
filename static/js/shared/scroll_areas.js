// Lets people scroll wide tables and long lists by keys: an area that runs over can have the focus (WCAG 2.1.1).

const AREAS = ".table-wrap, .table-scroll, .desk-table, .desk-strip, .desk-pane figcaption, .precision-scroll, "
  + ".inline-group .tabular, #change-history, .question-files-table, .wide-table, .rich-table, .stem pre, "
  + ".code-shown, .gallery-strip, .evidence-scroll, .case-list, .report-plot, .notice-text, .act-people, .results";
const FOCUSABLE = "a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select, textarea, summary";

function check(area) {
  const runsOver = area.scrollWidth > area.clientWidth + 1 || area.scrollHeight > area.clientHeight + 1;
  const isOurs = "scrollArea" in area.dataset;
  if (runsOver && !isOurs && !area.hasAttribute("tabindex") && !area.querySelector(FOCUSABLE)) {
    area.tabIndex = 0;
    area.dataset.scrollArea = "";
  } else if (!runsOver && isOurs) {
    area.removeAttribute("tabindex");
    delete area.dataset.scrollArea;
  }
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) check(target.matches(AREAS) ? target : target.parentElement);
});
for (const area of document.querySelectorAll(AREAS)) {
  sizes.observe(area);
  if (area.firstElementChild) sizes.observe(area.firstElementChild);
}
