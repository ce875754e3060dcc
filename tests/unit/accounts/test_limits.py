"""Counting how often something happened."""

import pytest
from django.core.cache import cache

from accounts import limits
from proctor_site.kernel.errors import Overloaded


def test_refused_after_so_many_and_counted_per_key() -> None:
    for _ in range(3):
        limits.count("knock", "a", most=3, seconds=60)
    with pytest.raises(Overloaded) as refused:
        limits.count("knock", "a", most=3, seconds=60)
    assert refused.value.code == "too_often"
    assert refused.value.details == {"retry_after_ms": 60_000}
    limits.count("knock", "b", most=3, seconds=60)
    limits.count("ring", "a", most=3, seconds=60)


def test_new_window_starts_from_nothing() -> None:
    limits.count("knock", "a", most=1, seconds=60)
    cache.delete("limit:knock:a")  # as when its time has run out
    limits.count("knock", "a", most=1, seconds=60)
