"""Counts how often something happened lately, and refuses when it is too often."""

from django.core.cache import cache

from proctor_site.kernel.errors import Overloaded


def count(action: str, key: str, *, most: int, seconds: int) -> None:
    """Counts one `action` by `key` (an address, a link); raises Overloaded after `most` within `seconds`.

    The window starts with the first count. The counts live in the cache and are lost with it.
    """
    name = f"limit:{action}:{key}"
    cache.add(name, 0, timeout=seconds)
    try:
        reached = cache.incr(name)
    except ValueError:  # it ran out between the two calls
        cache.set(name, 1, timeout=seconds)
        reached = 1
    if reached > most:
        raise Overloaded(
            "That was too often. Wait a while and try again.",
            code="too_often",
            details={"retry_after_ms": seconds * 1000},
        )


def is_reached(action: str, key: str, *, most: int) -> bool:
    """Whether the next count would be refused; counts nothing itself."""
    return int(cache.get(f"limit:{action}:{key}", 0)) >= most
