"""Writes many new questions at once, in a few statements: imports and copies of whole banks."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts import audit
from accounts.models import Institution, User
from exams.bank import media
from exams.bank.categories import category_at_path
from exams.bank.classification import clean_tags, tags_named
from exams.bank.questions import Wording, clean_wording
from exams.kinds.shapes import plain_text
from exams.models import Question, QuestionVersion


@dataclass(frozen=True, slots=True)
class Draft:
    """A new question with checked content, made by `drafted`; `category` are names from the top."""

    title: str
    kind: str
    wording: Wording
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    difficulty: int | None = None


def drafted(
    *,
    title: str,
    kind: str,
    stem: str,
    content: object,
    text_format: str,
    category: Sequence[str] = (),
    tags: Sequence[str] = (),
    difficulty: int | None = None,
) -> Draft:
    """A question as the bank would store it. Raises InvalidInput naming the field at fault."""
    return Draft(
        title=plain_text(title, "title", "The title", most=200).strip(),
        kind=kind,
        wording=clean_wording(kind, stem, content, text_format),
        category=tuple(category),
        tags=tuple(clean_tags(tags)),
        difficulty=difficulty,
    )


def create_questions(
    institution: Institution, drafts: Sequence[Draft], *, actor: User | None, source: str
) -> list[Question]:
    """New questions with their first versions, all or none; `source` goes into each audit entry.

    Categories and tags that the institution does not have are made. Raises InvalidInput when a category
    cannot be.
    """
    with transaction.atomic():
        paths = dict.fromkeys(draft.category for draft in drafts)
        categories = {path: category_at_path(institution, path, actor=actor) for path in paths}
        questions = Question.objects.bulk_create(
            Question(
                institution=institution,
                title=draft.title,
                kind=draft.kind,
                category=categories[draft.category],
                difficulty=draft.difficulty,
            )
            for draft in drafts
        )
        _write_versions(institution, questions, drafts, actor)
        _write_tags(institution, questions, drafts)
        audit.record_first(
            institution, questions, "question.imported", actor=actor, detail={"source": source}
        )
    return questions


def _write_versions(
    institution: Institution, questions: Sequence[Question], drafts: Sequence[Draft], actor: User | None
) -> None:
    versions = QuestionVersion.objects.bulk_create(
        QuestionVersion(
            institution=institution,
            question=question,
            number=1,
            created_by=actor,
            **draft.wording._asdict(),
        )
        for question, draft in zip(questions, drafts, strict=True)
    )
    media.link_versions(institution, versions)


def _write_tags(institution: Institution, questions: Sequence[Question], drafts: Sequence[Draft]) -> None:
    shown: dict[str, str] = {}
    for name in (name for draft in drafts for name in draft.tags):
        shown.setdefault(name.lower(), name)
    keys = {name: tags_named(institution, [written])[0].pk for name, written in shown.items()}
    through = Question.tags.through
    through._default_manager.bulk_create(
        through(question_id=question.pk, questiontag_id=key)
        for question, draft in zip(questions, drafts, strict=True)
        for key in sorted({keys[name.lower()] for name in draft.tags})
    )
