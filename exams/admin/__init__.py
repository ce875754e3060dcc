"""The admin pages of exams: questions, exams, sittings, enrolments, attempts."""

from exams.admin import (
    attempts,
    categories,
    enrolments,
    exams,
    groups,
    question_imports,
    questions,
    sittings,
)

__all__ = [
    "attempts",
    "categories",
    "enrolments",
    "exams",
    "groups",
    "question_imports",
    "questions",
    "sittings",
]
