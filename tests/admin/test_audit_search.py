"""The audit log is searched by every box, exported with a proof, and the export is noted."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts import audit, audit_exports
from accounts.models import AuditEntry, Institution, User

pytestmark = pytest.mark.django_db
LIST = "admin:accounts_auditentry_changelist"
EXPORT = "admin:accounts_auditentry_export"


@pytest.fixture
def entries(scoped: Institution, officer: User, admin_member: User) -> list[AuditEntry]:
    return [
        audit.record(scoped, officer, "sky.seen", actor=officer, detail={"colour": "bläulich"}),
        audit.record(scoped, officer, "sky.fell", actor=admin_member, detail={"why": "=1+1 100%"}),
        audit.record(scoped, scoped, "ground.shook", detail={}),
    ]


@pytest.fixture
def found(entries: list[AuditEntry], admin_member: User, browser_of: Callable[..., Client]) -> Any:
    client = browser_of(admin_member)

    def search(**boxes: str) -> list[str]:
        page = client.get(reverse(LIST), boxes)
        assert page.status_code == 200
        return [each.verb for each in page.context["cl"].result_list]

    return search


@pytest.mark.parametrize(
    ("boxes", "verbs"),
    [
        ({}, ["ground.shook", "sky.fell", "sky.seen"]),
        ({"who": "olga"}, ["sky.seen"]),
        ({"who": "system"}, ["ground.shook"]),
        ({"who": "nobody at all"}, []),
        ({"act": "sky.fell"}, ["sky.fell"]),
        ({"act": "sky."}, ["sky.fell", "sky.seen"]),
        ({"subject": "institution"}, ["ground.shook"]),
        ({"subject": "user"}, ["sky.fell", "sky.seen"]),
        ({"words": "bläulich"}, ["sky.seen"]),
        ({"words": "100%"}, ["sky.fell"]),
        ({"words": "10%%"}, []),
        ({"since": "2001-01-01T00:00", "words": "colour"}, ["sky.seen"]),
        ({"until": "2001-01-01T00:00"}, []),
        ({"until": "yesterday"}, []),
        ({"act": "sky.", "who": "ada", "p": "1"}, ["sky.fell"]),
    ],
    ids=str,
)
def test_each_box_narrows_the_list(found: Any, boxes: dict[str, str], verbs: list[str]) -> None:
    assert found(**boxes) == verbs


def test_what_cannot_be_read_is_said(
    entries: list[AuditEntry], admin_member: User, browser_of: Callable[..., Client]
) -> None:
    page = browser_of(admin_member).get(reverse(LIST), {"until": "yesterday"}).content.decode()
    assert "Enter a valid date/time." in page


def test_an_entry_is_opened_from_a_narrowed_list(
    entries: list[AuditEntry], admin_member: User, browser_of: Callable[..., Client]
) -> None:
    address = reverse("admin:accounts_auditentry_change", args=[entries[0].pk])
    page = browser_of(admin_member).get(address, {"_changelist_filters": "act=ground.shook"})
    assert page.status_code == 200 and "bläulich" in page.content.decode()


def exported(client: Client, **query: str) -> bytes:
    response = client.get(reverse(EXPORT), query)
    assert response.status_code == 200 and "attachment" in response["Content-Disposition"]
    return b"".join(response.streaming_content)


def test_an_export_proves_itself_and_is_noted(
    entries: list[AuditEntry], admin_member: User, browser_of: Callable[..., Client]
) -> None:
    client = browser_of(admin_member)
    data = exported(client, act="sky.", **{"as": "jsonl"})
    head, *rows, last = [json.loads(line) for line in data.splitlines()]
    assert head["institution"] == "north-college" and head["search"] == {"act": "sky."}
    assert [each["verb"] for each in rows] == ["sky.seen", "sky.fell"] and last["entries"] == 2
    assert rows[0]["hash"] == entries[0].hash
    assert audit_exports.fault_of_file(io.BytesIO(data)) == ""
    noted = AuditEntry.objects.get(verb="audit.exported")
    assert noted.actor == admin_member and noted.detail["sha256"] == last["sha256"]
    assert noted.detail["act"] == "sky."


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_any_change_to_an_export_is_found(
    entries: list[AuditEntry], admin_member: User, browser_of: Callable[..., Client], form: str
) -> None:
    data = exported(browser_of(admin_member), **{"as": form})
    assert audit_exports.fault_of_file(io.BytesIO(data)) == ""
    lines = data.splitlines(keepends=True)
    for at in range(0, len(data) - 2, 7):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        if b'"public_key"' in lines[-1] and at >= len(data) - len(lines[-1]):
            break
        assert audit_exports.fault_of_file(io.BytesIO(changed)), f"byte {at}"
    for missing in range(len(lines)):
        rest = b"".join(lines[:missing] + lines[missing + 1 :])
        assert audit_exports.fault_of_file(io.BytesIO(rest)), f"line {missing}"
    assert audit_exports.fault_of_file(io.BytesIO(b"")) != ""


def test_an_altered_line_is_named(
    entries: list[AuditEntry], admin_member: User, browser_of: Callable[..., Client], tmp_path: Path
) -> None:
    data = exported(browser_of(admin_member), **{"as": "jsonl"})
    path = tmp_path / "log.jsonl"
    path.write_bytes(data)
    out = io.StringIO()
    call_command("verify_audit", "--file", str(path), stdout=out)
    assert "whole, and signed" in out.getvalue()
    path.write_bytes(data.replace(b"sky.fell", b"sky.rose"))
    with pytest.raises(CommandError, match=r"Line 3 \(user:\d+, entry 2\) was altered"):
        call_command("verify_audit", "--file", str(path))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_audit", "--file", str(tmp_path / "none"))


def test_a_spreadsheet_gets_no_formula(
    scoped: Institution, admin_member: User, browser_of: Callable[..., Client]
) -> None:
    admin_member.name = "=HYPERLINK(1)"
    admin_member.save()
    audit.record(scoped, admin_member, "sky.seen", actor=admin_member)
    assert b"'=HYPERLINK(1)" in exported(browser_of(admin_member), **{"as": "csv"})


def test_wrong_wishes_are_refused(admin_member: User, browser_of: Callable[..., Client]) -> None:
    client = browser_of(admin_member)
    assert client.get(reverse(EXPORT), {"as": "pdf"}).status_code == 400
    assert client.get(reverse(EXPORT), {"until": "yesterday"}).status_code == 400
    assert client.post(reverse(EXPORT)).status_code == 405


def test_the_acts_to_choose_from_are_those_that_occur(
    entries: list[AuditEntry], admin_member: User, browser_of: Callable[..., Client]
) -> None:
    cache.clear()
    page = browser_of(admin_member).get(reverse(LIST)).content.decode()
    assert 'value="sky."' in page and 'value="ground.shook"' in page
