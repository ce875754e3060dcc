"""Copies of a person's own data: asked for, handed out by links of minutes, and cleared after some days."""

import tempfile
from datetime import timedelta
from typing import IO

from django.conf import settings
from django.db import transaction

from accounts import audit, signed_links, stored_files
from accounts.jobs import services as jobs
from accounts.models import Institution, User
from accounts.states import DONE, FAILED
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, NotAllowed, NotFound
from proctoring.evidence import parts
from proctoring.models import DataExport

STORE = "exports"
JOB = "rights.export"
KEPT_FOR = timedelta(days=3)
LONGEST_NOTE = 500
LINK_LIFETIME = timedelta(minutes=10)
_SALT = "proctoring.rights.export"


def ask_for(institution: Institution, email: object, *, actor: User, note: object) -> DataExport:
    """A copy for somebody of the institution who asked in another way; `note`: how they proved who they are.

    Raises InvalidInput (`email`, `note`).
    """
    given = email.strip() if isinstance(email, str) else ""
    person = User.objects.filter(email__iexact=given, memberships__institution=institution).first()
    if person is None:
        raise InvalidInput("Nobody here has this address.", field="email")
    said = " ".join(note.replace("\x00", "").split()) if isinstance(note, str) else ""
    if not said:
        raise InvalidInput("Say how you know that it is them; it is logged.", field="note", code="required")
    if len(said) > LONGEST_NOTE:
        raise InvalidInput(f"At most {LONGEST_NOTE} characters.", field="note", code="too_long")
    return ask(institution, person, actor=actor, note=said)


def ask(institution: Institution, person: User, *, actor: User, note: str = "") -> DataExport:
    """Asks for a copy; while one is being made, that one is returned."""
    rows = DataExport.objects.filter(institution=institution, person=person, asked_by=actor, made_at=None)
    under_way = rows.exclude(job__state__in=(DONE, FAILED)).first()
    if under_way is not None:
        return under_way
    with transaction.atomic():
        row = DataExport.objects.create(
            institution=institution, person=person, asked_by=actor, asked_at=clock.now(), note=note
        )
        row.job = jobs.enqueue(
            institution,
            JOB,
            title=f"Copy of a person's data, export {row.pk}",
            actor=actor,
            arguments={"export": row.pk},
        )
        row.save(update_fields=["job"])
        detail = {"person": person.pk} | ({"note": note} if note else {})
        audit.record(institution, row, "data_export.asked", actor=actor, detail=detail)
    return row


def link_of(export: DataExport, viewer: User) -> str:
    """The value of `?link=`, for one export, one viewer and some minutes."""
    return signed_links.make(_SALT, [export.pk], viewer)


def open_for(export: DataExport, link: str, *, viewer: User) -> IO[bytes]:
    """The file; each download is logged. Raises NotAllowed (link_expired, link_invalid, not_allowed),
    NotFound (`gone`), Unavailable.
    """
    signed_links.check(link, _SALT, [export.pk], viewer, lifetime=LINK_LIFETIME, noun="copy")
    if viewer.pk not in (export.person_id, export.asked_by_id):
        raise NotAllowed("This copy is for somebody else.")
    if not is_there(export):
        raise NotFound("This copy was deleted; ask for a new one.", code="gone")
    file: IO[bytes] = tempfile.TemporaryFile(dir=settings.DATA_DIR)  # noqa: SIM115  (its reader closes it)
    try:
        parts.copy(STORE, export.stored_name, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    audit.record(export.institution, export, "data_export.downloaded", actor=viewer)
    return file


def is_there(export: DataExport) -> bool:
    """Whether the file can be had now."""
    return bool(export.stored_name) and export.expires_at is not None and export.expires_at > clock.now()


def clear_expired() -> int:
    """Deletes the files whose days are over, of all institutions; the rows stay. How many."""
    # _base_manager: upkeep means every institution.
    rows = DataExport._base_manager.filter(expires_at__lte=clock.now()).exclude(stored_name="")
    count = 0
    for row in rows.select_related("institution")[:100]:
        with transaction.atomic():
            stored_files.remove(row.institution, STORE, [row.stored_name])
            DataExport._base_manager.filter(pk=row.pk).update(stored_name="")
        count += 1
    return count
