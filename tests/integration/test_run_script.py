"""The start script: says what it can do, and says what is missing instead of failing somewhere."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.contracts.project_files import ROOT

NEEDED = (
    "bash",
    "cat",
    "cksum",
    "dirname",
    "env",
    "grep",
    "id",
    "mktemp",
    "rm",
    "sed",
    "sleep",
    "uname",
    "wc",
)


def run(*arguments: str, root: Path = ROOT, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path, "HOME": "/nonexistent"} if path else None
    return subprocess.run(
        [root / "run", *arguments], env=environment, capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def fresh_copy(tmp_path: Path) -> Path:
    """The script and its lists of packages, without a virtual environment."""
    root = tmp_path / "project"
    (root / "vendor/dlib").mkdir(parents=True)
    for name in (
        "run",
        "requirements.txt",
        "requirements-dev.txt",
        "constraints.txt",
        "vendor/dlib/pyproject.toml",
    ):
        shutil.copy(ROOT / name, root / name)
    return root


def _tools_without_python(tmp_path: Path) -> str:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return str(folder)


def test_help_lists_the_commands() -> None:
    done = run("help")
    assert done.returncode == 0
    for command in ("serve", "test", "lint", "bench", "manage"):
        assert f"./run {command}" in done.stdout


def test_an_unknown_command_is_refused() -> None:
    done = run("tset")
    assert done.returncode == 1
    assert 'There is no command "tset".' in done.stderr


def test_manage_without_a_command_asks_for_one() -> None:
    done = run("manage")
    assert done.returncode == 1
    assert "Which command?" in done.stderr


def test_without_python_it_says_how_to_get_it(fresh_copy: Path, tmp_path: Path) -> None:
    done = run("manage", "check", root=fresh_copy, path=_tools_without_python(tmp_path))
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "apt-get install python3" in done.stderr
    assert not (fresh_copy / ".venv").exists()


def test_an_old_python_does_not_count(fresh_copy: Path, tmp_path: Path) -> None:
    tools = _tools_without_python(tmp_path)
    old = Path(tools) / "python3"
    old.write_text("#!/bin/bash\nexit 1\n")  # what an interpreter before 3.11 answers to the version question
    old.chmod(0o755)
    done = run("manage", "check", root=fresh_copy, path=tools)
    assert (done.returncode, "Python 3.11 or newer is needed" in done.stderr) == (1, True)
