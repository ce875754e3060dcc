"""The OpenAPI file in docs is the one the code gives, made without warnings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.contracts.project_files import ROOT
from tests.contracts.routes import all_routes

KEPT = ROOT / "docs/openapi.yaml"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("openapi") / "openapi.yaml"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "proctor_site.settings"}
    command = [
        sys.executable,
        "manage.py",
        "spectacular",
        "--validate",
        "--fail-on-warn",
        "--file",
        str(path),
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr, done.stderr
    return path


def test_the_kept_file_is_current(made: Path) -> None:
    is_current = KEPT.read_text(encoding="utf-8") == made.read_text(encoding="utf-8")
    assert is_current, "run: ./run manage spectacular --file docs/openapi.yaml"


def test_every_api_route_is_described() -> None:
    described = yaml.safe_load(KEPT.read_text(encoding="utf-8"))["paths"]
    found = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    routes = [route for route in all_routes() if route.pattern.startswith("api/v1/")]
    wanted = {f"{route.method} /{_described(route.pattern)}" for route in routes}
    assert wanted - found == {"GET /api/v1/schema/"}


def _described(pattern: str) -> str:
    for converter in ("int:", "uuid:", "slug:", "str:"):
        pattern = pattern.replace(f"<{converter}", "<")
    return pattern.replace("<", "{").replace(">", "}")
