"""Which proctors have a page of a sitting open now: in the cache, by sitting and person."""

from django.core.cache import cache

from proctor_site.kernel import clock

SEEN_EVERY_S = 10
STALE_AFTER_S = 35
"""Seconds without a sign after which a page counts as gone, though nobody saw it go."""
_TTL_S = 120


def here(sitting_id: int, user_id: int, connection: str) -> None:
    """A page is open; said again every `SEEN_EVERY_S` seconds, so that what was overwritten comes back."""
    pages = _fresh(_pages(sitting_id, user_id)) | {connection: clock.now().timestamp()}
    cache.set(_key(sitting_id, user_id), pages, _TTL_S)
    known = cache.get(_known_key(sitting_id)) or frozenset()
    if user_id not in known:
        known |= {user_id}
    cache.set(_known_key(sitting_id), known, _TTL_S)


def gone(sitting_id: int, user_id: int, connection: str) -> None:
    """A page has closed."""
    pages = _fresh(_pages(sitting_id, user_id))
    if pages.pop(connection, None) is not None:
        cache.set(_key(sitting_id, user_id), pages, _TTL_S)


def pages_in(sitting_id: int) -> dict[int, int]:
    """How many pages each person has open; those with none are left out. Two trips to the cache."""
    known = cache.get(_known_key(sitting_id)) or frozenset()
    keys = {_key(sitting_id, each): each for each in known}
    found = cache.get_many(keys)
    counts = {keys[key]: len(_fresh(pages)) for key, pages in found.items()}
    return {person: number for person, number in counts.items() if number}


def _fresh(pages: dict[str, float]) -> dict[str, float]:
    oldest = clock.now().timestamp() - STALE_AFTER_S
    return {connection: seen for connection, seen in pages.items() if seen >= oldest}


def _pages(sitting_id: int, user_id: int) -> dict[str, float]:
    return cache.get(_key(sitting_id, user_id)) or {}


def _key(sitting_id: int, user_id: int) -> str:
    return f"proctor-pages:{sitting_id}:{user_id}"


def _known_key(sitting_id: int) -> str:
    return f"proctors-known:{sitting_id}"
