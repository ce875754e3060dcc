"""Pages of large tables without counting every row."""

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:
    _Paginator = Paginator

CAP = 10_000
"""Rows that are counted at most; a longer list is narrowed with filters or the search."""


class AtLeast(int):
    """A count that stopped at the cap; shown as "10000+"."""

    def __str__(self) -> str:
        return f"{int(self):d}+"


class CappedPaginator(_Paginator):
    """Counts to `CAP` rows and no further, so that the first page of a million rows opens at once."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        if rows.query.is_sliced:
            return rows.count()
        found = rows.order_by()[: CAP + 1].count()
        return AtLeast(CAP) if found > CAP else found
