"""Takes in files as answers, ties them to the journal, and gives them out to who may see them."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from accounts.models import User
from accounts.transitions import lock
from exams import states, timing
from exams.delivery.attempts import require_device
from exams.delivery.changes import Change
from exams.delivery.devices import clean_device, turn_of
from exams.delivery.navigation import Gate
from exams.kinds.file_upload.kind import LARGEST_MB
from exams.kinds.file_upload.types import check_file, clean_name
from exams.kinds.registry import kind_named
from exams.models import AnswerFile, Attempt, PaperItem, RoundMarker
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, TooLarge, TooLate, Unavailable

MOST_BYTES = LARGEST_MB * 1_000_000
MOST_STORED = 30
"""Files of one question that are kept, those taken out of the answer again included."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file and its bytes."""

    file: AnswerFile
    data: bytes


def keep(attempt: Attempt, *, item_id: int, device: str, name: str, data: bytes) -> AnswerFile:
    """Stores a file for a question of the paper; it counts once a change of the answer names it.

    Raises as `journal.save_batch` does while no answer could be saved, and Conflict for a question that is
    closed; InvalidInput (item; file: type_not_allowed, type_differs, empty), TooLarge (file), Conflict
    too_many, Unavailable when the store cannot be written.
    """
    device = clean_device(device)
    item = attempt.paper.select_related("section", "version__question").filter(pk=item_id).first()
    kind = kind_named(item.version.question.kind) if item else None
    if item is None or kind is None or not kind.holds_files:
        raise InvalidInput(f"Question {item_id} takes no files.", field="item", code="not_on_paper")
    content = item.version.content
    if len(data) > content["largest_mb"] * 1_000_000:
        raise TooLarge(f"This file is larger than {content['largest_mb']} MB.", field="file")
    name = clean_name(name)
    found = check_file(name, data, content["types"])
    # Refused before the bytes are stored, and again under the lock: storing may take long.
    _require_open(attempt, item, device)
    stored = _store(attempt, data)
    try:
        with transaction.atomic():
            lock(attempt)
            _require_open(attempt, item, device)
            return AnswerFile.objects.create(
                institution_id=attempt.institution_id,
                attempt=attempt,
                item=item,
                name=name,
                content_type=found.content_type,
                size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                stored_name=stored,
                device=device,
                received_at=clock.now(),
            )
    except BaseException:
        storages["answer_files"].delete(stored)
        raise


def settled(item: PaperItem, value: Any) -> Any:
    """A clean value with name, size and hash of each file as they were stored, for the journal.

    Raises InvalidInput (value) for a file that was not handed in for this question of this attempt.
    """
    if not value:
        return value
    known = {str(file.public_id): file for file in AnswerFile.objects.filter(item=item)}
    missing = [each["id"] for each in value if each["id"] not in known]
    if missing:
        raise InvalidInput(f"The file {missing[0]} was not handed in for this question.", field="value")
    return [facts_of(known[each["id"]]) for each in value]


def facts_of(file: AnswerFile) -> dict[str, Any]:
    """A file as an answer's value names it."""
    return {"id": str(file.public_id), "name": file.name, "size": file.size, "sha256": file.sha256}


def open_for(person: User, public_id: str) -> OpenedFile:
    """A file for its candidate, for staff who may see answers, and for those who mark this answer.

    Searches the open scope. Raises NotFound for everybody else.
    """
    rows = AnswerFile.objects.select_related("attempt__enrolment", "institution")
    file = rows.filter(public_id=public_id).first()
    if file is None or not _may_see(person, file):
        raise NotFound("There is no such file that you may see.")
    try:
        with storages["answer_files"].open(file.stored_name) as stored:
            data = stored.read()
    except OSError as error:
        raise Unavailable("The file cannot be read at the moment; try again.") from error
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise Unavailable("The stored file is not the one that was handed in; tell the exam office.")
    return OpenedFile(file, data)


def _may_see(person: User, file: AnswerFile) -> bool:
    if file.attempt.enrolment.candidate_id == person.pk or person.has_perm("exams.view_answer", file):
        return True
    marks = RoundMarker.objects.filter(user=person, round__answers__item=file.item_id).exists()
    return marks and person.has_perm("exams.mark_answers", file)


def _require_open(attempt: Attempt, item: PaperItem, device: str) -> None:
    now = clock.now()
    if attempt.state != states.IN_PROGRESS:
        raise Conflict("Files are taken in while the exam is running, and it is not.", code="not_running")
    if attempt.deadline_at is None or timing.is_past(attempt.deadline_at, now):
        raise TooLate("The working time is over; this file came after the deadline.")
    require_device(attempt, device)
    turn = turn_of(attempt.devices or [attempt.device], device) or 0
    # A change given at this moment: what the gate refuses for it, it refuses for a file.
    Gate(attempt, device, turn, now).check(item, Change(0, item.pk, None, None, now))
    if item.files.count() >= MOST_STORED:
        raise Conflict("No more files are taken in for this question.", code="too_many")


def _store(attempt: Attempt, data: bytes) -> str:
    name = f"{attempt.institution_id}/{attempt.pk}/{secrets.token_urlsafe(24)}"
    try:
        return storages["answer_files"].save(name, ContentFile(data))
    except OSError as error:
        raise Unavailable("The file cannot be stored at the moment; try again.") from error
