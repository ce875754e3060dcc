"""Templates compile, name only static files that exist, and hold no inline script or style."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import get_template

from tests.contracts.each import for_each
from tests.contracts.project_files import ROOT, files, name_of

TEMPLATES = list(files("templates", ends=(".html", ".txt")))
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
_STATIC = re.compile(r"{%\s*static\s+(['\"])(?P<name>[^'\"{}]+)\1")
_SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL | re.IGNORECASE)
_ON_EVENT = re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE)
_STYLE = re.compile(r"<style\b|<[a-z][^>{]*\sstyle\s*=", re.IGNORECASE)


@for_each(TEMPLATES, name=name_of)
def test_template_compiles(path: Path) -> None:
    get_template(path.relative_to(ROOT / "templates").as_posix())


@for_each(PAGES, name=name_of)
def test_static_files_of_template_exist(path: Path) -> None:
    named = [found["name"] for found in _STATIC.finditer(path.read_text(encoding="utf-8"))]
    assert [name for name in named if finders.find(name) is None] == []


@for_each(PAGES, name=name_of)
def test_template_has_no_inline_script_or_style(path: Path) -> None:
    """The content security policy would block them in the browser, silently for the reader of the code."""
    text = path.read_text(encoding="utf-8")
    inline = [found[0] for found in _SCRIPT.finditer(text) if "src=" not in found["attributes"]]
    assert inline == [], "use a module in static/js; json_script for data"
    assert not _ON_EVENT.search(text), _ON_EVENT.search(text)
    assert not _STYLE.search(text), _STYLE.search(text)
    assert "javascript:" not in text


@for_each(PAGES, name=name_of)
def test_scripts_are_modules(path: Path) -> None:
    scripts = _SCRIPT.finditer(path.read_text(encoding="utf-8"))
    wrong = [s["attributes"] for s in scripts if 'type="module"' not in s["attributes"]]
    assert wrong == []
