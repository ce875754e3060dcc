"""Shares of the points as exact fractions kept as text: "1", "1/2", "1/3" (pure)."""

import re
from fractions import Fraction

from proctor_site.kernel.errors import InvalidInput

_WRITTEN = re.compile(r"-?([0-9]{1,7}(/[0-9]{1,7})?|[0-9]{0,7}[.,][0-9]{1,12})")
_PLACES = 10**6
_PLAIN_DENOMINATOR = 20
_NEAR = Fraction(1, 10**5)


def share_text(value: object, field: str, what: str, *, least: int = 0, most: int = 1) -> str:
    """`value` (a number, or a text such as "0.5" or "1/3") as an exact share between `least` and `most`.

    A decimal that means a simple fraction becomes it: 0.33333 is "1/3". Other question banks write shares
    as percentages of five decimals, and three thirds must make a whole. Raises InvalidInput naming `field`.
    """
    text = str(value).strip().replace("\u2212", "-") if _is_number_or_text(value) else ""
    if not _WRITTEN.fullmatch(text) or _divides_by_zero(text):
        raise InvalidInput(f"{what} must be a share such as 0.5 or 1/3.", field=field)
    share = _plain(Fraction(text.replace(",", ".")))
    if not least <= share <= most:
        raise InvalidInput(f"{what} must be from {least * 100} % to {most * 100} %.", field=field)
    return str(share)


def percent_text(share: str) -> str:
    """A share as a percentage without its sign, at most four decimals: "50", "33.3333"."""
    percent = Fraction(share) * 100
    return f"{float(percent):.4f}".rstrip("0").rstrip(".")


def share_of_percent(value: str, field: str, what: str, *, least: int = 0, most: int = 1) -> str:
    """What a person wrote as a percentage ("50", "33.33 %") as a share. Raises InvalidInput."""
    text = value.strip().removesuffix("%").strip().replace(",", ".").replace("\u2212", "-")
    if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,8})?", text):
        raise InvalidInput(f"{what} must be a percentage such as 50 or 33.33.", field=field)
    exact = Fraction(text) / 100
    # Two decimals are what people write for thirds and sixths.
    near = exact.limit_denominator(_PLAIN_DENOMINATOR)
    short = len(text.partition(".")[2]) >= 2 and abs(near - exact) <= Fraction(1, 10**4)
    return share_text(str(near if short else exact), field, what, least=least, most=most)


_LINE = re.compile(r"(?P<percent>-?[0-9]{1,3}([.,][0-9]{1,8})?)\s*%\s+(?P<rest>\S.*)", re.DOTALL)


def read_line(line: str, field: str, what: str) -> tuple[str, str]:
    """What a person wrote as "text" or "50 % text", as share ("1" when none is written) and text."""
    found = _LINE.fullmatch(line.strip())
    if not found:
        return "1", line.strip()
    return share_of_percent(found["percent"], field, what), found["rest"].strip()


def write_line(share: str, text: str) -> str:
    """The line that `read_line` reads as that share and that text."""
    return text if share == "1" and not _LINE.fullmatch(text.strip()) else f"{percent_text(share)} % {text}"


def _is_number_or_text(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _divides_by_zero(text: str) -> bool:
    below = text.partition("/")[2]
    return bool(below) and int(below) == 0


def _plain(exact: Fraction) -> Fraction:
    rounded = Fraction(round(exact * _PLACES), _PLACES)
    near = rounded.limit_denominator(_PLAIN_DENOMINATOR)
    return near if abs(near - rounded) <= _NEAR else rounded
