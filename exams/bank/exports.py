"""Questions of the bank as a file in another system's format, with a report of what it cannot hold."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from accounts import audit
from accounts.models import Institution, User
from exams.bank.category_names import names_of
from exams.bank.export_media import with_files
from exams.bank.formats.base import Format, ParsedQuestion, Refused
from exams.models import Question, QuestionVersion
from proctor_site.kernel.errors import InvalidInput, TooLarge

MOST_QUESTIONS = 10_000


@dataclass(frozen=True, slots=True)
class Fitted:
    """Which questions a format can hold: `held` (their losses named) and `refused`, in the bank's order."""

    format: Format
    held: list[ParsedQuestion]
    refused: list[Refused]

    @property
    def with_losses(self) -> list[ParsedQuestion]:
        return [each for each in self.held if each.losses]


def fitted(questions: QuerySet[Question], form: Format) -> Fitted:
    """The newest versions of the questions as the format holds them. Raises TooLarge over MOST_QUESTIONS."""
    held, refused = [], []
    for each in _newest(questions):
        found = form.fit(each)
        if isinstance(found, Refused):
            refused.append(found)
        else:
            held.append(found)
    return Fitted(form, held, refused)


def export(institution: Institution, found: Fitted, *, actor: User | None) -> bytes:
    """The file of what the format holds. Raises InvalidInput when that is nothing."""
    if not found.held:
        raise InvalidInput(f"{found.format.label} can hold none of these questions.", field="format")
    data = found.format.write(found.held)
    detail = {"format": found.format.name, "questions": len(found.held), "left_out": len(found.refused)}
    audit.record(institution, institution, "questions.exported", actor=actor, detail=detail)
    return data


def _newest(questions: QuerySet[Question]) -> Iterable[ParsedQuestion]:
    if questions.count() > MOST_QUESTIONS:
        raise TooLarge(f"At most {MOST_QUESTIONS:,} questions go into one file.", field="questions")
    newest = QuestionVersion.objects.filter(question=OuterRef("question")).order_by("-number")
    rows = QuestionVersion.objects.filter(
        question__in=questions.order_by().values("pk"), pk=Subquery(newest.values("pk")[:1])
    )
    rows = rows.select_related("question__category").prefetch_related("question__tags", "media")
    found = list(rows.order_by("question__category__path", "question__title", "question_id"))
    paths = names_of({row.question.category for row in found if row.question.category})
    for version in found:
        question = version.question
        parsed = ParsedQuestion(
            title=question.title,
            stem=version.stem,
            kind=question.kind,
            content=version.content,
            text_format=version.text_format,
            category=paths[question.category_id] if question.category_id else (),
            tags=tuple(sorted(tag.name for tag in question.tags.all())),
            difficulty=question.difficulty,
            where=f"question {question.pk}",
        )
        yield with_files(parsed, version.media.all()) if version.media.all() else parsed
