"""Walks the URL resolver: every address the site answers, and by which methods."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.views.generic import RedirectView

_READING = ("get",)
_API_METHODS = ("get", "post", "put", "patch", "delete")
_OUTSIDE = ("account/",)
"""Sign-in pages of django-allauth: tested there; ours are their templates only."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address, such as GET api/v1/attempts/<int:attempt_id>/."""

    method: str
    pattern: str

    def __str__(self) -> str:
        return f"{self.method} {self.pattern}"


def all_routes() -> list[Route]:
    """Every route of ours. Pages count as GET; API classes as each method they define."""
    return sorted(
        set(_walk(get_resolver().url_patterns, "")), key=lambda route: (route.pattern, route.method)
    )


def _walk(patterns: list[Any], prefix: str) -> Iterator[Route]:
    for each in patterns:
        pattern = prefix + str(each.pattern).removeprefix("^")
        if pattern.startswith(_OUTSIDE):
            continue
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, pattern)
        elif isinstance(each, URLPattern) and not _only_leads_on(each):
            for method in _methods(each):
                yield Route(method.upper(), pattern)


def _only_leads_on(pattern: URLPattern) -> bool:
    """Django's own redirect from an object's address to its change page."""
    return getattr(pattern.callback, "view_class", None) is RedirectView


def _methods(pattern: URLPattern) -> list[str]:
    view = getattr(pattern.callback, "cls", None)  # set by DRF
    if view is None:
        return list(_READING)
    return [method for method in _API_METHODS if hasattr(view, method)]
