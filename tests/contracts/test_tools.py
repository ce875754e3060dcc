"""ruff, mypy, import-linter and Django's own checks find nothing: one summary covers them too."""

import pytest

from tests.contracts.tools import TOOLS, run_tool


@pytest.mark.parametrize("name", TOOLS)
def test_tool_finds_nothing(name: str) -> None:
    done = run_tool(name)
    assert done.returncode == 0, f"{name}:\n{done.stdout[-8000:]}{done.stderr[-4000:]}"
