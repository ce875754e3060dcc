"""Loads ES modules and all that they import before they are wanted: `{% module_preloads "js/x.js" %}`."""

import posixpath
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()
_IMPORT = re.compile(r"""^import\b[^;]*?["'](\.[^"']+)["']""", re.MULTILINE)


@register.simple_tag
def module_preloads(*names: str) -> SafeString:
    """One link for each module among `names` and what they import, at whatever depth.

    A browser follows imports one round trip after the other; on a page where people wait, these links bring
    all of it into its cache, so that nobody fetches it in the second in which everybody starts.
    """
    modules = dict.fromkeys(module for name in names for module in modules_of(name))
    return format_html_join(
        "\n  ", '<link rel="modulepreload" href="{}">', ((static(each),) for each in modules)
    )


@cache
def modules_of(name: str) -> tuple[str, ...]:
    """The module and all that it imports, by their names below `static/`, each once."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        module = waiting.pop(0)
        if module not in found:
            found[module] = None
            waiting += _imports(module)
    return tuple(found)


def _imports(name: str) -> Iterator[str]:
    path = finders.find(name)
    if not isinstance(path, str):
        raise ValueError(f"there is no static file {name}")
    for imported in _IMPORT.findall(Path(path).read_text(encoding="utf-8")):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(name), imported))
