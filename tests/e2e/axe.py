"""Asks axe-core whether a page can be used by everybody: WCAG 2.2 A and AA, and its good practice."""

import json
from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
ADMIN_FRAME = ("#header", "#nav-sidebar")
"""Head and list of models, which stand on every page of the admin and are half of most."""
_RUN = """async ([tags, only, without]) => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const run = only ? {type: "rule", values: only} : {type: "tag", values: tags};
  const rules = only ? {} : {"target-size": {enabled: true}};
  const where = {include: [["html"]], exclude: without.map((each) => [each])};
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
_SHOWN_PER_RULE = 3


def complaints(page: Page, *, only: list[str] | None = None, without: Sequence[str] = ()) -> list[str]:
    """What axe finds on the page as it stands, one line for each element; `only`: these rules alone.

    `without`: selectors of what is not asked. The page's context has to be opened with `bypass_csp`: the
    product's own policy lets no script in.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(Axe().axe_script)
        page.add_style_tag(content=_STILL)
    found: list[tuple[str, list[list[str]]]] = page.evaluate(_RUN, [_TAGS, only, list(without)])
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
    """The page on a desk and on a phone, light and dark; leaves it light and on the desk.

    `is_plain`: what the page is made of stands on others too; its colours in the dark are not asked again.
    `without`: selectors of parts that were asked on another page of the same person.
    """
    found = complaints(page, without=without)
    if not is_plain:
        page.emulate_media(color_scheme="dark")
        found += [f"dark {line}" for line in complaints(page, only=["color-contrast"], without=without)]
        page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    small = [] if is_plain else complaints(page, only=["target-size"], without=without)
    found += [f"phone {line}" for line in too_wide(page) + small]
    page.set_viewport_size({"width": 1280, "height": 900})
    return found
