"""The signed list of what is in a copy: nothing can be changed, left out or added unnoticed."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from accounts import signing_keys
from proctor_site.kernel.errors import InvalidInput

MANIFEST, SIGNATURE, FILES = "manifest.json", "manifest.sig.json", "files.jsonl"
FORMAT = 1
_PART = 1_048_576


@dataclass(frozen=True, slots=True)
class Stored:
    """One file of a store: where it lies in it, its bytes, and its hash (SHA-256, hex)."""

    store: str
    name: str
    size: int
    sha256: str

    def to_line(self) -> str:
        """One line of `files.jsonl`."""
        return json.dumps(asdict(self), sort_keys=True) + "\n"


def hash_of(path: Path) -> str:
    """SHA-256 of a file, hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_PART):
            digest.update(part)
    return digest.hexdigest()


def write(folder: Path, facts: dict[str, Any]) -> None:
    """Signs the facts with the operator's key and writes both beside the copy."""
    text = json.dumps({"format": FORMAT, **facts}, indent=1, sort_keys=True).encode()
    kid, signature = signing_keys.sign(text)
    (folder / MANIFEST).write_bytes(text)
    told = {"kid": kid, "signature": signature}
    (folder / SIGNATURE).write_text(json.dumps(told), encoding="utf-8")


def read(folder: Path) -> dict[str, Any]:
    """The facts, once their signature fits. Raises InvalidInput in words."""
    try:
        text = (folder / MANIFEST).read_bytes()
        told = json.loads((folder / SIGNATURE).read_text(encoding="utf-8"))
        kid, signature = str(told["kid"]), str(told["signature"])
        facts: dict[str, Any] = json.loads(text)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"There is no whole copy in {folder}.", code="no_backup") from error
    if not signing_keys.verify(text, kid, signature):
        raise InvalidInput(
            "The signature of the list does not fit: it was altered, or the signing key of that installation "
            "is not set here (PROCTOR_SIGNING_KEY, or PROCTOR_SIGNING_KEYS_BEFORE).",
            code="bad_signature",
        )
    if facts.get("format") != FORMAT:
        raise InvalidInput("This copy was made by another version, in another form.", code="other_format")
    return facts


def files_of(folder: Path) -> Iterator[Stored]:
    """The list of files, one after the other."""
    with (folder / FILES).open(encoding="utf-8") as lines:
        for line in lines:
            yield Stored(**json.loads(line))
