"""Lists of any length: pages by place in the order instead of by number, and no count of rows."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q
from django.http import HttpRequest

if TYPE_CHECKING:
    from accounts.admin.tenant import TenantAdmin

    _Admin = TenantAdmin
else:
    _Admin = object

AFTER, BEFORE, END = "after", "before", "end"
PLACES = (AFTER, BEFORE, END)


class KeysetChangeList(ChangeList):
    """A page of rows next to a row that the address names.

    The last page costs as much as the first. Numbers of the rows are read first, from an index alone where
    one holds what is filtered by; the rest is read for the rows of the page only, and only when it is shown.
    """

    _place: tuple[str, int | None] = ("", None)

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        given = {name: self.params.pop(name) for name in PLACES if name in self.params}
        for name in given:
            del self.filter_params[name]  # a link of a filter leads to the beginning
        for name, value in given.items():
            self._place = (name, _number(value))
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        self.paginator = None
        self._walks = cast("KeysetLists", self.model_admin).walks(request, self.queryset)

    @property
    def result_list(self) -> list[Any]:
        return self._page[0]

    @property
    def result_count(self) -> int:  # type: ignore[override]  # Django sets it; here it is read when shown
        """Rows of this page: how many there are in all is never counted."""
        return len(self.result_list)

    @property
    def full_result_count(self) -> int:  # type: ignore[override]  # as above
        """The same, so that Django's search form claims no number."""
        return self.result_count

    @property
    def newer_query(self) -> str:
        """The page before this one; "" when this is the first."""
        rows, has_before, _after = self._page
        return self.get_query_string({BEFORE: rows[0].pk}) if has_before and rows else ""

    @property
    def older_query(self) -> str:
        """The page after this one; "" when this is the last."""
        rows, _before, has_after = self._page
        return self.get_query_string({AFTER: rows[-1].pk}) if has_after and rows else ""

    @property
    def newest_query(self) -> str:
        return self.get_query_string()

    @property
    def oldest_query(self) -> str:
        return self.get_query_string({END: 1})

    @cached_property
    def _page(self) -> tuple[list[Any], bool, bool]:
        """Rows of the page in order; whether there are rows before it; whether after it."""
        way, number = self._place
        keyset = cast("KeysetLists", self.model_admin).keyset
        backwards = way in (BEFORE, END)
        walks = self._walks
        if number is not None and way != END:
            beyond = _beyond(self.root_queryset, keyset, number, backwards)
            walks = [rows.filter(beyond) for rows in walks]
        found = _first_of(walks, keyset, self.list_per_page + 1, backwards=backwards)
        has_more, found = len(found) > self.list_per_page, found[: self.list_per_page]
        if backwards:
            found.reverse()
        by_number = {
            row.pk: row for row in self.apply_select_related(self.root_queryset.filter(pk__in=found))
        }
        shown = [by_number[pk] for pk in found if pk in by_number]
        if backwards:
            return shown, has_more, way == BEFORE
        return shown, way == AFTER and number is not None, has_more


class KeysetLists(_Admin):
    """Mixin of admins whose list may hold millions of rows; its template shows `admin/keyset_pages.html`."""

    keyset: tuple[str, ...] = ("-pk",)
    """The order of the list, all of it descending, the number of the row last."""
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER  # they would count the list once for each choice of each filter

    def walks(self, request: HttpRequest, rows: Any) -> list[Any]:
        """The rows of the list, in parts if each of them has an index to walk and all together have none."""
        return [rows]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return KeysetChangeList

    def get_ordering(self, request: HttpRequest) -> Any:
        return self.keyset


def numbers_of(rows: Any, keyset: tuple[str, ...], *, backwards: bool = False) -> Any:
    """Numbers of the rows in the order of the list, or against it."""
    order = [each.removeprefix("-") for each in keyset] if backwards else keyset
    return rows.order_by(*order).values_list("pk", flat=True)


def _first_of(walks: list[Any], keyset: tuple[str, ...], most: int, *, backwards: bool) -> list[int]:
    """Numbers of the first rows of all walks together."""
    if len(walks) == 1:
        return list(numbers_of(walks[0], keyset, backwards=backwards)[:most])
    names = [each.removeprefix("-") for each in keyset]
    order = names if backwards else keyset
    found = [place for rows in walks for place in rows.order_by(*order).values_list(*names)[:most]]
    return [place[-1] for place in sorted(found, reverse=not backwards)[:most]]


def _beyond(rows: Any, keyset: tuple[str, ...], number: int, backwards: bool) -> Q:
    """What comes after the row of that number in the direction of reading; everything, when it is gone."""
    side = "gt" if backwards else "lt"
    names = [each.removeprefix("-") for each in keyset]
    if len(names) == 1:
        return Q(**{f"pk__{side}": number})
    place = rows.order_by().filter(pk=number).values(*names).first()
    if place is None:
        return Q()
    first, *_rest = names
    # The first bound lets the index find the place; rows of the very same moment differ by number.
    bound = Q(**{f"{first}__{side}e": place[first]})
    return bound & (Q(**{f"{first}__{side}": place[first]}) | Q(**{f"pk__{side}": number}))


def _number(text: Any) -> int | None:
    return (
        int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 19 else None
    )
