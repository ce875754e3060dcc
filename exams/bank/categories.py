"""Writes the tree of categories. One writer at a time per institution, so that no cycle can come about."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr

from accounts import audit
from accounts.models import Institution, User
from accounts.transitions import lock
from exams.kinds.shapes import plain_text
from exams.models import QuestionCategory
from proctor_site.kernel.errors import Conflict, InvalidInput

LONGEST_NAME = 100
DEEPEST = 10
"""Categories from the top to the lowest one."""
SEPARATOR = " / "


def create_category(
    institution: Institution, *, name: str, parent: QuestionCategory | None, actor: User | None
) -> QuestionCategory:
    """A new category below `parent`, or at the top. Raises InvalidInput (name, parent)."""
    name = _clean_name(name)
    with transaction.atomic():
        lock(institution)
        return _create(institution, name, _checked_parent(institution, parent), actor)


def category_at_path(
    institution: Institution, names: Sequence[str], *, actor: User | None = None
) -> QuestionCategory | None:
    """The category that is reached by `names` from the top; makes those that are missing. No names: None.

    Upper and lower case are the same. Raises InvalidInput (name, parent) when it would lie too deep.
    """
    cleaned = [_clean_name(name) for name in names]
    if not cleaned:
        return None
    found = _at_path(institution, cleaned)
    if found is not None:
        return found
    with transaction.atomic():
        lock(institution)
        here: QuestionCategory | None = None
        for name in cleaned:
            below = QuestionCategory.objects.filter(institution=institution, parent=here, name__iexact=name)
            here = below.first() or _create(institution, name, _checked_parent(institution, here), actor)
    return here


def change_category(
    category: QuestionCategory, *, name: str, parent: QuestionCategory | None, actor: User | None
) -> QuestionCategory:
    """Renames and moves a category with all that lies below it; unchanged: nothing happens.

    Raises InvalidInput: name (taken there), parent (below itself, or too deep).
    """
    name = _clean_name(name)
    with transaction.atomic():
        lock(category.institution)
        category.refresh_from_db()
        parent = _checked_parent(category.institution, parent)
        if (category.name, category.parent_id) == (name, parent.pk if parent else None):
            return category
        _refuse_cycle(category, parent)
        _refuse_twin(category.institution, name, parent, category)
        before, old_path, old_lineage = category.path, category.path, category.lineage
        category.name, category.parent = name, parent
        category.path, category.lineage = _place(name, parent, category.pk)
        category.save(update_fields=["name", "parent", "path", "lineage"])
        _carry_along(category, old_path, old_lineage)
        audit.record(
            category.institution,
            category,
            "category.changed",
            actor=actor,
            detail={"from": before, "to": category.path},
        )
    return category


def remove_category(category: QuestionCategory, *, actor: User | None) -> None:
    """Deletes an empty category. Raises Conflict when questions or categories lie in it."""
    with transaction.atomic():
        lock(category.institution)
        if category.children.exists() or category.questions.exists():
            raise Conflict(
                f"“{category.path}” is not empty. Move its questions and categories first.", code="not_empty"
            )
        audit.record(
            category.institution, category, "category.removed", actor=actor, detail={"path": category.path}
        )
        category.delete()


def lies_in(category: QuestionCategory, *, with_children: bool = True) -> Q:
    """Condition on questions: those in the category, and in what lies below it."""
    if with_children:
        return Q(category__lineage__startswith=category.lineage)
    return Q(category=category)


def _at_path(institution: Institution, names: Sequence[str]) -> QuestionCategory | None:
    rows = QuestionCategory.objects.filter(institution=institution, path__iexact=SEPARATOR.join(names))
    # A name may hold the separator itself, so the depth is compared too.
    return next((row for row in rows if _depth(row) == len(names)), None)


def _clean_name(name: object) -> str:
    text = plain_text(name, "name", "The name of a category", most=LONGEST_NAME)
    return " ".join(text.split())


def _checked_parent(institution: Institution, parent: QuestionCategory | None) -> QuestionCategory | None:
    if parent is None:
        return None
    if parent.institution_id != institution.pk:
        raise InvalidInput("That category belongs to another institution.", field="parent")
    parent.refresh_from_db()
    if _depth(parent) >= DEEPEST:
        raise InvalidInput(f"Categories may lie {DEEPEST} deep; choose a higher one.", field="parent")
    return parent


def _create(
    institution: Institution, name: str, parent: QuestionCategory | None, actor: User | None
) -> QuestionCategory:
    _refuse_twin(institution, name, parent, None)
    category = QuestionCategory.objects.create(institution=institution, name=name, parent=parent)
    category.path, category.lineage = _place(name, parent, category.pk)
    category.save(update_fields=["path", "lineage"])
    audit.record(institution, category, "category.created", actor=actor, detail={"path": category.path})
    return category


def _refuse_twin(
    institution: Institution, name: str, parent: QuestionCategory | None, own: QuestionCategory | None
) -> None:
    twins = QuestionCategory.objects.filter(institution=institution, parent=parent, name__iexact=name)
    if own is not None:
        twins = twins.exclude(pk=own.pk)
    if twins.exists():
        raise InvalidInput(f"There is a category “{name}” there already.", field="name", code="taken")


def _refuse_cycle(category: QuestionCategory, parent: QuestionCategory | None) -> None:
    if parent is None:
        return
    if parent.lineage.startswith(category.lineage):
        raise InvalidInput("A category cannot lie below itself.", field="parent", code="cycle")
    below = QuestionCategory.objects.filter(
        institution=category.institution, lineage__startswith=category.lineage
    )
    height = max(_depth(row) for row in below) - _depth(category) + 1
    if _depth(parent) + height > DEEPEST:
        raise InvalidInput(f"Categories may lie {DEEPEST} deep; choose a higher one.", field="parent")


def _carry_along(category: QuestionCategory, old_path: str, old_lineage: str) -> None:
    below = QuestionCategory.objects.filter(institution=category.institution, lineage__startswith=old_lineage)
    below.exclude(pk=category.pk).update(
        path=Concat(Value(category.path), Substr("path", len(old_path) + 1)),
        lineage=Concat(Value(category.lineage), Substr("lineage", len(old_lineage) + 1)),
    )


def _place(name: str, parent: QuestionCategory | None, key: int) -> tuple[str, str]:
    if parent is None:
        return name, f"/{key}/"
    return f"{parent.path}{SEPARATOR}{name}", f"{parent.lineage}{key}/"


def _depth(category: QuestionCategory) -> int:
    return category.lineage.count("/") - 1
