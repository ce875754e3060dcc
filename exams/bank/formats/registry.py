"""All file formats of questions, by name; and which one a file is in."""

from collections.abc import Mapping
from types import MappingProxyType

from exams.bank.formats.aiken import Aiken
from exams.bank.formats.base import Format, Unreadable
from exams.bank.formats.gift import Gift
from exams.bank.formats.moodle_xml import MoodleXml
from exams.bank.formats.qti import Qti21, Qti22, Qti30
from proctor_site.kernel.errors import InvalidInput

_ALL: tuple[Format, ...] = (MoodleXml(), Qti30(), Qti22(), Qti21(), Aiken(), Gift())
FORMATS: Mapping[str, Format] = MappingProxyType({each.name: each for each in _ALL})
"""In the order in which a file is tried on them."""


def format_named(name: str) -> Format:
    """The format of that name. Raises InvalidInput."""
    if name not in FORMATS:
        raise InvalidInput(f"There is no format “{name[:40]}”.", field="format")
    return FORMATS[name]


def recognised(data: bytes) -> Format:
    """The format that the bytes look like. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("The file is empty.")
    for each in FORMATS.values():
        if each.recognises(data):
            return each
    names = ", ".join(each.label for each in FORMATS.values())
    raise Unreadable(f"This file is in none of the known formats: {names}.")


def choices() -> list[tuple[str, str]]:
    """Names and labels, for select boxes."""
    return [(each.name, each.label) for each in FORMATS.values()]
