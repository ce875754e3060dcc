"""Pages of long lists by cursor: stable while rows come and go, and as quick at the end as at the start."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from proctor_site.kernel.errors import InvalidInput

DEFAULT_LIMIT, MOST = 50, 200
_MOST_DIGITS = 18


class PagesByCursor(CursorPagination):
    """`?limit=&cursor=`; in the order of numbers, so that what is new comes last."""

    page_size = DEFAULT_LIMIT
    page_size_query_param = "limit"
    max_page_size = MOST
    ordering: tuple[str, ...] = ("pk",)

    def get_page_size(self, request: Request) -> int:
        """Raises InvalidInput (limit), where DRF would take another number without a word."""
        given = request.query_params.get("limit", str(DEFAULT_LIMIT))
        if not (given.isascii() and given.isdigit() and len(given) < 5 and 1 <= int(given) <= MOST):
            raise InvalidInput(f"Give a number from 1 to {MOST}.", field="limit")
        return int(given)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Raises InvalidInput (cursor) for one that we did not make."""
        try:
            cursor: Cursor | None = super().decode_cursor(request)
        except (NotFound, ValueError) as error:
            raise _no_cursor() from error
        place: Any = cursor.position if cursor else None  # a text, whatever the stubs say
        if place is not None and not (place.isascii() and place.isdigit() and len(place) <= _MOST_DIGITS):
            raise _no_cursor()
        return cursor


def page_of(
    request: Request,
    rows: "QuerySet[Any]",
    show: Callable[[list[Any]], Iterable[dict[str, Any]]],
    *,
    order: tuple[str, ...] = ("pk",),
) -> Response:
    """One page of `rows` as `{"next": address or null, "previous": …, "results": […]}`.

    `order`: columns of the rows themselves, the first one a number.

    `show` turns the rows of the page into plain values, all at once. Raises InvalidInput (limit, cursor).
    """
    pages = PagesByCursor()
    pages.ordering = order
    found = pages.paginate_queryset(rows.order_by(*order), request) or []
    answer: Response = pages.get_paginated_response(list(show(list(found))))
    return answer


def _no_cursor() -> InvalidInput:
    return InvalidInput("Take the cursor from “next” or “previous” of a page, as it is.", field="cursor")
