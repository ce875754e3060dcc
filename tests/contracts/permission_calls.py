"""How a row of the permission table is asked: its address filled in, and the request sent."""

import re
from typing import Any

from django.test import Client

from tests.contracts.permission_rows import Row
from tests.contracts.permission_world import World

_PART = re.compile(r"<(?:\w+:)?(?P<name>\w+)>|\(\?P<(?P<group>\w+)>[^)]*\)|\$")


def ask(client: Client, row: Row, path: str) -> Any:
    """The answer to what a row sends to an address."""
    if row.method == "GET":
        return client.get(path, row.body)
    options: dict[str, Any] = {"content_type": "application/json"} if "/api/" in path else {}
    return getattr(client, row.method.lower())(path, row.body, **options)


def address(pattern: str, world: World) -> str:
    """The address of a route, for the objects of a world."""

    def fill(found: re.Match[str]) -> str:
        name = found["name"] or found["group"]
        if name is None:
            return ""
        if name == "object_id":
            _, app, model, *_ = pattern.split("/")
            return str(world.admin_object(f"{app}.{model}").pk)
        return str(world.argument(name))

    return "/" + _PART.sub(fill, pattern)
