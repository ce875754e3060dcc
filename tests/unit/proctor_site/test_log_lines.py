"""Entries of the log: the number of the request, one line, and nothing personal whatever was logged."""

import json
import logging
from collections.abc import Callable

import pytest

from proctor_site.error_tracking import keep_little
from proctor_site.kernel import request_ids
from proctor_site.log_lines import JsonLines, TextLines, describe, scrub

SECRETS = {
    "an address": "ada.lovelace@example.org",
    "a token of the API": "Bearer pk_live_abcdefgh12345678",
    "an invitation": "/invitation/Zx9_kLmNoPqRsTuVwXyZ01/",
    "a signed link": "/i/demo/evidence/7/?link=eyJhbGciOi:1abcde:sig",
    "a reset": "/account/password/reset/key/3-cx9a1b2c3d4e5f60718/",
    "a password in an address": "postgresql://proctor:hunter22@db/proctor",
}


def _entry(
    name: str = "x", message: str = "m", *args: object, error: BaseException | None = None
) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error is not None else None
    return logging.LogRecord(name, logging.ERROR, "file.py", 1, message, args, info)


@pytest.mark.parametrize("kind", SECRETS)
def test_what_opens_or_names_something_is_masked(kind: str) -> None:
    secret = SECRETS[kind]
    entry = json.loads(JsonLines().format(_entry("x", "failed for %s today", secret)))
    assert secret not in entry["message"]
    assert entry["message"].startswith("failed for ") and entry["message"].endswith(" today")


def test_what_helps_to_find_a_fault_stays() -> None:
    number = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    text = f"session {number} at /api/v1/sessions/{number}/frames/"
    assert scrub(text) == text
    assert scrub("job 12 (roster_import) failed at try 3") == "job 12 (roster_import) failed at try 3"


def test_signed_lines_are_left_as_they_are() -> None:
    line = '{"signature": "abc/defghijklmnopqrstuvwxyz/xyz=="}'
    assert json.loads(JsonLines().format(_entry("accounts.audit_checkpoints", line)))["message"] == line


def _raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:  # noqa: BLE001
        return caught


@pytest.mark.parametrize("make", [JsonLines, TextLines])
def test_an_error_of_the_database_does_not_quote_the_row(make: Callable[[], logging.Formatter]) -> None:
    from django.db import IntegrityError

    error = _raised(IntegrityError("Key (name)=(Ada Lovelace) already exists"))
    line = make().format(_entry("x", "saving failed", error=error))
    assert "Ada" not in line
    assert "IntegrityError" in line and "test_log_lines.py" in line


def test_a_cause_is_told_and_masked_too() -> None:
    try:
        try:
            raise ValueError("no such person: ada@example.org")
        except ValueError as cause:
            raise RuntimeError("outer") from cause
    except RuntimeError as error:
        entry = json.loads(JsonLines().format(_entry("x", "m", error=error)))
    assert "ValueError: no such person: <e-mail>" in entry["trace"]
    assert entry["error"] == "RuntimeError"


def test_a_message_of_several_lines_is_one_entry_with_its_number() -> None:
    with request_ids.bound("abcdefgh-1"):
        line = TextLines().format(_entry("x", "one\n2026-01-01 ERROR forged"))
    assert line.count("\n") == 0 and "[abcdefgh-1] one\\n2026" in line


def test_describe_names_types_of_people_s_input_only() -> None:
    from django.core.exceptions import ValidationError

    assert describe(ValidationError("Ada is no number")) == "django.core.exceptions.ValidationError"
    assert describe(KeyError("slug")) == "builtins.KeyError: 'slug'"


def test_error_tracking_keeps_type_place_and_number() -> None:
    frames = {"frames": [{"filename": "a.py", "vars": {"name": "Ada"}}]}
    event = {
        "event_id": "1",
        "user": {"email": "ada@example.org"},
        "request": {"data": {"answer": "42"}, "cookies": {"sessionid": "s"}},
        "extra": {"x": "Ada"},
        "breadcrumbs": {"values": [{"message": "Ada"}]},
        "logentry": {"message": "failed for %s", "params": ["Ada"], "formatted": "failed for Ada"},
        "exception": {
            "values": [
                {
                    "type": "IntegrityError",
                    "module": "django.db.utils",
                    "value": "(Ada)",
                    "stacktrace": frames,
                },
                {"type": "ValueError", "module": None, "value": "x@example.org", "stacktrace": None},
            ]
        },
    }
    with request_ids.bound("abcdefgh-2"):
        kept = keep_little(event, {})
    text = json.dumps(kept)
    assert not [word for word in ("Ada", "ada@", "x@example", "42", "sessionid") if word in text]
    assert kept["tags"] == {"request_id": "abcdefgh-2"}
    assert kept["exception"]["values"][1]["type"] == "ValueError"
