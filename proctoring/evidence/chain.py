"""What the hash of an evidence item covers."""

from typing import Any

from proctoring.models import EvidenceItem


def payload_of(item: EvidenceItem) -> dict[str, Any]:
    """The facts of an item that may never change; `stored_at` is not one of them."""
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
    # Only where there is something: chains from before recordings stay whole.
    return payload | {"about": item.about} if item.about else payload
