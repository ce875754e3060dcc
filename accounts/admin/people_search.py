"""The search of long lists by whom rows are about: people first, then what is theirs, then the rows."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import Membership

FEW_PEOPLE, FEW_HOLDERS = 1_000, 2_000
"""So many are looked up by number; of more a list soon finds a page, walking down its order (0153)."""


def by_person(
    rows: Any, words: str, *, path: str, holders: "QuerySet[Any]", person: str, with_address: bool = False
) -> Any:
    """The rows about people in whose name each of the words stands.

    `path` leads from a row to one of `holders` (sessions, enrolments), `person` from there to the person.
    With `with_address` a word may stand in the e-mail address instead. Up to two queries now.
    """
    wanted = words.split()
    if not wanted:
        return rows
    people = _people(wanted, with_address)
    holders = holders.order_by()
    if people is not None:
        theirs = holders.filter(**{f"{person}__in": people}).values_list("pk", flat=True)
        numbers = list(theirs[: FEW_HOLDERS + 1])
        if len(numbers) <= FEW_HOLDERS:
            # As numbers, not as a subquery: with them the database takes the index by holder.
            return rows.filter(**{f"{path}__in": numbers})
    # Asked row by row, which no database turns into a join: a join would list everybody of that name first.
    holder = holders.filter(pk=OuterRef(path))
    rows = rows.alias(
        _name=Subquery(holder.values(f"{person}__name")[:1]),
        _address=Subquery(holder.values(f"{person}__email")[:1]),
    )
    for word in wanted:
        fits = Q(_name__icontains=word)
        rows = rows.filter(fits | Q(_address__icontains=word) if with_address else fits)
    return rows


def _people(words: list[str], with_address: bool) -> set[int] | None:
    """Numbers of the members, also former ones, in whom all the words stand; None: they are many."""
    members = Membership.objects.order_by()
    for word in words:
        fits = Q(user__name__icontains=word)
        members = members.filter(fits | Q(user__email__icontains=word) if with_address else fits)
    # Not DISTINCT, which would look at everybody: the first ones are enough to know that they are many.
    found = list(members.values_list("user", flat=True)[: FEW_PEOPLE + 1])
    return set(found) if len(found) <= FEW_PEOPLE else None
