"""Pages of large tables are not counted to the end."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.admin import paginator
from accounts.models import User


@pytest.fixture
def five_people(db: None) -> None:
    User.objects.bulk_create(User(email=f"p{n}@example.org", name=f"P {n}") for n in range(5))


@pytest.mark.usefixtures("five_people")
@pytest.mark.parametrize(("cap", "shown", "pages"), [(4, "4+", 2), (5, "5", 3), (6, "5", 3)])
def test_counts_to_the_cap(monkeypatch: pytest.MonkeyPatch, cap: int, shown: str, pages: int) -> None:
    monkeypatch.setattr(paginator, "CAP", cap)
    found = paginator.CappedPaginator(User.objects.order_by("name"), 2)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert str(found.count) == shown
    assert f"LIMIT {cap + 1}" in queries[0]["sql"]
    assert "ORDER BY" not in queries[0]["sql"]
    assert found.num_pages == pages


def test_counts_lists_as_they_are() -> None:
    assert paginator.CappedPaginator([1, 2, 3], 2).count == 3
