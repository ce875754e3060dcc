"""What cannot be detected stands where a policy is edited, in the words of the document."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from proctoring.admin.limits import LIMITS
from tests.contracts.project_files import ROOT

BrowserOf = Callable[..., Client]


def _rows(path: Path) -> list[tuple[str, ...]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[1:]]


def test_the_document_has_the_same_rows() -> None:
    assert _rows(ROOT / "docs/limits.md") == [(each.what, each.why, each.instead) for each in LIMITS]


@pytest.mark.django_db
def test_a_policy_is_edited_with_the_limits_in_view(browser_of: BrowserOf, officer: User) -> None:
    page = unescape(browser_of(officer).get("/admin/proctoring/policy/add/").content.decode())
    panel = re.search(r"<details[^>]*>\s*<summary>.*?What cannot be detected.*?</details>", page, re.DOTALL)
    assert panel is not None
    for each in LIMITS:
        assert f"<strong>{each.what}.</strong> {each.why}" in panel[0]
        assert each.instead in panel[0]
