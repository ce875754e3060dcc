"""The shape of the register of personal data: a kind, the rows and files it consists of, and its rules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Institution, User
from proctoring import holds
from proctoring.holds import Span
from proctoring.keeping import PERIODS, From


@dataclass(slots=True)
class Erasing:
    """What erasers are told, and where they note what the certificate names."""

    institution: Institution
    actor: User | None
    reason: str
    span: Span | None = None
    heads: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)


Eraser = Callable[["QuerySet[Any]", Erasing], int]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one model that belong to a kind, and how they hang on a session, an attempt or a person.

    `sitting`: of lists without a person, for holds. `age`: the column from which the period of rows without
    an attempt counts. `blank`: where other rows must go on naming a row (a chain), these columns are emptied
    instead; the first of them tells that it was done.
    """

    model: str
    session: str = ""
    attempt: str = ""
    person: str = ""
    email: str = ""
    sitting: str = ""
    age: str = ""
    where: Q = Q()
    blank: dict[str, Any] = field(default_factory=dict)
    erase: Eraser | None = None

    @property
    def model_class(self) -> Any:
        return apps.get_model(self.model)

    def here(self, institution: Institution) -> "QuerySet[Any]":
        """What there still is, in the institution; inside its scope."""
        rows = self.model_class.objects.filter(self.where, institution=institution)
        if self.blank:
            name, value = next(iter(self.blank.items()))
            rows = rows.exclude(Q(**{name: value}) & referenced(self.model_class))
        found: QuerySet[Any] = rows.order_by("pk")
        return found

    def of_span(self, span: Span) -> "QuerySet[Any] | None":
        """Those of one span; None when they hang on neither its attempt nor its session."""
        rows = self.here(span.institution)
        if self.session and span.session is not None:
            return rows.filter(**{self.session: span.session.pk})
        if self.attempt and span.attempt is not None:
            return rows.filter(**{self.attempt: span.attempt.pk})
        return None

    def of_person(self, institution: Institution, person: User) -> "QuerySet[Any] | None":
        """Those that hang on a person and on no attempt; None when there is no such way."""
        by = Q()
        if self.person:
            by |= Q(**{self.person: person.pk})
        if self.email:
            by |= Q(**{f"{self.email}__iexact": person.email})
        return self.here(institution).filter(by) if by else None

    def unheld(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Those of rows without an attempt on which no legal hold is."""
        found: QuerySet[Any] = holds.unheld(rows, all_of=self.person, email=self.email, lists_of=self.sitting)
        return found

    def remove(self, rows: "QuerySet[Any]", erasing: Erasing) -> int:
        """Erases these rows; how many."""
        if self.erase is not None:
            return self.erase(rows, erasing)
        if self.blank:
            return _delete_or_blank(rows, self.blank)
        return deleted(rows)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of personal data. `days` None: it is kept as long as the institution has its account."""

    code: str
    label: str
    what: str
    where: str
    basis: str
    rows: tuple[Rows, ...]
    least: int = 0
    least_why: str = ""
    most: int = 3650
    most_why: str = "Ten years are the longest that any purpose here needs."
    kept_why: str = ""
    """Why it is not erased when a person asks for it; empty: it is erased."""

    @property
    def days(self) -> int | None:
        """The product's period; institutions may have their own (`keeping.days_in`)."""
        return PERIODS[self.code].days

    @property
    def counts_from(self) -> From:
        return PERIODS[self.code].counts_from

    @property
    def has_spans(self) -> bool:
        return any(rows.session or rows.attempt for rows in self.rows)


def referenced(model: type[models.Model]) -> Q:
    """Whether another row that may not lose it names a row of the model."""
    found = Q(pk__in=[])
    for relation in model._meta.related_objects:
        field_ = getattr(relation, "field", None)
        if getattr(relation, "on_delete", None) is models.PROTECT and field_ is not None:
            others: Any = relation.related_model
            found |= Q(Exists(others.objects.filter(**{field_.name: OuterRef("pk")})))
    return found


def deleted(rows: "QuerySet[Any]") -> int:
    """Deletes the rows with what hangs on them; how many of the rows themselves."""
    label = rows.model._meta.label
    return int(
        rows.model.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()[1].get(label, 0)
    )


def _delete_or_blank(rows: "QuerySet[Any]", blank: dict[str, Any]) -> int:
    keys = list(rows.values_list("pk", flat=True))
    mine = rows.model.objects.filter(pk__in=keys)
    named = set(mine.filter(referenced(rows.model)).values_list("pk", flat=True))
    changed: int = rows.model.objects.filter(pk__in=named).update(**blank)
    return changed + deleted(mine.exclude(pk__in=named))
