"""Filters of the question list: place in the bank, kind, use. Unknown values show no rows."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.admin.tenant import FOLDED_FILTER
from exams.bank.categories import lies_in
from exams.kinds.registry import KINDS, choices
from exams.models import QuestionCategory, QuestionTag
from exams.models.question import Difficulty

MOST_CHOICES = 300
NONE = "none"


class _ChoiceFilter(admin.SimpleListFilter):
    """A filter that is one condition per value; `condition` gives None for a value that makes no sense."""

    template = FOLDED_FILTER

    def condition(self, value: str) -> Q | None:
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value:
            return queryset
        condition = self.condition(value)
        return queryset.none() if condition is None else queryset.filter(condition)


class CategoryFilter(_ChoiceFilter):
    """Questions of one category and of what lies below it."""

    title = "category"
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        rows = QuestionCategory.objects.values_list("pk", "path")[:MOST_CHOICES]
        return [*((str(key), path) for key, path in rows), (NONE, "Without a category")]

    def condition(self, value: str) -> Q | None:
        if value == NONE:
            return Q(category=None)
        category = QuestionCategory.objects.filter(pk=value).first() if _is_key(value) else None
        return lies_in(category) if category else None


class TagFilter(_ChoiceFilter):
    """Questions with one tag."""

    title = "tag"
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        rows = QuestionTag.objects.values_list("pk", "name")[:MOST_CHOICES]
        return [(str(key), name) for key, name in rows]

    def condition(self, value: str) -> Q | None:
        return Q(tags=value) if _is_key(value) else None


class DifficultyFilter(_ChoiceFilter):
    """Questions of one expected difficulty."""

    title = "difficulty"
    parameter_name = "difficulty"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [*((str(value), label) for value, label in Difficulty.choices), (NONE, "Not said")]

    def condition(self, value: str) -> Q | None:
        if value == NONE:
            return Q(difficulty=None)
        return Q(difficulty=value) if value in {str(each) for each in Difficulty.values} else None


class KindFilter(_ChoiceFilter):
    """Questions of one kind."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return choices()

    def condition(self, value: str) -> Q | None:
        return Q(kind=value) if value in KINDS else None


class RetiredFilter(_ChoiceFilter):
    """Questions in use, or retired."""

    title = "use"
    parameter_name = "retired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("no", "In use"), ("yes", "Retired")]

    def condition(self, value: str) -> Q | None:
        return Q(retired_at__isnull=value == "no") if value in ("no", "yes") else None


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 19
