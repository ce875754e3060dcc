r"""TeX between \( \) and \[ \] to MathML, made on the server so that no script has to run in the browser."""

import re
from html import escape

from latex2mathml.converter import convert

LONGEST_FORMULA = 2_000
LARGEST_MATHML = 60_000
MOST_FORMULAS = 100
"""In one text; what follows shows its source."""

# The bound keeps a text full of openings from being searched to its end for each of them.
_FORMULA = re.compile(r"\\\((?P<inline>.{1,2000}?)\\\)|\\\[(?P<block>.{1,2000}?)\\\]", re.DOTALL)
# Definitions may call each other and grow without end, and links have no place in a formula.
_REFUSED = re.compile(r"\\(?:[egx]?def|(?:re|provide)?newcommand|renewcommand|let|href|url)(?![A-Za-z])")


def with_formulas(text: str) -> list[tuple[bool, str]]:
    """`text` cut into (False, text as it was) and (True, MathML of a formula), in order.

    A formula that cannot be read, or is too large, stays text with its delimiters. The MathML is not
    sanitised: who shows it does that.
    """
    pieces: list[tuple[bool, str]] = []
    shown = 0
    for number, found in enumerate(_FORMULA.finditer(text)):
        if number >= MOST_FORMULAS:
            break
        made = mathml(found["inline"] or found["block"], is_block=bool(found["block"]))
        if not made:
            continue
        pieces += [(False, text[shown : found.start()]), (True, made)]
        shown = found.end()
    return [piece for piece in [*pieces, (False, text[shown:])] if piece[1]]


def mathml(tex: str, is_block: bool) -> str:
    """The `math` element of a formula, with its TeX as annotation and alternative text; "" if it has none."""
    tex = tex.strip()
    if not tex or len(tex) > LONGEST_FORMULA or "\x00" in tex or _REFUSED.search(tex):
        return ""
    try:
        made = convert(tex, display="block" if is_block else "inline")
    except Exception:  # noqa: BLE001  (the converter raises what its parser meets: IndexError, RecursionError, own)
        return ""
    opening, _, body = made.partition(">")
    body = body.removesuffix("</math>")
    if len(body) > LARGEST_MATHML or not opening.startswith("<math"):
        return ""
    note = f'<annotation encoding="application/x-tex">{escape(tex)}</annotation>'
    return f'{opening} alttext="{escape(tex)}"><semantics><mrow>{body}</mrow>{note}</semantics></math>'
