"""What the page of a sitting offers its proctors to choose from."""

from typing import Any

from exams.models import Exam
from proctoring.models.supervision import text_in_language
from proctoring.wording import codes_of


def choices_for(exam: Exam) -> list[dict[str, Any]]:
    """The coded reasons of the exam's institution, with what its candidates read, and in which language."""
    found = []
    for each in codes_of(exam.institution):
        told, language = text_in_language(each.texts, exam.written_in)
        found.append(
            {
                "code": each.code,
                "wording": each.wording,
                "told": told,
                "language": language,
                "acts": each.acts,
                "needs_words": each.needs_words,
            }
        )
    return found
