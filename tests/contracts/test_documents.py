"""What the documents promise exists: settings, commands, files; no file names a place on one machine."""

import re
import subprocess
from functools import cache
from pathlib import Path

from proctor_site.settings import env
from tests.contracts.each import for_each
from tests.contracts.project_files import ROOT, files, name_of

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *files("docs", ends=(".md",))]
EVERYTHING = [
    *files(ends=(".py", ".js", ".css", ".html", ".txt", ".md", ".yaml", ".toml")),
    *(ROOT / name for name in ("run", ".ci/run", "pyproject.toml", "requirements.txt", "constraints.txt")),
    *DOCUMENTS[:2],
]
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|Users|work|opt)/[a-z]")
_LINK = re.compile(r"\]\((?!https?:|#)(?P<path>[^)#]+)")
_COMMAND = re.compile(r"\./run (?P<words>(?:manage )?[a-z_]+)")


def test_every_setting_is_in_the_table_and_nothing_else() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    documented = [name for row in rows for name in re.findall(r"`([A-Z_0-9]+)`", row)]
    assert sorted(documented) == sorted(env.KNOWN_NAMES)


@for_each(DOCUMENTS, name=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    named = [found["path"] for found in _LINK.finditer(path.read_text(encoding="utf-8"))]
    assert [name for name in named if not (path.parent / name).exists()] == []


@cache
def _commands() -> tuple[set[str], set[str]]:
    """Those of the script, and those of the project."""
    usage = subprocess.run([ROOT / "run", "help"], capture_output=True, text=True, check=True).stdout
    ours = {each.stem for package in ROOT.iterdir() for each in package.glob("management/commands/*.py")}
    return set(re.findall(r"^\./run (\w+)", usage, re.MULTILINE)) | {"help"}, ours


@for_each(DOCUMENTS, name=name_of)
def test_commands_exist(path: Path) -> None:
    commands, ours = _commands()
    for found in _COMMAND.finditer(path.read_text(encoding="utf-8")):
        words = found["words"].split()
        if words[0] == "manage":
            assert words[1] in ours | {"check", "createsuperuser", "migrate", "spectacular"}, found[0]
        else:
            assert words[0] in commands, found[0]


@for_each(EVERYTHING, name=name_of)
def test_no_path_of_a_machine(path: Path) -> None:
    found = _MACHINE_PATH.findall(path.read_text(encoding="utf-8"))
    assert found == [], f"{name_of(path)} names a place on one machine"
