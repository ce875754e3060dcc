"""Files that candidates add to a reply: taken in by their bytes, kept encrypted, given out."""

import hashlib
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import QuerySet, Sum

from accounts import audit, stored_files
from accounts.models import User
from accounts.transitions import lock
from exams.kinds.file_upload.types import check_file, clean_name
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotFound, TooLarge, Unavailable
from proctoring.evidence import keys, parts
from proctoring.models import Case, DataClass, ReplyFile

log = logging.getLogger(__name__)

STORE = "replies"
TYPES = ["pdf", "png", "jpg", "gif", "webp", "txt", "md", "mp3", "m4a", "wav"]
"""What people can look at or listen to; nothing that a program of theirs would run."""
MOST_MB = 10
MOST_FILES = 10
"""Of one reply."""
MOST_MB_IN_ALL = 100
"""Of one case, what was handed in before included."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file and its bytes."""

    file: ReplyFile
    data: bytes


def add(case: Case, part: str, *, candidate: User, name: str, data: bytes) -> ReplyFile:
    """Adds a file to what is being written. The same bytes under the same name are added once.

    Raises NotFound for anybody but the candidate, InvalidInput (`file`: type_not_allowed, type_differs,
    empty), TooLarge (`file`), Conflict `too_many`, Unavailable when the store does not answer.
    """
    require_own(case, candidate)
    name = clean_name(name)
    if len(data) > MOST_MB * 1_000_000:
        raise TooLarge(f"{name} is larger than {MOST_MB} MB.", field="file")
    found = check_file(name, data, TYPES)
    digest = hashlib.sha256(data).hexdigest()
    if (twin := _of_draft(case, part).filter(name=name, sha256=digest).first()) is not None:
        return twin
    _require_room(case, part, len(data))
    stored = _save(case, data)
    try:
        with transaction.atomic():
            lock(case)
            _require_room(case, part, len(data))
            return ReplyFile.objects.create(
                institution=case.institution,
                case=case,
                part=part,
                name=name,
                content_type=found.content_type,
                size=len(data),
                sha256=digest,
                stored_name=stored,
                received_at=clock.now(),
            )
    except BaseException:
        storages[STORE].delete(stored)
        raise


def take_out(case: Case, part: str, public_id: str, *, candidate: User) -> None:
    """Deletes a file that is not handed in yet; one that is gone already is no error. Raises NotFound."""
    require_own(case, candidate)
    with transaction.atomic():
        lock(case)
        file = _of_draft(case, part).filter(public_id=public_id).first()
        if file is not None:
            stored_files.remove(case.institution, STORE, [file.stored_name])
            file.delete()


def draft_files(case: Case, part: str) -> list[ReplyFile]:
    """The files of what is being written, in the order in which they came."""
    return list(_of_draft(case, part).order_by("pk"))


def open_own(public_id: str, *, candidate: User) -> OpenedFile:
    """A file for the candidate who sent it. Raises NotFound, Unavailable."""
    file = _find(public_id)
    if file is None or file.case.session.candidate_id != candidate.pk:
        raise NotFound("There is no such file of yours.")
    return OpenedFile(file, _read(file))


def open_for_staff(public_id: str, *, viewer: User) -> OpenedFile:
    """A file that was handed in, for staff whose right the caller has checked; each look is logged.

    Nobody opens files of their own case in this way. Raises NotFound (also `erased`), Unavailable, Conflict
    (`altered`).
    """
    file = _find(public_id)
    if file is None or file.reply is None or file.case.session.candidate_id == viewer.pk:
        raise NotFound("There is no such file.")
    data = _read(file)
    detail = {"file": file.name, "sha256": file.sha256}
    audit.record(file.institution, file.reply, "reply.file_viewed", actor=viewer, detail=detail)
    return OpenedFile(file, data)


def facts_of(files: Iterable[ReplyFile]) -> list[dict[str, Any]]:
    """Files as the receipt of their reply names them, in the order in which they came."""
    rows = sorted(files, key=lambda each: each.pk)
    return [{"name": each.name, "size": each.size, "sha256": each.sha256} for each in rows]


def require_own(case: Case, candidate: User) -> None:
    """Raises NotFound for anybody but the candidate of the case."""
    if case.session.candidate_id != candidate.pk:
        raise NotFound("There is no such case of yours.")


def _of_draft(case: Case, part: str) -> QuerySet[ReplyFile]:
    return ReplyFile.objects.filter(case=case, part=part, reply=None)


def _find(public_id: str) -> ReplyFile | None:
    rows = ReplyFile.objects.select_related("institution", "reply__institution", "case__session")
    found: ReplyFile | None = rows.filter(public_id=public_id).first()
    return found


def _require_room(case: Case, part: str, size: int) -> None:
    if _of_draft(case, part).count() >= MOST_FILES:
        raise Conflict(f"At most {MOST_FILES} files in one reply.", code="too_many")
    used = ReplyFile.objects.filter(case=case).aggregate(sum=Sum("size"))["sum"] or 0
    if used + size > MOST_MB_IN_ALL * 1_000_000:
        raise Conflict(f"At most {MOST_MB_IN_ALL} MB of files about one exam.", code="too_many")


def _save(case: Case, data: bytes) -> str:
    name = f"{case.institution_id}/{case.pk}/{secrets.token_urlsafe(24)}"
    sealed = keys.sealer_of(case.session).seal(DataClass.REPLY, name, data)
    try:
        saved = storages[STORE].save(name, ContentFile(sealed))
        if saved != name:  # a sealed file opens under its own name alone
            storages[STORE].delete(saved)
            raise OSError(f"the store wanted to call {name} {saved}")
        return name
    except Exception as error:  # each store has errors of its own
        log.exception("a file of a reply to case %s could not be stored", case.pk)
        raise Unavailable("The file could not be stored; please try again in a minute.") from error


def _read(file: ReplyFile) -> bytes:
    data = keys.unseal(file.stored_name, parts.whole(STORE, file.stored_name))
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise Conflict("This file is not the one that was handed in; it is not shown.", code="altered")
    return data
