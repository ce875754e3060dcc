"""Stores the media of questions in a private store."""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction

from accounts import audit
from accounts.models import Institution, User
from exams.bank import rich_text
from exams.bank.media_types import examine
from exams.kinds.shapes import plain_text
from exams.models import Question, QuestionMedia, QuestionVersion
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound

_OF_CONTENT = re.compile(r'"media": "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"')
LONGEST_DESCRIPTION = 500
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class OpenedMedia:
    """A file that its reader may see; `stream` can be moved in and has to be closed."""

    media: QuestionMedia
    stream: BinaryIO


def store(
    institution: Institution,
    *,
    name: str,
    data: bytes,
    description: str,
    actor: User | None,
    question: Question | None = None,
) -> QuestionMedia:
    """Keeps a file; the same bytes with the same description are kept once.

    A picture needs a description. Raises InvalidInput or TooLarge (file, name, description).
    """
    facts = examine(data)
    name = _clean_name(name, facts.ending)
    description = plain_text(
        description, "description", "The description", most=LONGEST_DESCRIPTION, may_be_empty=True
    ).strip()
    if facts.content_type.startswith("image/") and not description:
        raise InvalidInput(
            "Describe the picture for people who cannot see it.", field="description", code="required"
        )
    digest = hashlib.sha256(data).hexdigest()
    twin = QuestionMedia.objects.filter(institution=institution, sha256=digest, description=description)
    found = twin.first()
    if found is not None:
        return found
    public_id = uuid.uuid4()
    stored_name = _store().save(f"{institution.pk}/{public_id}.{facts.ending}", ContentFile(data))
    with transaction.atomic():
        media = QuestionMedia.objects.create(
            institution=institution,
            public_id=public_id,
            question=question,
            name=name,
            description=description,
            content_type=facts.content_type,
            size=len(data),
            sha256=digest,
            width=facts.width,
            height=facts.height,
            stored_name=stored_name,
            created_by=actor,
        )
        audit.record(institution, media, "media.stored", actor=actor, detail={"name": name, "sha256": digest})
    return media


def open_file(media: QuestionMedia) -> OpenedMedia:
    """The file for somebody who may see it: who that is, `delivery.media_access` knows. Raises NotFound."""
    try:
        stream = _store().open(media.stored_name, "rb")
    except FileNotFoundError as error:
        raise NotFound(
            "The file is missing in the store; tell the exam office.", code="file_missing"
        ) from error
    return OpenedMedia(media, cast(BinaryIO, stream))


def remove(media: QuestionMedia, *, actor: User | None) -> None:
    """Deletes a file that no version shows. Raises Conflict otherwise."""
    with transaction.atomic():
        if media.versions.exists():
            raise Conflict("A question shows this file, so it has to stay.", code="in_use")
        audit.record(media.institution, media, "media.removed", actor=actor, detail={"name": media.name})
        stored_name = media.stored_name
        media.delete()
        # After the commit: a row without its file would be worse than a file without its row.
        transaction.on_commit(lambda: _store().delete(stored_name))


def referenced(institution: Institution, stem: str, content: object) -> list[QuestionMedia]:
    """The media that a wording shows. Raises InvalidInput (stem) when one is not the institution's."""
    wanted = _shown_in(stem, content)
    if not wanted:
        return []
    found = list(QuestionMedia.objects.filter(institution=institution, public_id__in=wanted))
    missing = wanted - {str(media.public_id) for media in found}
    if missing:
        raise InvalidInput(
            f"There is no picture, sound or file media:{min(missing)} here; insert it again.",
            field="stem",
            code="no_such_media",
        )
    return found


def link_versions(institution: Institution, versions: Sequence[QuestionVersion]) -> None:
    """Notes which media new versions show, so that their candidates may see them; three queries at most."""
    wanted = {version.pk: _shown_in(version.stem, version.content) for version in versions}
    names = set().union(*wanted.values())
    if not names:
        return
    rows = QuestionMedia.objects.filter(institution=institution, public_id__in=names)
    keys = {str(media.public_id): media.pk for media in rows}
    link = QuestionVersion.media.through
    link.objects.bulk_create(
        [
            link(questionversion_id=version, questionmedia_id=keys[name])
            for version, shown in wanted.items()
            for name in sorted(shown & keys.keys())
        ]
    )


def newest(institution: Institution, *, most: int = 30) -> Iterable[QuestionMedia]:
    """The media brought in last, newest first, for choosing from."""
    return QuestionMedia.objects.filter(institution=institution).order_by("-id")[:most]


def _shown_in(stem: str, content: object) -> set[str]:
    """Public ids in texts (media:<id>) and under the name "media" of a content, as hotspots have it."""
    written = json.dumps(content)
    return rich_text.media_in(stem) | rich_text.media_in(written) | set(_OF_CONTENT.findall(written))


def _clean_name(name: object, ending: str) -> str:
    text = plain_text(name, "name", "The file name", most=1_000, may_be_empty=True)
    text = text.replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(char for char in text if char.isprintable() and char not in '"<>:|?*').strip(". ")
    stem = text.rsplit(".", 1)[0] if "." in text else text
    # The ending follows the bytes, so that a saved file opens as what it is.
    return f"{stem[: LONGEST_NAME - 6] or 'file'}.{ending}"


def _store() -> Storage:
    return storages["question_media"]
