"""Words of others that hold a person's name, address or number: found, and cut where somebody ticked it.

Nothing is cut by itself: a name may be a common word. What the product copies itself (lists, jobs, events) is
emptied in any case (`erasure`), and the person's own rows go as the register says.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from accounts.models import AuditEntry, FileToRemove, Institution, Job, Membership, User
from accounts.tenancy import TenantModel
from proctoring.models import ErasureRequest
from proctoring.rights import nameless

MOST = 200
"""Texts that one page lists; a name that stands in more is a common word."""
CUT = "[erased]"
_SHORTEST = 100
"""Columns of fewer characters hold codes and names of files, not sentences."""
_SKIPPED = {AuditEntry, ErasureRequest, FileToRemove, Job, Membership}
"""Numbers only, or emptied by the erasure itself."""
_TECHNICAL = re.compile(
    r"hash|sha256|signature|template|stored_name|photo_name|address|email|connection|token|wrapped"
)
_PROVED = {"hash", "sha256", "signature", "previous_hash"}
_AROUND = 60


@dataclass(frozen=True, slots=True)
class Found:
    """One text. `proved`: another row or a signature rests on its very words, so it cannot be cut."""

    model: str
    pk: int
    column: str
    excerpt: str
    proved: bool

    @property
    def key(self) -> str:
        return f"{self.model}:{self.pk}:{self.column}"

    @property
    def where(self) -> str:
        """For people: "case comment 12, text"."""
        named = apps.get_model(self.model)._meta
        return f"{named.verbose_name} {self.pk}, {named.get_field(self.column).verbose_name}"


def place_of(entry: dict[str, Any]) -> str:
    """An entry of `cut` in words: "case comment 12, text"."""
    return Found(entry["what"], entry["row"], entry["column"], "", proved=False).where


def find(institution: Institution, person: User) -> list[Found]:
    """Texts of the institution that name the person, at most MOST. Reads every text of it."""
    needles = nameless.needles_of(institution, person)
    found: list[Found] = []
    for model, columns in _places():
        for row in _rows(model, institution, columns, needles):
            for column in columns:
                text = str(getattr(row, column) or "")
                place = _place(text, needles)
                if place is not None:
                    proved = bool(_PROVED & {each.name for each in model._meta.concrete_fields})
                    found.append(Found(model._meta.label, row.pk, column, _excerpt(text, place), proved))
            if len(found) >= MOST:
                return found[:MOST]
    return found


def cut(institution: Institution, person: User, keys: Collection[str]) -> list[dict[str, Any]]:
    """Cuts the person out of the texts with these keys; what became of each that was found.

    In the caller's transaction. Entries: what, row, column, cut (true or false).
    """
    needles = nameless.needles_of(institution, person)
    done = []
    for each in find(institution, person):
        wanted = each.key in keys and not each.proved
        if wanted:
            rows: Any = apps.get_model(each.model).objects.filter(institution=institution, pk=each.pk)
            text = str(rows.values_list(each.column, flat=True).get())
            field = apps.get_model(each.model)._meta.get_field(each.column)
            shortest = getattr(field, "max_length", None)
            rows.update(**{each.column: _without(text, needles)[:shortest]})
        done.append({"what": each.model, "row": each.pk, "column": each.column, "cut": wanted})
    return done


@cache
def _places() -> tuple[tuple[Any, tuple[str, ...]], ...]:
    """Every model of an institution with its columns for sentences."""
    found = []
    for model in apps.get_models():
        if not issubclass(model, TenantModel) or model._meta.proxy or model in _SKIPPED:
            continue
        names = tuple(each.name for each in model._meta.concrete_fields if _is_sentence(each))
        if names:
            found.append((model, names))
    return tuple(found)


def _is_sentence(column: Any) -> bool:
    if _TECHNICAL.search(column.name) or column.choices or not column.editable:
        return False
    long = isinstance(column, models.CharField) and (column.max_length or 0) >= _SHORTEST
    return isinstance(column, models.TextField) or long


def _rows(
    model: Any, institution: Institution, columns: tuple[str, ...], needles: list[str]
) -> Iterator[Any]:
    named = Q()
    for column in columns:
        for needle in needles:
            named |= Q(**{f"{column}__icontains": needle})
    rows = model.objects.filter(named, institution=institution) if needles else model.objects.none()
    return iter(rows.only("pk", *columns).order_by("pk")[:MOST])


def _place(text: str, needles: list[str]) -> re.Match[str] | None:
    """Where it stands as a word of its own."""
    return _pattern(tuple(needles)).search(text) if needles else None


def _without(text: str, needles: list[str]) -> str:
    return _pattern(tuple(needles)).sub(CUT, text)


@cache
def _pattern(needles: tuple[str, ...]) -> re.Pattern[str]:
    each = "|".join(re.escape(needle) for needle in sorted(needles, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{each})(?!\w)", re.IGNORECASE)


def _excerpt(text: str, place: re.Match[str]) -> str:
    start, end = max(0, place.start() - _AROUND), place.end() + _AROUND
    return f"{'…' if start else ''}{' '.join(text[start:end].split())}{'…' if end < len(text) else ''}"
