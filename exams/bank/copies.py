"""Copies an exam with all that stands in it, and makes exams from templates."""

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.tenancy import TenantModel
from exams.kinds.shapes import plain_text
from exams.models import Exam
from exams.signals import exam_copied

_OWN = {"id", "institution", "created_at", "changed_at"}
"""What a row never hands on."""


def copy_exam(exam: Exam, *, title: str, as_template: bool, actor: User | None) -> Exam:
    """A new exam with the same settings, sections, questions and pools; the questions themselves are shared.

    `as_template`: the copy is a template, which is never scheduled itself. Raises InvalidInput (title).
    """
    title = plain_text(title, "title", "The title", most=200).strip()
    with transaction.atomic():
        copy = Exam.objects.create(**_values(exam) | {"title": title, "is_template": as_template})
        for section in exam.sections.order_by("position", "id"):
            made = type(section).objects.create(**_values(section) | {"exam": copy})
            for placement in section.questions.order_by("position", "id"):
                type(placement).objects.create(**_values(placement) | {"section": made})
            for pool in section.pools.order_by("position", "id"):
                drawn = type(pool).objects.create(**_values(pool) | {"section": made})
                drawn.tags.set(pool.tags.all())
        audit.record(exam.institution, copy, "exam.copied", actor=actor, detail={"from": exam.pk})
        exam_copied.send(sender=Exam, exam=exam, copy=copy)
    return copy


def _values(row: TenantModel) -> dict[str, Any]:
    names = [field.name for field in row._meta.concrete_fields if field.name not in _OWN]
    return {name: getattr(row, name) for name in names} | {"institution": row.institution}
