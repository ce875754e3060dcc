"""After collectstatic with hashed names, every template link and every import of a module resolves."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.each import for_each
from tests.contracts.project_files import ROOT, files, name_of

_EXPORT_FROM = re.compile(r"^\s*export\s[^;\n]*\bfrom\b", re.MULTILINE)
_IMPORT = re.compile(r"""(?:^|[;\n])\s*import\s*(?:[\w*{}\s,$]+?\s*from\s*)?["'](?P<name>[^"']+)["']""")
_DYNAMIC = re.compile(r"""\bimport\(\s*["'](?P<name>[^"']+)["']""")
_WORKER = re.compile(r"""new URL\(\s*["'](?P<name>[^"']+)["']\s*,\s*import\.meta\.url""")
MODULES = list(files("static/js", ends=(".js",)))


@for_each(MODULES, name=name_of)
def test_no_export_from(path: Path) -> None:
    """Django's manifest storage does not rewrite that form: it would load the unhashed file."""
    assert _EXPORT_FROM.findall(path.read_text(encoding="utf-8")) == []


@for_each(MODULES, name=name_of)
def test_imports_are_relative_and_exist(path: Path) -> None:
    for name in _imports(path.read_text(encoding="utf-8")):
        assert name.startswith("."), f"{name_of(path)} imports {name}: use a relative path"
        assert (path.parent / name).is_file(), f"{name_of(path)} imports {name}, which does not exist"


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Static files as an installation has them."""
    data = tmp_path_factory.mktemp("collected")
    environment = {
        **os.environ,
        "PROCTOR_DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "proctor_site.settings",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return data / "static"


def test_hashed_modules_import_hashed_modules(collected: Path) -> None:
    hashed: dict[str, str] = json.loads((collected / "staticfiles.json").read_text())["paths"]
    names = [path.relative_to(ROOT / "static").as_posix() for path in MODULES]
    assert names, "there are no modules"
    for name in names:
        source = collected / hashed[name]
        for imported in _imports(source.read_text(encoding="utf-8")):
            target = (source.parent / imported).resolve()
            assert target.is_file(), f"{hashed[name]} imports {imported}, which is not there"
            relative = target.relative_to(collected.resolve()).as_posix()
            assert relative in hashed.values(), f"{name} imports {imported} without its hash"


def _imports(source: str) -> Iterator[str]:
    for pattern in (_IMPORT, _DYNAMIC, _WORKER):
        for found in pattern.finditer(source):
            yield found["name"]
