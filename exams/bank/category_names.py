"""The names of categories from the top, for files that write a category as a path."""

from collections.abc import Iterable

from exams.models import QuestionCategory


def names_from_top(category: QuestionCategory | None) -> tuple[str, ...]:
    """The names on the way to a category, its own last; none for no category."""
    return names_of([category])[category.pk] if category else ()


def names_of(categories: Iterable[QuestionCategory]) -> dict[int, tuple[str, ...]]:
    """For each category, by its key, the names on the way to it; one query for all."""
    ways = {each.pk: [int(key) for key in each.lineage.strip("/").split("/")] for each in categories}
    keys = {key for way in ways.values() for key in way}
    names = dict(QuestionCategory.objects.filter(pk__in=keys).values_list("pk", "name"))
    return {key: tuple(names[each] for each in way) for key, way in ways.items()}
