"""Packages are pinned exactly, their licences are listed, and files of others are what they were."""

import hashlib
import re
from email.message import Message
from importlib import metadata
from pathlib import Path

import pytest

from tests.contracts import audit
from tests.contracts.project_files import ROOT

_ROW = re.compile(r"^\| `(?P<folder>[\w-]+)` \|.*`(?P<sum>[0-9a-f]{64})` \|$", re.MULTILINE)
_LINE = re.compile(
    r"^\| (?P<name>[\w.-]+) \| (?P<version>\d[\w.+-]*) \| (?P<licence>[^|]+) \|$", re.MULTILINE
)
_KEPT = ROOT / "docs/licences.md"
_SAID_ELSEWHERE = {
    "axe-playwright-python": "MIT; axe-core inside: MPL-2.0",
    "qrcode": "BSD-3-Clause",  # its metadata names a proprietary one as well, its file does not
}
_REFUSED = re.compile(
    r"\b(AGPL|SSPL|BUSL|Commons Clause|Affero|proprietary|non-?commercial)\b", re.IGNORECASE
)


def test_every_pin_is_exact() -> None:
    assert len(audit.pins()) > 100
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            text = line.partition("#")[0].strip()
            assert (
                not text
                or text.startswith(("-r ", "-c ", "./vendor/"))
                or re.fullmatch(r"[^=<>~]+==[\w.+]+", text)
            )


def test_what_is_installed_is_what_is_pinned() -> None:
    pins = audit.pins()
    found = {name: metadata.version(name) for name in pins if _is_installed(name)}
    assert len(found) > 100
    assert {name: version for name, version in found.items() if version != pins[name]} == {}


def test_every_package_stands_in_the_list_of_licences() -> None:
    listed = {found["name"]: found for found in _LINE.finditer(_KEPT.read_text(encoding="utf-8"))}
    pins = audit.pins()
    assert {name: found["version"] for name, found in listed.items()} == pins, (
        "write the list anew: python -m tests.contracts.test_dependencies"
    )
    assert [name for name, found in listed.items() if _REFUSED.search(found["licence"])] == []
    assert [name for name, found in listed.items() if found["licence"].strip() in ("", "unknown")] == []


@pytest.mark.parametrize("path", sorted((ROOT / "static/vendor").glob("*/*.js")), ids=lambda path: path.name)
def test_files_of_others_have_the_sum_that_is_written_down(path: Path) -> None:
    rows = {
        row["folder"]: row["sum"] for row in _ROW.finditer((ROOT / "static/vendor/README.md").read_text())
    }
    assert rows[path.parent.name] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_audit_says_when_nobody_was_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "_ADDRESS", "http://127.0.0.1:1/")
    assert audit.main() == 2
    assert "NOT ASKED" in capsys.readouterr().out


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _licence(name: str) -> str:
    if name in _SAID_ELSEWHERE or not _is_installed(name):
        return _SAID_ELSEWHERE.get(name, "unknown")
    told: Message = metadata.metadata(name)  # type: ignore[assignment]
    classified = [
        line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if line.startswith("License ::")
    ]
    first = (told.get("License") or "").strip().splitlines()
    found = told.get("License-Expression") or "; ".join(classified) or (first[0] if first else "")
    return " ".join(found.replace("|", "/").split())[:80] or "unknown"


if __name__ == "__main__":
    rows = "\n".join(f"| {name} | {version} | {_licence(name)} |" for name, version in audit.pins().items())
    _KEPT.write_text(
        "# Licences of packages\n\nEvery package of `constraints.txt`, with what it says of its own licence. "
        "Written by\n`python -m tests.contracts.test_dependencies` from an installation, and compared by "
        "the same file. Files of others in pages: `static/vendor/README.md`.\n\n"
        f"| package | version | licence |\n|---|---|---|\n{rows}\n",
        encoding="utf-8",
    )
