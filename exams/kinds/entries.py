"""Entries `{"id", "text"}` of questions that pair or order them: checked, shown without the key (pure)."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exams.kinds import shapes
from proctor_site.kernel.errors import InvalidInput


def read(
    value: object, field: str, what: str, *, least: int, most: int, known: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Entries as [{"id", "text", ...known}]; those without an id get a random one. Raises InvalidInput.

    Importers leave ids out: ids in the order of the key would tell it. `known` are further texts an entry
    may have; they are passed on unchecked.
    """
    if not isinstance(value, Sequence) or isinstance(value, str) or not least <= len(value) <= most:
        raise InvalidInput(f"Give between {least} and {most}: {what.lower()}.", field=field)
    entries = [
        _read(each, f"{field}.{n}", f"{what} {n}", set(known)) for n, each in enumerate(value, start=1)
    ]
    for name in ("id", "text"):
        seen: set[str] = set()
        for number, entry in enumerate(entries, start=1):
            if entry[name] and entry[name] in seen:
                raise InvalidInput(f"{what} {number} is there twice.", field=f"{field}.{number}.{name}")
            seen.add(entry[name])
    for entry in entries:
        entry["id"] = entry["id"] or secrets.token_hex(4)
    return entries


def _read(value: object, field: str, what: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, Mapping) or set(value) - {"id", "text", *known}:
        raise InvalidInput(f"{what} must have a text.", field=field)
    text = shapes.plain_text(value.get("text"), f"{field}.text", what, most=shapes.LONGEST_OPTION)
    own_id = shapes.entry_id(value.get("id"), f"{field}.id", what)
    return {"id": own_id, "text": text.strip()} | {name: value[name] for name in known if name in value}


def shown(entries: Sequence[Mapping[str, Any]], order: Sequence[int]) -> list[dict[str, str]]:
    """Id and text of each entry, in the order drawn; without one in an order that the key does not decide.

    That order comes from a hash of the texts, turned round in the one case in which it is as written.
    """
    places = list(order) or sorted(range(len(entries)), key=lambda place: _digest(entries[place]["text"]))
    if not order and places == sorted(places):
        places.reverse()
    return [{"id": entries[place]["id"], "text": entries[place]["text"]} for place in places]


def texts_by_id(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The texts of entries by id, in the order of the entries."""
    return {entry["id"]: entry["text"] for entry in entries}


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
