"""Writes where a question stands in the bank: category, tags and expected difficulty."""

import unicodedata
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Institution, User
from accounts.transitions import lock
from exams.kinds.shapes import plain_text
from exams.models import Question, QuestionCategory, QuestionTag
from proctor_site.kernel.errors import InvalidInput

LONGEST_TAG = 50
MOST_TAGS = 30


def classify(
    question: Question,
    *,
    category: QuestionCategory | None,
    tags: Sequence[str],
    difficulty: int | None,
    actor: User | None,
) -> Question:
    """Sets all three, also of a question that papers use or that is retired; unchanged: nothing happens.

    Tags that the institution does not have yet are made. Raises InvalidInput (category, tags, difficulty).
    """
    names = clean_tags(tags)
    check_place(question.institution, category, difficulty)
    with transaction.atomic():
        lock(question)
        before = (question.category_id, question.difficulty, tag_names(question))
        rows = tags_named(question.institution, names)
        after = (category.pk if category else None, difficulty, sorted(row.name for row in rows))
        if before == after:
            return question
        question.category, question.difficulty = category, difficulty
        question.save(update_fields=["category", "difficulty"])
        question.tags.set(rows)
        audit.record(
            question.institution,
            question,
            "question.classified",
            actor=actor,
            detail={
                "category": category.path if category else "",
                "difficulty": difficulty,
                "tags": after[2],
            },
        )
    return question


def check_place(institution: Institution, category: QuestionCategory | None, difficulty: object) -> None:
    """Raises InvalidInput (category, difficulty) when a question of the institution cannot stand there."""
    if category is not None and category.institution_id != institution.pk:
        raise InvalidInput("That category belongs to another institution.", field="category")
    if difficulty is None:
        return
    if isinstance(difficulty, bool) or not isinstance(difficulty, int) or not 1 <= difficulty <= 5:
        raise InvalidInput("The difficulty must be a whole number from 1 to 5.", field="difficulty")


def clean_tags(names: object) -> list[str]:
    """Tags in their clean form, each once whatever its case. Raises InvalidInput (tags).

    Clean is one line in NFC: the same accented letter can be typed as one or as two characters, and files of
    questions are read so (`formats.base.clean_tags`).
    """
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise InvalidInput("Tags must be a list of words.", field="tags")
    cleaned: dict[str, str] = {}
    for name in names:
        composed = unicodedata.normalize("NFC", name) if isinstance(name, str) else name
        text = " ".join(plain_text(composed, "tags", "A tag", most=LONGEST_TAG).split())
        if "," in text:
            raise InvalidInput("A tag cannot hold a comma.", field="tags")
        cleaned.setdefault(text.lower(), text)
    if len(cleaned) > MOST_TAGS:
        raise InvalidInput(f"A question can have {MOST_TAGS} tags at most.", field="tags")
    return list(cleaned.values())


def tags_named(institution: Institution, names: Sequence[str]) -> list[QuestionTag]:
    """The institution's tags of those (clean) names, in the case they have there; makes missing ones."""
    found = []
    for name in names:
        tag = QuestionTag.objects.filter(institution=institution, name__iexact=name).first()
        found.append(tag or _made_tag(institution, name))
    return found


def tag_names(question: Question) -> list[str]:
    """The tags of a question, in order."""
    return sorted(question.tags.values_list("name", flat=True))


def rename_tag(tag: QuestionTag, *, name: str, actor: User | None) -> QuestionTag:
    """Gives a tag another name, on all its questions. Raises InvalidInput (name) when there is one of it."""
    [cleaned] = clean_tags([name])
    twins = QuestionTag.objects.filter(institution=tag.institution, name__iexact=cleaned).exclude(pk=tag.pk)
    if twins.exists():
        raise InvalidInput(f"There is a tag “{cleaned}” already.", field="name", code="taken")
    if cleaned != tag.name:
        before, tag.name = tag.name, cleaned
        with transaction.atomic():
            tag.save(update_fields=["name"])
            audit.record(
                tag.institution, tag, "tag.renamed", actor=actor, detail={"from": before, "to": cleaned}
            )
    return tag


def remove_tag(tag: QuestionTag, *, actor: User | None) -> None:
    """Takes a tag off all its questions and deletes it."""
    with transaction.atomic():
        detail = {"name": tag.name, "questions": tag.questions.count()}
        audit.record(tag.institution, tag, "tag.removed", actor=actor, detail=detail)
        tag.delete()


def _made_tag(institution: Institution, name: str) -> QuestionTag:
    try:
        with transaction.atomic():
            return QuestionTag.objects.create(institution=institution, name=name)
    except IntegrityError:  # somebody else made it at the same moment
        return QuestionTag.objects.get(institution=institution, name__iexact=name)
