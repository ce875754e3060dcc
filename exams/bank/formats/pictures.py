"""Pictures on which places are marked: found among a question's files, and measured."""

from exams.bank.formats.base import Cannot, ParsedQuestion
from exams.bank.media_types import FileFacts, examine
from proctor_site.kernel.errors import InvalidInput, TooLarge

UNDESCRIBED = "the picture has no description; write one"


def measured(data: bytes) -> tuple[int, int]:
    """Width and height of a picture in pixels. Raises Cannot."""
    facts = _facts(data)
    if facts.width is None or facts.height is None:
        raise Cannot("its picture is no picture")
    return facts.width, facts.height


def content_type(data: bytes) -> str:
    """Such as "image/png". Raises Cannot."""
    return _facts(data).content_type


def _facts(data: bytes) -> FileFacts:
    try:
        return examine(data)
    except (InvalidInput, TooLarge) as refusal:
        raise Cannot(f"its picture cannot be taken: {refusal.message}") from None


def picture_of(question: ParsedQuestion) -> bytes:
    """The picture of a question about places. Raises Cannot."""
    data = question.media.get(question.content["media"])
    if data is None:
        raise Cannot("Its picture is missing in the store.")
    return data
