"""The admin pages of exams: the bank, exams, sittings, enrolments, attempts."""

from exams.admin import (
    attempts,
    categories,
    enrolments,
    exams,
    groups,
    media,
    question_imports,
    questions,
    self_enrolments,
    sittings,
)

__all__ = [
    "attempts",
    "categories",
    "enrolments",
    "exams",
    "groups",
    "media",
    "question_imports",
    "questions",
    "self_enrolments",
    "sittings",
]
