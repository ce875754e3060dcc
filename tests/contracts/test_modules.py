"""Each module says what it is for; no drawer for odds and ends; the kernel stays small."""

import ast
import re
from pathlib import Path

from tests.contracts.each import for_each
from tests.contracts.project_files import PACKAGES, ROOT, files, name_of, python_sources

BANNED = {"utils", "util", "helpers", "helper", "misc", "common", "shared_code", "functions", "stuff"}
KERNEL = {
    "__init__.py",
    "byte_ranges.py",
    "chains.py",
    "clock.py",
    "errors.py",
    "figures.py",
    "request_ids.py",
    "rounds.py",
    "states.py",
}
CLOCK = "proctor_site/kernel/clock.py"


@for_each(python_sources(), name=name_of)
def test_first_line_says_what_the_module_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if not text.strip() and path.name == "__init__.py":
        return
    docstring = ast.get_docstring(ast.parse(text)) or ""
    first = docstring.splitlines()[0] if docstring else ""
    is_sentence = len(first.split()) >= 3 and first.rstrip().endswith((".", "?", ":"))
    assert is_sentence, f"{name_of(path)}: the first line is one sentence on what the module is for"


@for_each(list(files("static/js", ends=(".js",))), name=name_of)
def test_first_line_says_what_the_script_is_for(path: Path) -> None:
    first = path.read_text(encoding="utf-8").lstrip()
    assert first.startswith(("//", "/*")), f"{name_of(path)}: begin with a comment on what it is for"


def test_no_drawer_for_odds_and_ends() -> None:
    sources = [*python_sources(), *files("static/js", ends=(".js",))]
    banned = [name_of(path) for path in sources if {path.stem, *path.parts} & BANNED]
    assert banned == []


def test_the_kernel_holds_only_what_everybody_needs() -> None:
    assert {path.name for path in (ROOT / "proctor_site/kernel").glob("*.py")} == KERNEL


@for_each(python_sources(*PACKAGES), name=name_of)
def test_time_comes_from_the_one_clock(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if not re.search(r"now|today", text):
        return
    calls = [
        f"{ast.unparse(node.func)} in line {node.lineno}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in {"datetime.now", "datetime.utcnow", "timezone.now", "datetime.datetime.now", "date.today"}
    ]
    assert calls == [] or name_of(path) == CLOCK, f"{name_of(path)}: ask kernel.clock instead: {calls}"
