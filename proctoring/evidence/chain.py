"""What the hash of an evidence item covers."""

import hashlib
import json
import secrets
from typing import Any

from proctoring.models import EvidenceItem

VERSION = 2
"""Form of new items. 1 held `about` itself: what it says of a person could not be erased."""


def payload_of(item: EvidenceItem) -> dict[str, Any]:
    """The facts of an item that may never change; `stored_at` and `erased_at` are none of them."""
    payload = {
        "session": item.session_id,
        "incident": item.incident_id,
        "kind": str(item.kind),
        "sequence": item.sequence,
        "frame_sequence": item.frame_sequence,
        "captured_at": item.captured_at,
        "content_type": item.content_type,
        "name": item.name,
        "size": item.size,
        "sha256": item.sha256,
    }
    if item.showing_id is not None:
        payload["showing"] = item.showing_id
    if item.call_id is not None:
        payload["call"] = item.call_id
    if item.chain_version >= 2:
        return payload | {"version": item.chain_version, "about_sha256": item.about_sha256}
    # Only where there is something: chains from before recordings stay whole.
    return payload | {"about": item.about} if item.about else payload


def hash_about(item: EvidenceItem) -> None:
    """Gives a new item its salt and the salted hash of `about`.

    Without the salt, which is erased with it, nobody can find out by trying what was said.
    """
    item.chain_version = VERSION
    item.about_salt = secrets.token_hex(32)
    item.about_sha256 = about_hash(item.about_salt, item.about)


def about_hash(salt: str, about: Any) -> str:
    """SHA-256 (hex) over the salt and `about` as JSON with sorted keys and no white space."""
    body = json.dumps(about, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()


def about_fits(item: EvidenceItem) -> bool:
    """Whether `about` is what was stored; erased, that nothing of it is left."""
    if item.erased_at is not None:
        return not item.about and not item.about_salt
    return item.chain_version < 2 or about_hash(item.about_salt, item.about) == item.about_sha256
