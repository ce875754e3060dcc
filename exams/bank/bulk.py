"""Writes many new questions at once, in a few statements: imports and copies of whole banks."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts import audit
from accounts.models import Institution, User
from exams.bank.questions import Wording, clean_wording
from exams.kinds.shapes import plain_text
from exams.models import Question, QuestionVersion


@dataclass(frozen=True, slots=True)
class Draft:
    """A new question with checked content, made by `drafted`."""

    title: str
    kind: str
    wording: Wording


def drafted(*, title: str, kind: str, stem: str, content: object, text_format: str) -> Draft:
    """A question as the bank would store it. Raises InvalidInput naming the field at fault."""
    title = plain_text(title, "title", "The title", most=200).strip()
    return Draft(title, kind, clean_wording(kind, stem, content, text_format))


def create_questions(
    institution: Institution, drafts: Sequence[Draft], *, actor: User | None, source: str
) -> list[Question]:
    """New questions with their first versions, all or none; `source` goes into each audit entry."""
    with transaction.atomic():
        questions = Question.objects.bulk_create(
            Question(institution=institution, title=draft.title, kind=draft.kind) for draft in drafts
        )
        QuestionVersion.objects.bulk_create(
            QuestionVersion(
                institution=institution,
                question=question,
                number=1,
                stem=draft.wording.stem,
                text_format=draft.wording.text_format,
                content=draft.wording.content,
                created_by=actor,
            )
            for question, draft in zip(questions, drafts, strict=True)
        )
        audit.record_first(
            institution, questions, "question.imported", actor=actor, detail={"source": source}
        )
    return questions
