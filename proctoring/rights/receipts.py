"""Signed receipts of what candidates hand in: proof outside of this system of what arrived, and when."""

import json
from typing import Any

from accounts import signing_keys
from proctoring.models import Reply
from proctoring.rights import replies, reply_files

KIND = "proctor reply receipt 1"


def receipt_of(reply: Reply) -> dict[str, Any]:
    """The receipt: what the hash of the reply covers, the chain, and a signature over all of it.

    `signature` is Ed25519 over `signed_bytes`; who has the public key named `key` can check it.
    """
    body = {
        "kind": KIND,
        "institution": reply.institution.slug,
        **_plain(replies.payload_of(reply, reply_files.facts_of(reply.files.all()))),
        "previous_hash": reply.previous_hash,
        "hash": reply.hash,
    }
    name, signature = signing_keys.sign(signed_bytes(body))
    return body | {"key": name, "signature": signature}


def is_genuine(receipt: dict[str, Any]) -> bool:
    """Whether this server signed exactly this receipt."""
    body = {name: value for name, value in receipt.items() if name not in ("key", "signature")}
    if body.get("kind") != KIND:
        return False
    key, signature = str(receipt.get("key", "")), str(receipt.get("signature", ""))
    return signing_keys.verify(signed_bytes(body), key, signature)


def signed_bytes(body: dict[str, Any]) -> bytes:
    """Canonical JSON: keys sorted, no white space, UTF-8."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"handed_in_at": payload["handed_in_at"].isoformat(timespec="microseconds")}
