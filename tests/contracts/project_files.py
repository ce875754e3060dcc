"""The files of the project that contracts look at: ours, not vendored, generated or ignored ones."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("proctor_site", "accounts", "exams", "proctoring")
_FOLDERS = (*PACKAGES, "tests", "templates", "static/js", "static/css", "docs", "vendor", ".ci")
_SKIPPED = {"__pycache__", "build", "static/vendor"}


def files(*folders: str, ends: tuple[str, ...]) -> Iterator[Path]:
    """Our files below `folders` (default: all) whose names end in one of `ends`, in a fixed order."""
    for folder in folders or _FOLDERS:
        yield from (path for path in _below(folder) if path.name.endswith(ends))


@cache
def _below(folder: str) -> tuple[Path, ...]:
    """Looked up once in a process: nobody adds a file of ours while tests run."""
    found = []
    for path in sorted((ROOT / folder).rglob("*")):
        relative = path.relative_to(ROOT)
        is_skipped = _SKIPPED & set(relative.parts) or "egg-info" in str(relative)
        if not is_skipped and path.is_file():
            found.append(path)
    return tuple(found)


def python_sources(*folders: str) -> list[Path]:
    """Python files except migrations, whose form Django decides."""
    return [path for path in files(*folders, ends=(".py",)) if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    """The path as it is written in messages and exemptions."""
    return path.relative_to(ROOT).as_posix()
