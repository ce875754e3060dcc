"""Further parts of the start page, by packages above this one: own meetings beside own sittings."""

from collections.abc import Callable
from typing import Any

from accounts.models import User

Part = dict[str, Any]
_PARTS: list[Callable[[User], Part | None]] = []


def home_part(make: Callable[[User], Part | None]) -> Callable[[User], Part | None]:
    """Registers what makes a part of a person's start page: `template` and what it shows; None: nothing."""
    _PARTS.append(make)
    return make


def parts_for(user: User) -> list[Part]:
    """The parts that the person has."""
    return [part for make in _PARTS if (part := make(user)) is not None]
