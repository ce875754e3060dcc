"""No file over 350 lines and no function over 60, in Python and in scripts."""

import ast
from datetime import date
from pathlib import Path

from tests.contracts.each import for_each
from tests.contracts.project_files import files, name_of, python_sources
from tests.contracts.script_functions import functions

MOST_LINES_OF_FILE = 350
MOST_LINES_OF_FUNCTION = 60
EXEMPT: dict[str, tuple[date, str]] = {
    # "path" or "path:function": (when it was exempted, why)
}

SOURCES = [*python_sources(), *files("static/js", "static/css", "templates", ends=(".js", ".css", ".html"))]


def _functions(path: Path) -> list[tuple[str, int]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        return [(name, length) for name, _, length in functions(text)]
    if path.suffix != ".py":
        return []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = (node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds))
    return [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in found]


def test_there_is_something_to_measure() -> None:
    assert len(SOURCES) > 200


@for_each(SOURCES, name=name_of)
def test_sizes(path: Path) -> None:
    name = name_of(path)
    length = len(path.read_text(encoding="utf-8").splitlines())
    assert length <= MOST_LINES_OF_FILE or name in EXEMPT, f"{name} has {length} lines: split it"
    long = [
        f"{function} ({lines} lines)"
        for function, lines in _functions(path)
        if lines > MOST_LINES_OF_FUNCTION and f"{name}:{function}" not in EXEMPT
    ]
    assert long == [], f"{name}: split {', '.join(long)}"


def test_exemptions_are_still_needed() -> None:
    for key in EXEMPT:
        path, _, function = key.partition(":")
        [source] = [each for each in SOURCES if name_of(each) == path]
        if function:
            assert dict(_functions(source))[function] > MOST_LINES_OF_FUNCTION, f"{key} is short again"
        else:
            assert len(source.read_text().splitlines()) > MOST_LINES_OF_FILE, f"{key} is short again"


def test_functions_of_scripts_are_found() -> None:
    source = "export function one(a) {\n  if (a) {\n  }\n  // }\n}\n"
    source += 'const two = async (b) => {\n  return "}";\n};\n'
    source += "class C {\n  #three(c) {\n    return c;\n  }\n}\n"
    assert list(functions(source)) == [("one", 1, 5), ("two", 6, 3), ("#three", 10, 3)]
