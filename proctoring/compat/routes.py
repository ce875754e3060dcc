"""The table of all addresses of the replaced systems, and finding the one that a call names."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from proctoring.models.compat import Contract

Handler = Callable[..., Any]
_NAME = r"[^/]{1,200}"


@dataclass(frozen=True)
class Route:
    """One address of a contract. `path` without slashes around it; `<name>` is one part of it.

    `is_rare`: counts against the lower limit. `is_looked_at`: answered by the role capture, as
    `proctor_site.roles.CAPTURE` says. Each answers with and without a slash at its end, and with
    and without `/api` before it.
    """

    contract: Contract
    method: str
    path: str
    handler: Handler
    is_rare: bool = False
    is_looked_at: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Of the whole path after its first slash."""
        parts = re.sub(r"<(\w+)>", lambda found: f"(?P<{found[1]}>{_NAME})", self.path.replace(".", r"\."))
        return re.compile(rf"(?:api/)?{parts}/?" if self.path else r"(?:api/?)?")

    def __str__(self) -> str:
        return f"{self.method} /{self.path}"


@dataclass(frozen=True)
class Found:
    """A route and the parts of the address, or the methods that the address knows."""

    route: Route | None
    parts: Mapping[str, str]
    methods: tuple[str, ...]


def find(routes: tuple[Route, ...], method: str, path: str, contracts: list[str]) -> Found:
    """The route of a call among those of the key's contracts."""
    wanted = path.removeprefix("/")
    matching = [
        (route, match)
        for route in routes
        if route.contract in contracts and (match := route.pattern.fullmatch(wanted))
    ]
    methods = tuple(dict.fromkeys(route.method for route, _ in matching))
    asked = "GET" if method == "HEAD" else method
    for route, match in matching:
        if route.method == asked:
            return Found(route, match.groupdict(), methods)
    return Found(None, {}, methods)


def contract_of(routes: tuple[Route, ...], path: str) -> Contract:
    """Whose address it is, for keys that are not good for it too: in that shape it is understood."""
    wanted = path.removeprefix("/")
    found = (route.contract for route in routes if route.pattern.fullmatch(wanted))
    return next(found, Contract.VIDEO)
