"""Files that are handed in: QTI asks for one file, of one type of content or of any."""

from exams.bank.formats import handed_in
from exams.bank.formats.base import Cannot
from exams.kinds.base import Content
from exams.kinds.file_upload.types import TYPES

_USUAL_MB = 10


def read(types: str) -> tuple[Content, tuple[str, ...]]:
    """The content for the `type` of an uploadInteraction, and what is lost. Raises Cannot.

    The specification has one type of content there; some systems write several.
    """
    endings, losses = handed_in.endings_of(types.replace(",", " ").split())
    if not endings:
        raise Cannot("its type of file cannot be handed in here")
    return {"types": endings, "most_files": 1, "largest_mb": _USUAL_MB}, tuple(losses)


def attributes(content: Content) -> dict[str, str]:
    """The type, where there is just one."""
    [first, *more] = content["types"]
    return {} if more else {"type": handed_in.content_type_of(first)}


def lost(content: Content) -> list[str]:
    """What an uploadInteraction cannot say."""
    losses = []
    if 1 < len(content["types"]) < len(TYPES):
        losses.append("files of any type may be handed in by the file")
    elif len(content["types"]) > 1:
        losses.append("by the file, types may be handed in that are not known here")
    if content["most_files"] != 1:
        losses.append("one file can be handed in by the file")
    if content["largest_mb"] != _USUAL_MB:
        losses.append("the largest size of a file is left out")
    return losses
