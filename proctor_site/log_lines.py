"""How entries of the log are written: text or JSON, with the number of the request, nothing personal."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

from proctor_site.kernel import request_ids

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_MASKS = (
    (re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+"), "<e-mail>"),
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{8,}"), r"\1 <secret>"),
    (
        re.compile(r"(?i)([?&;\s](link|token|key|code|secret|password|ticket|state)=)[^&\s'\"]+"),
        r"\1<secret>",
    ),
    # Links that open something for whoever has them: invitations, resets, signed links. UUIDs open nothing.
    (re.compile(rf"(?<=/)(?!{_UUID}(?![\w-]))[A-Za-z0-9_-]{{18,}}(:[\w:-]+)*(?=[/?\s'\"]|$)"), "<link>"),
    (re.compile(r"(?i)(://[^/\s:@]+):[^/\s@]+@"), r"\1:<secret>@"),
)
_EXACT = ("accounts.audit_checkpoints",)
"""Loggers whose lines are signed: one changed letter and they prove nothing. They hold numbers and hashes."""
_SAYS_VALUES = (
    "Error",
    "DataError",
    "IntegrityError",
    "DatabaseError",
    "OperationalError",
    "ProgrammingError",
)


def scrub(text: str) -> str:
    """`text` without addresses, secrets and links that open something."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


def describe(error: BaseException) -> str:
    """Type and scrubbed message; the type alone where a message repeats what people typed.

    Databases quote the row ("Key (email)=(…) already exists"), checks of forms the value.
    """
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}"
    quotes_rows = kind.__module__.startswith(("django.db", "psycopg", "sqlite3")) and (
        kind.__name__ in _SAYS_VALUES or kind.__module__.startswith("psycopg")
    )
    if quotes_rows or kind.__name__ in ("ValidationError", "UnicodeDecodeError", "UnicodeEncodeError"):
        return name
    return f"{name}: {scrub(str(error))}"[:2_000]


def trace(error: BaseException) -> str:
    """Where an error came from, innermost last, causes first; source lines, and no value of any variable."""
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{describe(error)}")
        after = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if after is None:
            break
        error = after
    return "\n\n".join(reversed(parts))


def _message(record: logging.LogRecord) -> str:
    text = record.getMessage()
    return text if record.name in _EXACT else scrub(text)


def _error_of(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if isinstance(record.exc_info, tuple) else None


class TextLines(logging.Formatter):
    """`time LEVEL logger [number] message`; a trace goes on below."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        # A message of several lines would look like several entries.
        text = _message(record).replace("\r", "\\r").replace("\n", "\\n")
        line = f"{moment} {record.levelname} {record.name} [{request_ids.current()}] {text}"
        error = _error_of(record)
        return f"{line}\n{trace(error)}" if error is not None else line


class JsonLines(logging.Formatter):
    """One JSON object an entry; of an error its type and trace."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": request_ids.current(),
            "message": _message(record),
            "process": record.process,
        }
        status = getattr(record, "status_code", None)
        if status is not None:
            entry["status"] = status
        error = _error_of(record)
        if error is not None:
            entry |= {"error": type(error).__name__, "trace": trace(error)}
        return json.dumps(entry, ensure_ascii=False)
