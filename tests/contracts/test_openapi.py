"""The OpenAPI file in docs is the one the code gives, made without warnings."""

import os
import subprocess
import sys
from collections.abc import Iterator
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


def test_no_call_of_the_api_speaks_of_a_template() -> None:
    words = {"template", "vector", "embedding", "encoding", "descriptor", "reference_face"}
    schema = yaml.safe_load(KEPT.read_text(encoding="utf-8"))
    named = set(_names(schema["components"]["schemas"])) | set(_names(schema["paths"]))
    assert {name for name in named if words & set(name.lower().split("_")) or name in words} == set()
    assert {"consent", "reference-photo", "answers"} <= {path.split("/")[-2] for path in schema["paths"]}


def _names(part: object) -> Iterator[str]:
    """Names of properties and parameters, however deep."""
    if isinstance(part, dict):
        yield from part.get("properties", {})
        yield from (each["name"] for each in part.get("parameters", []))
        for each in part.values():
            yield from _names(each)
    elif isinstance(part, list):
        for each in part:
            yield from _names(each)
