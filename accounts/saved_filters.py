"""Filters of long lists that people name: private or shared, opened by one click, and true to what they say.

What a filter says stays relative ("last 7 days"); words that were searched for are never kept: they may be
names, and a shared filter would hand them round, also to who reads without names.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from accounts import audit
from accounts.models import Institution, SavedFilter, User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound

MOST = 50
"""Filters of one person for one list: more are no help to find one."""
_LONGEST_NAME, _LONGEST_QUERY = 80, 1000
_NEVER_KEPT = frozenset({"q", "p", "o", "e", "all", "after", "before", "end"})
"""Search words, places in the list, and what Django adds to an address."""

Check = Callable[[HttpRequest, QueryDict], list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class FilteredList:
    """A list whose filters can be saved. `check` names each parameter that no longer makes sense, and why;
    `never_kept`: parameters of one visit or one person."""

    name: str
    label: str
    url_name: str
    permission: str
    check: Check
    never_kept: frozenset[str] = field(default_factory=frozenset)

    def kept(self, query: QueryDict) -> QueryDict:
        """What of an address is worth a name, in one order, so that equal filters have equal texts."""
        found = QueryDict(mutable=True)
        for name in sorted(query):
            values = [each for each in query.getlist(name) if each]
            if values and name not in _NEVER_KEPT | self.never_kept:
                found.setlist(name, values)
        return found


LISTS: dict[str, FilteredList] = {}


def register(page: FilteredList) -> None:
    """Makes a list known. Raises ValueError for a name that is taken."""
    if page.name in LISTS:
        raise ValueError(f"there are two lists named {page.name}")
    LISTS[page.name] = page


def visible_to(person: User, institution: Institution) -> "QuerySet[SavedFilter]":
    """Own ones and shared ones, of the lists that the person may see."""
    names = [page.name for page in LISTS.values() if person.has_perm(page.permission, institution)]
    rows = SavedFilter.objects.filter(institution=institution, page__in=names)
    return rows.filter(Q(owner=person) | Q(is_shared=True)).select_related("owner")


def may_change(person: Any, row: SavedFilter) -> bool:
    """Its owner may; what is shared also the exam office, so that nothing outlives who left."""
    if row.owner_id == person.pk:
        return True
    return bool(row.is_shared and person.has_perm("accounts.tend_shared_filters", row.institution))


def save(
    institution: Institution, page: str, name: str, query: str, *, owner: User, is_shared: bool = False
) -> SavedFilter:
    """Keeps the filter under that name. Raises NotFound, NotAllowed, InvalidInput, Conflict."""
    known = LISTS.get(page)
    if known is None:
        raise NotFound("There is no such list.")
    if not owner.has_perm(known.permission, institution):
        raise NotAllowed("You do not see this list.")
    words = " ".join(name.replace("\x00", "").split())
    if not words or len(words) > _LONGEST_NAME:
        raise InvalidInput(f"Give the filter a name of up to {_LONGEST_NAME} letters.", field="name")
    kept = known.kept(QueryDict(query)).urlencode()
    if not kept or len(kept) > _LONGEST_QUERY or "%00" in kept:
        raise InvalidInput("Choose a filter first; search words are not kept.", field="query")
    mine = SavedFilter.objects.filter(institution=institution, owner=owner, page=page)
    if mine.count() >= MOST:
        raise Conflict(f"You have {MOST} filters for this list; delete one first.", code="too_many")
    row = SavedFilter(institution=institution, page=page, name=words, query=kept, owner=owner)
    row.is_shared, row.saved_at = is_shared, clock.now()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            detail = {"name": words, "page": page, "query": kept, "shared": is_shared}
            audit.record(institution, row, "savedfilter.added", actor=owner, detail=detail)
    except IntegrityError as error:
        raise Conflict(f"You have a filter “{words}” for this list already.", code="name_taken") from error
    return row


@dataclass(frozen=True, slots=True)
class Shown:
    """One saved filter beside its list."""

    row: SavedFilter
    url: str
    is_current: bool
    may_change: bool


def beside(page: str, request: HttpRequest, institution: Institution) -> dict[str, Any]:
    """What the list shows of saved filters: `admin/_saved_filters.html`."""
    known, person = LISTS[page], request.user
    assert isinstance(person, User)
    present = known.kept(request.GET).urlencode()
    rows: Iterable[SavedFilter] = visible_to(person, institution).filter(page=page)
    shown = [
        Shown(
            row,
            reverse("admin:accounts_savedfilter_open", args=[row.pk]),
            bool(present) and row.query == present,
            may_change(person, row),
        )
        for row in rows
    ]
    return {
        "saved_filters": shown,
        "saved_page": page,
        "saved_query": present,
        "saved_current": next((each for each in shown if each.is_current), None),
    }


def opened(row: SavedFilter, request: HttpRequest) -> tuple[str, list[str]]:
    """The address of the list as the filter says, without what no longer makes sense; and that, in words."""
    page = LISTS[row.page]
    query = QueryDict(row.query, mutable=True)
    problems = page.check(request, query)
    for name, _why in problems:
        query.pop(name, None)
    address = reverse(page.url_name)
    return (f"{address}?{query.urlencode()}" if query else address), [why for _name, why in problems]
