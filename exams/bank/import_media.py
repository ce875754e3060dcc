"""Pictures and sounds of questions that come from files: checked in the dry run, stored with the import."""

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.core.files.storage import storages

from accounts.models import Institution, User
from exams.bank import media
from exams.bank.bulk import Draft
from exams.bank.formats import markup
from exams.bank.formats.base import HTML, ParsedQuestion, one_line
from exams.bank.media_types import examine
from exams.kinds.registry import kind_named
from exams.models import QuestionMedia
from proctor_site.kernel.errors import InvalidInput, TooLarge

_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ALT = re.compile(r"\balt=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attached:
    """One file of a question. Until it is stored, `stands_for` takes the place of its public id."""

    name: str
    data: bytes
    description: str
    stands_for: str


def attached(parsed: ParsedQuestion, title: str) -> tuple[ParsedQuestion, list[Attached], list[str]]:
    """The question with ids instead of file names, its files, and what is lost.

    A file that the institution has already keeps the id it has there, so that a question that was imported
    before is known again. Raises InvalidInput when a picture that the question is about cannot be taken.
    """
    needed = _needed(parsed)
    if not needed and (not parsed.media or parsed.text_format != HTML):
        return parsed, [], []
    texts = [parsed.stem]

    def note(text: str) -> str:
        texts.append(text)
        return text

    kind_named(parsed.kind).with_texts(parsed.content, note)
    shown = needed | (markup.media_names(texts) if parsed.text_format == HTML else set())
    files, losses = [], []
    for name, data in parsed.media.items():
        if name not in shown:
            continue
        try:
            facts = examine(data)
        except (InvalidInput, TooLarge) as refusal:
            if name in needed:
                raise
            losses.append(f"the file “{name}” is left out: {refusal.message}")
            continue
        told = str(parsed.content.get("description", ""))[: media.LONGEST_DESCRIPTION].strip()
        description = told if name in needed else _description(texts, name)
        if facts.content_type.startswith("image/") and not description:
            description = f"Picture of the question “{title}”"[: media.LONGEST_DESCRIPTION]
            losses.append(f"the picture “{name}” has no description; write one")
        files.append(Attached(name, data, description, _id_of(data, description)))
    return _renamed(parsed, {each.name: f"media:{each.stands_for}" for each in files}), files, losses


@contextmanager
def undone_on_failure() -> Iterator[list[QuestionMedia]]:
    """A list for `stored`: when the transaction inside fails, what it left in the store is removed again."""
    kept: list[QuestionMedia] = []
    try:
        yield kept
    except BaseException:
        there = set(QuestionMedia.objects.filter(pk__in=[each.pk for each in kept]).values_list("pk"))
        for each in kept:
            if (each.pk,) not in there:
                storages["question_media"].delete(each.stored_name)
        raise


def _needed(parsed: ParsedQuestion) -> set[str]:
    """Names of the files that the question is about."""
    found: set[str] = set()

    def note(name: str) -> str:
        found.add(name)
        return name

    kind_named(parsed.kind).with_files(parsed.content, note)
    if found - set(parsed.media):
        raise InvalidInput("Its picture is not in the file.", field="media")
    return found


def stored(
    institution: Institution,
    found: Iterable[tuple[Draft, Sequence[Attached]]],
    *,
    actor: User | None,
    kept: list[QuestionMedia],
) -> list[Draft]:
    """The drafts with the ids of their files, which are stored now and listed in `kept`; in the caller's
    transaction."""
    drafts = []
    for draft, files in found:
        ids = {}
        for each in files:
            made = media.store(
                institution, name=each.name, data=each.data, description=each.description, actor=actor
            )
            kept.append(made)
            ids[each.stands_for] = f"media:{made.public_id}"
        drafts.append(_with_ids(draft, ids) if ids else draft)
    return drafts


def _id_of(data: bytes, description: str) -> str:
    digest = hashlib.sha256(data).hexdigest()
    known = QuestionMedia.objects.filter(sha256=digest, description=description).first()
    return str(known.public_id if known else uuid.uuid5(uuid.NAMESPACE_OID, f"{digest}{description}"))


def _description(texts: Iterable[str], name: str) -> str:
    """The first alternative text of the picture."""
    for image in (image for text in texts for image in _IMAGE.findall(text)):
        found = _ALT.search(image)
        if found and name in markup.media_names([image]):
            words = one_line(markup.words_of(found[1] or found[2] or ""))
            if words:
                return words[: media.LONGEST_DESCRIPTION]
    return ""


def _renamed(parsed: ParsedQuestion, names: dict[str, str]) -> ParsedQuestion:
    kind = kind_named(parsed.kind)
    content = kind.with_texts(parsed.content, lambda text: markup.with_media(text, names))
    content = kind.with_files(content, lambda own: names.get(own, own).removeprefix("media:"))
    return replace(parsed, stem=markup.with_media(parsed.stem, names), content=content)


def _with_ids(draft: Draft, ids: dict[str, str]) -> Draft:
    kind = kind_named(draft.kind)
    content = kind.with_texts(draft.wording.content, lambda text: markup.with_media(text, ids))
    content = kind.with_files(content, lambda own: ids.get(own, own).removeprefix("media:"))
    stem = markup.with_media(draft.wording.stem, ids)
    return replace(draft, wording=draft.wording._replace(stem=stem, content=content))
