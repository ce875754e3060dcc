"""The audit log as a file that proves itself: each entry with its hashes, and a signed last line.

JSON lines hold the whole entry, so that its hash can be computed anew; CSV is for reading in a spreadsheet.
The last line (in CSV after "# ") says how many entries there are, the SHA-256 of everything before it, the
newest checkpoint, and the operator's signature over number and SHA-256.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from accounts import audit, audit_search, signing_keys
from accounts.audit_search import Search
from accounts.models import AuditCheckpoint, AuditEntry, Institution, User
from accounts.spreadsheets import neutral
from proctor_site.kernel import chains, clock

KIND = "proctor audit export 1"
_IN_MEMORY = 5_000_000
_AT_ONCE = 2_000
_COLUMNS = (
    "at",
    "actor",
    "actor_name",
    "verb",
    "stream",
    "sequence",
    "detail",
    "previous_hash",
    "hash",
    "redacted_at",
)


class Form(Enum):
    """As what the log is exported."""

    JSON_LINES = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file at its beginning, and what it is called."""

    file: IO[bytes]
    name: str
    content_type: str
    entries: int


class _Hashed:
    """Writes lines into a file and hashes what it wrote."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def write(self, text: str) -> None:
        data = text.encode()
        self._file.write(data)
        self._hash.update(data)

    def digest(self) -> str:
        return self._hash.hexdigest()


def export(institution: Institution, search: Search, form: Form, *, actor: User) -> Exported:
    """Writes what the search finds, oldest first, and notes in the log who took it out."""
    file = cast("IO[bytes]", SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115  the answer closes it
    out = _Hashed(file)
    rows = audit_search.find(institution, search).select_related("actor").order_by("at", "pk")
    write = _write_json_lines if form is Form.JSON_LINES else _write_csv
    head = {
        "kind": KIND,
        "institution": institution.slug,
        "made_at": clock.now().isoformat(),
        "made_by": str(actor),
        "search": search.as_plain(),
    }
    count = write(out, head, rows.iterator(chunk_size=_AT_ONCE))
    last = _last_line(institution, count, out.digest())
    out.write(("" if form is Form.JSON_LINES else "# ") + json.dumps(last) + "\n")
    file.seek(0)
    detail = {"entries": count, "form": form.value, "sha256": last["sha256"], **search.as_plain()}
    audit.record(institution, institution, "audit.exported", actor=actor, detail=detail)
    types = {Form.JSON_LINES: "application/x-ndjson", Form.CSV: "text/csv; charset=utf-8"}
    name = f"audit-log-{institution.slug}-{clock.now():%Y-%m-%d}.{form.value}"
    return Exported(file, name, types[form], count)


def _last_line(institution: Institution, count: int, digest: str) -> dict[str, Any]:
    mark = AuditCheckpoint.objects.filter(institution=institution).defer("heads").first()
    kid, signature = signing_keys.sign(_signed(digest, count))
    return {
        "entries": count,
        "sha256": digest,
        "checkpoint": {"number": mark.number, "at": mark.at.isoformat(), "hash": mark.hash} if mark else None,
        "kid": kid,
        "public_key": signing_keys.public_keys()[kid],
        "signature": signature,
    }


def _signed(digest: str, count: int) -> bytes:
    return f"{KIND}\n{digest}\n{count}".encode()


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "actor_name": str(entry.actor) if entry.actor else "",
        "verb": entry.verb,
        "stream": entry.stream,
        "sequence": entry.sequence,
        "detail": entry.detail,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
        "redacted_at": entry.redacted_at.isoformat() if entry.redacted_at else None,
    }


def _write_json_lines(out: _Hashed, head: dict[str, Any], rows: Iterator[AuditEntry]) -> int:
    out.write(json.dumps(head, ensure_ascii=False) + "\n")
    count = 0
    for entry in rows:
        out.write(json.dumps(_row(entry), ensure_ascii=False) + "\n")
        count += 1
    return count


def _write_csv(out: _Hashed, head: dict[str, Any], rows: Iterator[AuditEntry]) -> int:
    out.write(_csv_line(_COLUMNS))
    count = 0
    for entry in rows:
        values = _row(entry) | {"detail": json.dumps(entry.detail, ensure_ascii=False)}
        out.write(_csv_line([neutral(str(values[name] or "")) for name in _COLUMNS]))
        count += 1
    return count


def _csv_line(cells: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def fault_of_file(file: IO[bytes]) -> str:
    """What is wrong with an exported file, in words; "" when it is as this server wrote and signed it."""
    digest, entries, held = hashlib.sha256(), 0, b""
    for line in file:
        if held:
            digest.update(held)
            if held.startswith(b"{") and (fault := _fault_of_line(held, entries)):
                return fault
            entries += 1
        held = line
    try:
        last = json.loads(held.removeprefix(b"# "))
        told, count = str(last["sha256"]), int(last["entries"])
        kid, signature = str(last["kid"]), str(last["signature"])
    except (ValueError, KeyError, TypeError):
        return "The last line, which proves the others, is missing."
    if told != digest.hexdigest():
        return "Something in it was altered, added or removed: its SHA-256 is not what its last line says."
    if kid not in signing_keys.public_keys():
        return f"It was signed with the key {kid}, which is none of this server's."
    if not signing_keys.verify(_signed(told, count), kid, signature):
        return "The signature of its last line does not fit."
    return ""


def _fault_of_line(line: bytes, number: int) -> str:
    """Of an entry: whether its own hash fits. The first line (number 0) says what the file is."""
    try:
        row = json.loads(line)
        if number == 0:
            return "" if row.get("kind") == KIND else "This is no export of an audit log."
        names = ("stream", "sequence", "at", "actor", "verb", "detail")
        own = chains.link_hash(row["previous_hash"], {name: row[name] for name in names})
        is_altered = row["redacted_at"] is None and own != row["hash"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"Line {number + 1} cannot be read."
    if is_altered:
        return f"Line {number + 1} ({row['stream']}, entry {row['sequence']}) was altered."
    return ""
