"""Writes questions and their versions; a version that stands on a paper is never changed."""

from collections.abc import Sequence
from typing import NamedTuple, cast

from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.models import Institution, User
from accounts.transitions import lock
from exams.bank import media, rich_text
from exams.bank.classification import check_place, clean_tags, tag_names, tags_named
from exams.kinds.base import Content
from exams.kinds.registry import kind_named
from exams.kinds.shapes import plain_text
from exams.models import Question, QuestionCategory, QuestionMedia, QuestionVersion
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict

LONGEST_STEM = 20_000


class Wording(NamedTuple):
    """What a version holds, in its one clean form."""

    stem: str
    text_format: str
    content: Content


def clean_wording(kind_name: str, stem: str, content: object, text_format: str) -> Wording:
    """What a version of that kind would hold. Raises InvalidInput naming the field at fault."""
    kind = kind_named(kind_name)
    rich_text.check_format(text_format)
    stem = plain_text(stem, "stem", "The question text", most=LONGEST_STEM)
    if text_format == rich_text.HTML:
        # Before the checks: a text of which nothing is left counts as empty.
        stem = plain_text(rich_text.clean(stem), "stem", "The question text", most=LONGEST_STEM)
        content = kind.with_texts(cast(Content, content), rich_text.clean)
    return Wording(stem.strip(), text_format, kind.validate_content(content))


def create_question(
    institution: Institution,
    *,
    title: str,
    kind: str,
    stem: str,
    content: object,
    actor: User | None,
    text_format: str = rich_text.PLAIN,
    category: QuestionCategory | None = None,
    tags: Sequence[str] = (),
    difficulty: int | None = None,
) -> Question:
    """A new question with its first version. Raises InvalidInput naming the field at fault.

    With `text_format` "html" stem and options are sanitised before they are stored. Tags that the institution
    does not have yet are made.
    """
    title = plain_text(title, "title", "The title", most=200).strip()
    names = clean_tags(tags)
    check_place(institution, category, difficulty)
    wording = clean_wording(kind, stem, content, text_format)
    shown = media.referenced(institution, wording.stem, wording.content)
    with transaction.atomic():
        question = Question.objects.create(
            institution=institution, title=title, kind=kind, category=category, difficulty=difficulty
        )
        if names:
            question.tags.set(tags_named(institution, names))
        _add_version(question, 1, wording, shown, actor)
        audit.record(institution, question, "question.created", actor=actor, detail={"kind": kind})
    return question


def new_version(
    question: Question, *, stem: str, content: object, actor: User | None, text_format: str | None = None
) -> QuestionVersion:
    """Sets the wording and key of a question and returns the version that now holds them.

    While no paper uses the newest version it is changed in place; once one does, a new version is added and
    old papers keep theirs. Nothing changed: the newest version as it is. Without `text_format` that of the
    newest version stays. Raises InvalidInput naming the field, Conflict when the question is retired.
    """
    if question.retired_at is not None:
        raise Conflict("This question is retired and cannot be changed.", code="retired")
    with transaction.atomic():
        lock(question)
        newest = newest_version(question)
        if text_format is None:
            text_format = newest.text_format if newest else rich_text.PLAIN
        wording = clean_wording(question.kind, stem, content, text_format)
        if newest is not None and wording == Wording(newest.stem, newest.text_format, newest.content):
            return newest
        shown = media.referenced(question.institution, wording.stem, wording.content)
        if newest is not None and _change_unused(newest, wording):
            newest.media.set(shown)
            audit.record(question.institution, question, "question.changed", actor=actor)
            return newest
        last = question.versions.aggregate(last=Max("number"))["last"] or 0
        version = _add_version(question, last + 1, wording, shown, actor)
        audit.record(
            question.institution, question, "question.revised", actor=actor, detail={"version": last + 1}
        )
    return version


def newest_version(question: Question) -> QuestionVersion | None:
    """The version that goes on new papers; None only for a question that was never given a wording."""
    return question.versions.order_by("-number").first()


def retire(question: Question, *, actor: User | None) -> Question:
    """Takes a question out of use: it cannot be put into further sections; papers and sections keep it."""
    if question.retired_at is None:
        with transaction.atomic():
            question.retired_at = clock.now()
            question.save(update_fields=["retired_at"])
            audit.record(question.institution, question, "question.retired", actor=actor)
    return question


def copy_question(question: Question, *, actor: User | None) -> Question:
    """A new question in the same place, with the newest wording and key; its history starts anew.

    Raises Conflict when the question was never given a wording.
    """
    newest = newest_version(question)
    if newest is None:
        raise Conflict("This question has no wording yet.", code="no_version")
    return create_question(
        question.institution,
        title=f"Copy of {question.title}"[:200],
        kind=question.kind,
        stem=newest.stem,
        content=newest.content,
        text_format=newest.text_format,
        category=question.category,
        tags=tag_names(question),
        difficulty=question.difficulty,
        actor=actor,
    )


def restore(question: Question, *, actor: User | None) -> Question:
    """Takes a retired question back into use."""
    if question.retired_at is not None:
        with transaction.atomic():
            question.retired_at = None
            question.save(update_fields=["retired_at"])
            audit.record(question.institution, question, "question.restored", actor=actor)
    return question


def _add_version(
    question: Question, number: int, wording: Wording, shown: Sequence[QuestionMedia], actor: User | None
) -> QuestionVersion:
    version = QuestionVersion.objects.create(
        institution=question.institution,
        question=question,
        number=number,
        created_by=actor,
        **wording._asdict(),
    )
    if shown:
        version.media.set(shown)
    return version


def _change_unused(version: QuestionVersion, wording: Wording) -> bool:
    # Conditional: a paper that is drawn at this moment marks the version as used, and then wins.
    rows = QuestionVersion.objects.filter(pk=version.pk, used_at=None)
    if not rows.update(**wording._asdict()):
        return False
    version.stem, version.text_format, version.content = wording
    return True


def rename(question: Question, *, title: str, actor: User | None) -> Question:
    """Sets the title, which only the bank shows. Raises InvalidInput (title)."""
    title = plain_text(title, "title", "The title", most=200).strip()
    changed = Question.objects.filter(pk=question.pk).exclude(title=title).update(title=title)
    if changed:
        audit.record(question.institution, question, "question.renamed", actor=actor, detail={"title": title})
    question.title = title
    return question
