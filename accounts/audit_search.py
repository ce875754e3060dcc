"""Finds entries of the audit log: by who, act, subject, time and words of the detail."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from accounts.models import AuditEntry, Institution, Membership
from accounts.models.audit_entry import UpTo

SYSTEM = "system"
"""As `who`: what nobody did, such as the end of the time."""
_MOST_PEOPLE = 500
MOST_WALKS = 20
"""People whose entries are read one after the other and merged; of more, the log is read by time."""
_MOST_ACTS = 500
_KEPT_S = 600


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; empty: anything.

    `act` may end in a dot ("attempt."), `subject` may lack its number.
    """

    who: str = ""
    act: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""

    def as_plain(self) -> dict[str, str]:
        """What was asked for, without what was not."""
        return {name: str(value) for name, value in asdict(self).items() if value}


def find(institution: Institution, search: Search) -> "QuerySet[AuditEntry]":
    """Entries of the institution that fit, newest first. `until` itself is not included."""
    return narrow(AuditEntry.objects.filter(institution=institution), institution, search).order_by(
        "-at", "-pk"
    )


def narrow(rows: "QuerySet[AuditEntry]", institution: Institution, search: Search) -> "QuerySet[AuditEntry]":
    """The rows among these that fit."""
    if search.who.strip():
        rows = rows.filter(_by(institution, search.who.strip()))
    if search.act.endswith("."):
        group = search.act.partition(".")[0] + "."
        rows = rows.alias(group=UpTo("verb", mark=".")).filter(group=group)
        rows = rows if group == search.act else rows.filter(verb__startswith=search.act)
    elif search.act:
        rows = rows.filter(verb=search.act)
    if subject := search.subject.strip().lower():
        if ":" in subject:
            rows = rows.filter(stream=subject)
        else:
            rows = rows.alias(sort=UpTo("stream", mark=":")).filter(sort=f"{subject}:")
    if search.since:
        rows = rows.filter(at__gte=search.since)
    if search.until:
        rows = rows.filter(at__lt=search.until)
    if search.words.strip():
        text: Any = Cast("detail", TextField())
        rows = rows.annotate(detail_text=text).filter(detail_text__icontains=_as_stored(search.words.strip()))
    return rows


def walks(
    institution: Institution, search: Search, rows: "QuerySet[AuditEntry]"
) -> "list[QuerySet[AuditEntry]]":
    """The rows in parts that each have an index to walk, newest first: one for each of some people."""
    who = search.who.strip()
    people = [] if not who or who.lower() == SYSTEM else _called(institution, who)
    if 1 < len(people) <= MOST_WALKS:
        return [rows.filter(actor=each) for each in people]
    return [rows]


def _by(institution: Institution, who: str) -> Q:
    """Whoever has, or had, a role here and is called so."""
    if who.lower() == SYSTEM:
        return Q(actor=None)
    people = _called(institution, who)
    return Q(actor=people[0]) if len(people) == 1 else Q(actor__in=people)


def _called(institution: Institution, who: str) -> list[int]:
    called = Q(user__name__icontains=who) | Q(user__email__icontains=who)
    people = Membership.objects.filter(called, institution=institution).order_by()
    return list(people.values_list("user", flat=True).distinct()[:_MOST_PEOPLE])


def _as_stored(words: str) -> str:
    """As the words stand in the column: SQLite keeps JSON as written, with escapes for other letters."""
    return json.dumps(words, ensure_ascii=connection.vendor == "sqlite")[1:-1]


def acts(institution: Institution) -> list[str]:
    """Every act that occurs, by name; kept for ten minutes. Each costs one look into an index."""
    key = f"audit-acts-{institution.pk}"
    found: list[str] | None = cache.get(key)
    if found is None:
        found = []
        rows = (
            AuditEntry.objects.filter(institution=institution).order_by("verb").values_list("verb", flat=True)
        )
        while len(found) < _MOST_ACTS and (
            verb := (rows.filter(verb__gt=found[-1]) if found else rows).first()
        ):
            found.append(verb)
        cache.set(key, found, _KEPT_S)
    return found
