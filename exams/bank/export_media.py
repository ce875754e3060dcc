"""Pictures and sounds of questions that go into files."""

from collections.abc import Iterable
from dataclasses import replace

from django.core.files.storage import storages

from exams.bank.formats import markup
from exams.bank.formats.base import ParsedQuestion
from exams.kinds.registry import kind_named
from exams.models import QuestionMedia


def with_files(question: ParsedQuestion, media: Iterable[QuestionMedia]) -> ParsedQuestion:
    """The question with its files, and their names instead of public ids in its texts."""
    names: dict[str, str] = {}
    files: dict[str, bytes] = {}
    losses = []
    for each in media:
        try:
            with storages["question_media"].open(each.stored_name) as stream:
                data = stream.read()
        except OSError:
            losses.append(f"the file “{each.name}” is missing in the store")
            continue
        name = markup.safe_name(each.name, files)
        files[name], names[str(each.public_id)] = data, f"media:{name}"
    kind = kind_named(question.kind)
    content = kind.with_texts(question.content, lambda text: markup.with_media(text, names))
    content = kind.with_files(content, lambda own: names.get(own, own).removeprefix("media:"))
    return replace(
        question,
        stem=markup.with_media(question.stem, names),
        content=content,
        media=files,
        losses=(*question.losses, *losses),
    )
