"""Asks axe-core whether a page can be used by everybody: WCAG 2.2 A and AA, and its good practice."""

import json
from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
ADMIN_FRAME = ("#header", "#nav-sidebar")
"""Head and list of models, which stand on every page of the admin and are half of most."""
_RUN = """async ([tags, only, within, without]) => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const run = only ? {type: "rule", values: only} : {type: "tag", values: tags};
  const rules = only ? {} : {"target-size": {enabled: true}};
  const where = {include: [[within]], exclude: without.map((each) => [each])};
  const found = await axe.run(where, {runOnly: run, rules, resultTypes: ["violations"]});
  return found.violations.map((each) => [each.id, each.nodes.map(
    (node) => [node.target.flat().join(" "), node.html.slice(0, 160), node.failureSummary.slice(0, 260)])]);
}"""
"""Two frames first: what follows a change of size, such as areas that run over, answers in the next one."""
_STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"
"""Half-way through a change of colour, contrast means nothing."""
_TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth;
  if (wide <= innerWidth) return null;
  const outside = [...document.body.querySelectorAll("*")].filter((each) => {
    const box = each.getBoundingClientRect();
    return box.width > 0 && box.right > innerWidth + 1;
  });
  return [wide, outside.slice(0, 4).map((each) => each.cloneNode().outerHTML.slice(0, 120))];
}"""
_UNFOLD = """() => {
  for (const each of document.querySelectorAll("details:not([open])")) {
    each.open = true;
    const lies_above = (part) => ["absolute", "fixed"].includes(getComputedStyle(part).position);
    if ([...each.children].slice(1).some(lies_above)) each.open = false;
  }
}"""
"""Not what would lie above other parts, such as the person's menu: it would hide them."""
_NEXT_DIALOG = """(place) => {
  document.querySelector("dialog.asked-of-axe")?.close();
  document.querySelector("dialog.asked-of-axe")?.classList.remove("asked-of-axe");
  if (document.querySelector("dialog[open]")) return null;
  const dialog = document.querySelectorAll("dialog")[place];
  if (!dialog) return null;
  dialog.classList.add("asked-of-axe");
  for (const each of dialog.querySelectorAll(":is(h2, button):empty")) each.textContent = "What is asked";
  dialog.showModal();
  return dialog.id || dialog.className;
}"""
"""Shows the dialog at that place, in place of the one before; null after the last, or where one is open.

Headings and buttons that scripts write as they open it get words, as they never stand empty.
"""
_SHOWN_PER_RULE = 3


def complaints(
    page: Page, *, only: list[str] | None = None, within: str = "html", without: Sequence[str] = ()
) -> list[str]:
    """What axe finds on the page as it stands, one line for each element; `only`: these rules alone.

    `within` and `without`: selectors of what is asked and what is not. The page's context has to be opened
    with `bypass_csp`: the product's own policy lets no script in.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(Axe().axe_script)
        page.add_style_tag(content=_STILL)
    found: list[tuple[str, list[list[str]]]] = page.evaluate(_RUN, [_TAGS, only, within, list(without)])
    lines = []
    for rule, nodes in found:
        for target, html, summary in nodes[:_SHOWN_PER_RULE]:
            lines.append(f"{rule} at {target}: {html} -- {' '.join(summary.split())}")
        if len(nodes) > _SHOWN_PER_RULE:
            lines.append(f"{rule}: {len(nodes) - _SHOWN_PER_RULE} more")
    return lines


def too_wide(page: Page) -> list[str]:
    """Says so when the page has to be scrolled sideways at its width (WCAG 1.4.10)."""
    found: Any = page.evaluate(_TOO_WIDE)
    return [f"reflow: {found[0]} px wide: {json.dumps(found[1])}"] if found else []


def everything(page: Page, *, is_plain: bool = False, without: Sequence[str] = ()) -> list[str]:
    """The page on a desk and on a phone, light and dark, with all that folds out or opens above it.

    Leaves it light and on the desk. `is_plain`: what the page is made of stands on others too; its colours in
    the dark are not asked again. `without`: selectors of parts that were asked on another page of the same
    person.
    """
    page.evaluate(_UNFOLD)
    found = complaints(page, without=without)
    if not is_plain:
        page.emulate_media(color_scheme="dark")
        found += [f"dark {line}" for line in complaints(page, only=["color-contrast"], without=without)]
        page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    small = [] if is_plain else complaints(page, only=["target-size"], without=without)
    found += [f"phone {line}" for line in too_wide(page) + small]
    page.set_viewport_size({"width": 1280, "height": 900})
    return found + _dialogs(page)


def _dialogs(page: Page) -> list[str]:
    """Each dialog of the page in its open state."""
    found, place = [], 0
    while name := page.evaluate(_NEXT_DIALOG, place):
        place += 1
        seen = complaints(page, within="dialog[open]")
        page.emulate_media(color_scheme="dark")
        seen += [f"dark {line}" for line in complaints(page, only=["color-contrast"], within="dialog[open]")]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 390, "height": 844})
        seen += [f"phone {line}" for line in too_wide(page)]
        page.set_viewport_size({"width": 1280, "height": 900})
        found += [f"dialog {name}: {line}" for line in seen]
    return found
