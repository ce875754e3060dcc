"""Checks that the kinds share: is this plain JSON value a text, a number, a list of options (pure)."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from proctor_site.kernel.errors import InvalidInput

MOST_OPTIONS = 20
LONGEST_OPTION = 2_000
_NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]{1,3})?")
_LONGEST_NUMBER = 50
_LARGEST_EXPONENT = 100
_DEEPEST_CONTENT = 12
_OPTION_ID = re.compile(r"[A-Za-z0-9_-]{1,20}")


def mapping(content: object, known: Iterable[str]) -> Mapping[str, Any]:
    """`content` as an object that has no other names than `known`. Raises InvalidInput."""
    if not isinstance(content, Mapping):
        raise InvalidInput("The content of a question must be an object.", field="content")
    unknown = sorted(str(name) for name in content if name not in set(known))
    if unknown:
        field = unknown[0][:50] or "content"
        raise InvalidInput(f"A question of this kind has no '{field}'.", field=field)
    return content


def plain_text(value: object, field: str, what: str, *, most: int, may_be_empty: bool = False) -> str:
    """`value` as a text that every database and browser can hold. Raises InvalidInput naming `field`."""
    if not isinstance(value, str):
        raise InvalidInput(f"{what} must be a text.", field=field)
    # PostgreSQL stores no NUL, and half of a surrogate pair has no UTF-8 form.
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise InvalidInput(f"{what} contains a character that cannot be stored.", field=field)
    if len(value) > most:
        raise InvalidInput(
            f"{what} is too long: {len(value)} characters, at most {most}.", field=field, code="too_long"
        )
    if not may_be_empty and not value.strip():
        raise InvalidInput(f"{what} must not be empty.", field=field)
    return value


def switch(value: object, field: str, what: str) -> bool:
    """`value` as true or false. Raises InvalidInput naming `field`."""
    if not isinstance(value, bool):
        raise InvalidInput(f"{what} must be true or false.", field=field)
    return value


def decimal_text(value: object, field: str, what: str) -> str:
    """`value` as the text of a decimal number with a point; a decimal comma is read as a point.

    Kept as text, because 0.1 has no exact float. No thousands separators: "1,000" is one. Raises
    InvalidInput naming `field`.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidInput(f"{what} must be a number.", field=field)
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_NUMBER:
        raise InvalidInput(f"{what} is too large.", field=field)
    text = str(value).strip().replace("\u2212", "-")  # the typographic minus sign
    if len(text) > _LONGEST_NUMBER:
        raise InvalidInput(f"{what} is too long: at most {_LONGEST_NUMBER} characters.", field=field)
    if not _NUMBER.fullmatch(text):
        raise InvalidInput(f"{what} must be a number, such as 3.14 or 3,14.", field=field)
    text = text.replace(",", ".")
    if abs(Decimal(text).adjusted()) > _LARGEST_EXPONENT:
        raise InvalidInput(f"{what} is too large or too small.", field=field)
    return text


def options(value: object, known: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Options as [{"id", "text", "correct", ...known}]; those without an id get one. Raises InvalidInput.

    `known` are further names an option may have; they are passed on unchecked.

    Ids are random: a running number would tell candidates in which order the options were written, and the
    right one is often written first.
    """
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise InvalidInput("Options must be a list.", field="options")
    if not 2 <= len(value) <= MOST_OPTIONS:
        raise InvalidInput(f"Give between 2 and {MOST_OPTIONS} options.", field="options")
    cleaned = [_option(each, number, set(known)) for number, each in enumerate(value, start=1)]
    _refuse_doubles(cleaned)
    for option in cleaned:
        option["id"] = option["id"] or secrets.token_hex(4)
    return cleaned


def _option(value: object, number: int, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, Mapping) or set(value) - {"id", "text", "correct", *known}:
        raise InvalidInput(
            f"Option {number} must have a text and whether it is correct.", field=f"options.{number}"
        )
    text = plain_text(value.get("text"), f"options.{number}.text", f"Option {number}", most=LONGEST_OPTION)
    correct = switch(value.get("correct", False), f"options.{number}.correct", f"Option {number}: correct")
    own_id = entry_id(value.get("id"), f"options.{number}.id", f"Option {number}")
    further = {name: value[name] for name in known if name in value}
    return {"id": own_id, "text": text.strip(), "correct": correct} | further


def entry_id(value: object, field: str, what: str) -> str:
    """The id of an option or entry; "" when it has none yet. Raises InvalidInput naming `field`."""
    if not value:
        return ""
    if not (isinstance(value, str) and _OPTION_ID.fullmatch(value)):
        raise InvalidInput(f"{what} has an id that is not letters and digits.", field=field)
    return value


def one_of(value: object, known: Iterable[str], field: str, what: str) -> str:
    """`value` if it is among the known names. Raises InvalidInput naming `field`."""
    names = list(known)
    if not isinstance(value, str) or value not in names:
        raise InvalidInput(f"{what} must be one of: {', '.join(names)}.", field=field)
    return value


def _refuse_doubles(cleaned: list[dict[str, Any]]) -> None:
    texts: dict[str, int] = {}
    ids: dict[str, int] = {}
    for number, option in enumerate(cleaned, start=1):
        earlier = texts.setdefault(option["text"], number)
        if earlier != number:
            raise InvalidInput(
                f"Option {number} has the same text as option {earlier}.", field=f"options.{number}.text"
            )
        if option["id"] and ids.setdefault(option["id"], number) != number:
            raise InvalidInput(f"Two options have the id {option['id']}.", field=f"options.{number}.id")


def with_texts(part: Any, change: Callable[[str], str], depth: int = 0) -> Any:
    """A copy of plain JSON with every string under a name "text" passed through `change`.

    For content that is not checked yet too: what lies deeper than any kind's content is left as it is.
    """
    if depth > _DEEPEST_CONTENT:
        return part
    if isinstance(part, Mapping):
        return {
            name: change(value)
            if name == "text" and isinstance(value, str)
            else with_texts(value, change, depth + 1)
            for name, value in part.items()
        }
    if isinstance(part, list | tuple):
        return [with_texts(each, change, depth + 1) for each in part]
    return part


def shown_options(content: Mapping[str, Any], option_order: Sequence[int]) -> list[dict[str, str]]:
    """The options as a candidate sees them: [{"id", "text"}] in the order drawn, as written without one."""
    written = content["options"]
    order = option_order or range(len(written))
    return [{"id": written[position]["id"], "text": written[position]["text"]} for position in order]


def texts_of(content: Mapping[str, Any], ids: Iterable[str]) -> str:
    """The texts of those options, as written, joined by semicolons."""
    wanted = set(ids)
    return "; ".join(option["text"] for option in content["options"] if option["id"] in wanted)


def correct_ids(content: Mapping[str, Any]) -> list[str]:
    """Ids of the options that the key calls correct."""
    return [option["id"] for option in content["options"] if option["correct"]]
