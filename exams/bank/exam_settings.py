"""Writes exams and their sections as a whole, for callers without the admin's forms; the same rules hold."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError

from accounts import audit
from accounts.models import Institution, User
from accounts.transitions import lock
from exams.bank import structure
from exams.bank.grades import clean_steps
from exams.bank.tools import clean_formula_sheet
from exams.kinds.shapes import plain_text
from exams.models import Exam, Section
from proctor_site.kernel.errors import Conflict, InvalidInput

EXAM_SETTINGS = (
    "title",
    "instructions",
    "language",
    "pass_percentage",
    "grade_steps",
    "asks_certainty",
    "calculator",
    "scratch_pad",
    "highlighter",
    "strike_out",
    "spell_check",
    "formula_sheet",
)
SECTION_SETTINGS = (
    "title",
    "instructions",
    "navigation",
    "minutes",
    "shuffle_questions",
    "shuffle_options",
)


def create_exam(
    institution: Institution, *, actor: User | None, is_outside: bool = False, **settings: Any
) -> Exam:
    """A new exam without sections; `is_outside`: another system delivers it. Raises InvalidInput."""
    exam = Exam(institution=institution, is_outside=is_outside)
    _set(exam, _clean_exam(settings), EXAM_SETTINGS)
    with transaction.atomic():
        exam.save()
        audit.record(institution, exam, "exam.added", actor=actor, detail={"fields": sorted(settings)})
    return exam


def change_exam(exam: Exam, *, actor: User | None, **settings: Any) -> Exam:
    """Changes what is named. Papers that are drawn already stay. Raises InvalidInput naming the field."""
    changed = _set(exam, _clean_exam(settings), EXAM_SETTINGS)
    if changed:
        with transaction.atomic():
            exam.save(update_fields=[*changed, "changed_at"])
            audit.record(exam.institution, exam, "exam.changed", actor=actor, detail={"fields": changed})
    return exam


def create_section(exam: Exam, *, title: str, actor: User | None, **settings: Any) -> Section:
    """A new section at the end, with its settings. Raises InvalidInput naming the field."""
    with transaction.atomic():
        section = structure.add_section(exam, title=title, actor=actor)
        return change_section(section, actor=actor, **settings)


def change_section(section: Section, *, actor: User | None, **settings: Any) -> Section:
    """Changes what is named. Raises InvalidInput naming the field."""
    if "title" in settings:
        settings["title"] = plain_text(settings["title"], "title", "The title", most=200).strip()
    changed = _set(section, settings, SECTION_SETTINGS)
    if changed:
        with transaction.atomic():
            section.save(update_fields=changed)
            detail = {"fields": changed}
            audit.record(section.institution, section, "section.changed", actor=actor, detail=detail)
    return section


def delete_section(section: Section, *, actor: User | None) -> None:
    """Deletes a section; its questions stay in the bank. Raises Conflict `used` once a paper was drawn."""
    exam = section.exam
    with transaction.atomic():
        lock(exam)
        detail = {"section": section.pk, "title": section.title}
        try:
            section.delete()
        except ProtectedError as error:
            raise Conflict(
                f"Candidates have questions of “{section}” on their papers; it stays. Take out its questions "
                "instead: papers that are drawn keep theirs.",
                code="used",
            ) from error
        exam.save(update_fields=["changed_at"])
        audit.record(exam.institution, exam, "exam.section_deleted", actor=actor, detail=detail)


def delete_exam(exam: Exam, *, actor: User | None) -> None:
    """Deletes an exam with its sections; questions stay. Raises Conflict `used` when it has a sitting."""
    with transaction.atomic():
        lock(exam)
        audit.record(exam.institution, exam, "exam.deleted", actor=actor, detail={"title": exam.title})
        try:
            exam.delete()
        except ProtectedError as error:
            raise Conflict(
                "This exam has sittings, and stays with them. Delete those that nobody is enrolled in first.",
                code="used",
            ) from error


def _clean_exam(settings: Mapping[str, Any]) -> dict[str, Any]:
    clean = dict(settings)
    if "title" in clean:
        clean["title"] = plain_text(clean["title"], "title", "The title", most=200).strip()
    if "grade_steps" in clean:
        clean["grade_steps"] = clean_steps(clean["grade_steps"])
    if "formula_sheet" in clean:
        clean["formula_sheet"] = clean_formula_sheet(clean["formula_sheet"])
    return clean


def _set(row: models.Model, settings: Mapping[str, Any], known: tuple[str, ...]) -> list[str]:
    """Sets and checks the fields; the names of those that changed."""
    unknown = sorted(settings.keys() - set(known))
    if unknown:
        raise InvalidInput(f"There is no {unknown[0]} to change here.", field=unknown[0])
    changed = sorted(name for name, value in settings.items() if getattr(row, name) != value)
    for name, value in settings.items():
        setattr(row, name, value)
    try:
        row.full_clean(validate_unique=False)
    except ValidationError as error:
        field, reasons = next(iter(error.message_dict.items()))
        raise InvalidInput(" ".join(reasons), field=field) from error
    return changed
