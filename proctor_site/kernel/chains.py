"""Hash chains: audit entries, journal and evidence custody are linked by them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

GENESIS = "0" * 64
"""Previous hash of the first link of a chain."""


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    raise TypeError(f"a chain holds plain values, not {type(value).__name__}")


def link_hash(previous: str, payload: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the previous link's hash and `payload` as canonical JSON.

    Canonical: keys sorted, no white space, UTF-8, datetimes in ISO 8601 with microseconds.
    """
    body = json.dumps(
        payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
    )
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def first_break(links: Iterable[tuple[str, str, Mapping[str, Any]]]) -> int | None:
    """Position of the first link that does not fit, or None when the chain is whole.

    `links` are (previous_hash, hash, payload) in order, from the first link of the chain.
    """
    expected = GENESIS
    for position, (previous, own, payload) in enumerate(links):
        if previous != expected or link_hash(previous, payload) != own:
            return position
        expected = own
    return None
