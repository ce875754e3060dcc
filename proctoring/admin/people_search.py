"""The search of long lists by whom rows are about: people first, then their sessions, then the rows."""

from typing import Any

from django.db.models import Q

from accounts.models import Membership
from proctoring.models import MonitoringSession

FEW = 1_000
"""So many people are looked up by number; of more the list finds a page soon, walking down its order."""


def by_candidate(rows: Any, words: str, *, path: str = "session", with_address: bool = False) -> Any:
    """The rows about people in whose name each of the words stands; `path`: from the row to its session.

    With `with_address` a word may stand in the e-mail address instead.
    """
    members = Membership.objects.order_by()
    for word in words.split():
        fits = Q(user__name__icontains=word)
        members = members.filter(fits | Q(user__email__icontains=word) if with_address else fits)
    if not words.split():
        return rows
    people = list(members.values_list("user", flat=True).distinct()[: FEW + 1])
    if not people:
        return rows.none()
    sessions = MonitoringSession.objects.order_by()
    if len(people) <= FEW:
        # As numbers, not as a subquery: with them the database takes the index by session.
        return rows.filter(
            **{f"{path}__in": list(sessions.filter(candidate__in=people).values_list("pk", flat=True))}
        )
    return rows.filter(**{f"{path}__in": sessions.filter(candidate__in=members.values("user")).values("pk")})
