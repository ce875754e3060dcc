"""What candidates handed in, as staff read it in a case: the list with links of minutes, and one file."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from proctoring.identity import photo_links
from proctoring.models import Case, Reply, ReplyFile
from proctoring.review.blind import shown_for
from proctoring.rights import replies, reply_files
from proctoring.rights.reply_files import OpenedFile

_LINK = "reply_file"


@dataclass(frozen=True, slots=True)
class FileLink:
    """One file and the address at which this viewer may open it for some minutes; `name`: as shown."""

    file: ReplyFile
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ShownReply:
    """One text of the candidate with its files."""

    reply: Reply
    text: str
    files: list[FileLink]


def replies_context(case: Case, viewer: User, slug: str) -> dict[str, Any]:
    """What `admin/proctoring/case/_replies.html` shows: `replies`, and in `replies_altered` the first one
    that does not fit their chain.

    Who reads without names gets texts without the name, and files by number: how people name their files
    often says who they are.
    """
    rows = Reply.objects.filter(case=case).prefetch_related("files").order_by("number")
    how = shown_for(case, viewer)
    shown = [
        ShownReply(
            each,
            how.words(each.text),
            [
                FileLink(
                    file, _neutral(number, file) if how.is_hidden else file.name, _address(file, viewer, slug)
                )
                for number, file in enumerate(each.files.all(), start=1)
            ],
        )
        for each in rows
    ]
    return {"replies": shown, "replies_altered": replies.first_broken(case) if shown else None}


def open_file(public_id: str, link: str, *, viewer: User) -> OpenedFile:
    """A file by its link, for a viewer whose right the caller has checked; each look is logged.

    Raises NotAllowed (`link_expired`, `link_invalid`), and as `reply_files.open_for_staff`.
    """
    photo_links.check_link((public_id, _LINK), link, viewer)
    return reply_files.open_for_staff(public_id, viewer=viewer)


def _neutral(number: int, file: ReplyFile) -> str:
    return f"File {number} ({file.content_type.partition('/')[2] or 'unknown kind'})"


def _address(file: ReplyFile, viewer: User, slug: str) -> str:
    link = photo_links.make_link((str(file.public_id), _LINK), viewer)
    return f"{reverse('reply_file', args=[slug, file.public_id])}?link={link}"
