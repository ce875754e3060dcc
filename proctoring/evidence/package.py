"""Packages of a case to hand over: files in clear, a signed list, who saw what, a program that checks."""

import hashlib
import logging
import secrets
import tempfile
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction

from accounts import audit, signed_links, stored_files
from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue
from accounts.models import Job, User
from accounts.tenancy import within
from accounts.transitions import lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from proctoring import holds
from proctoring.evidence import custody, keys, package_content, parts
from proctoring.models import Case, DataClass, EvidenceItem, MonitoringSession, SealedPackage

log = logging.getLogger(__name__)
JOB = "proctoring.seal_package"
KEPT_FOR = timedelta(days=7)
LINK_LIFETIME = timedelta(minutes=10)
_SALT = "proctoring.evidence.package"
_LONGEST = {"recipient": 200, "reason": 500}


def seal(
    case: Case, *, actor: User, recipient: object, reason: object, with_readings: bool = False
) -> SealedPackage:
    """Asks for a package; a job makes it. What is asked for, by whom, for whom and why is logged.

    Raises NotAllowed, InvalidInput (`recipient`, `reason`), Conflict `altered` when the evidence is not
    whole: what cannot be proved is not handed over as if it could.
    """
    if not actor.has_perm("proctoring.seal_evidence", case):
        raise NotAllowed("Only the exam office hands evidence over.")
    said = {"recipient": _words(recipient, "recipient"), "reason": _words(reason, "reason")}
    broken = custody.first_broken(case.session, check_files=False)
    if broken is not None:
        raise Conflict(f"The evidence is not whole: {broken.problem}. Nothing is sealed.", code="altered")
    with transaction.atomic():
        row = SealedPackage.objects.create(
            institution=case.institution,
            case=case,
            with_readings=with_readings,
            made_by=actor,
            asked_at=clock.now(),
            **said,
        )
        detail = {"package": row.pk, "readings": with_readings, **said}
        audit.record(case.institution, case.session, "evidence.package_asked", actor=actor, detail=detail)
        title = f"Package of evidence for {row.recipient}"
        row.job = enqueue(case.institution, JOB, title=title, actor=actor, arguments={"package": row.pk})
        row.save(update_fields=["job"])
    row.refresh_from_db()
    return row


@job_kind(JOB)
def make(job: Job, progress: Progress) -> dict[str, Any] | None:
    """Writes the zip to disk, encrypts it and stores it; each file is checked against its hash on the way."""
    row = SealedPackage.objects.select_related("case__session__institution", "made_by").get(
        pk=job.arguments["package"]
    )
    if row.made_at is not None:
        return None
    session = row.case.session
    name = f"{row.institution_id}/packages/{secrets.token_urlsafe(24)}.zip"
    # Files without a name on disk: they are gone when the process is, however it ends.
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
        facts = package_content.write(row, file, progress.tell)
        size, sha256 = file.tell(), _sha256_of(file)
        _store(session, name, size, file)
    try:
        with transaction.atomic():
            _finish(row, name, size, sha256, facts)
    except BaseException:
        storages["evidence"].delete(name)
        raise
    return {"package": row.pk}


def _store(session: MonitoringSession, name: str, size: int, file: IO[bytes]) -> None:
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as sealed:
        sealed.writelines(keys.sealer_of(session).seal_file(DataClass.PACKAGE, name, size, file))
        sealed.seek(0)
        saved = storages["evidence"].save(name, File(sealed))
    if saved != name:
        storages["evidence"].delete(saved)
        raise OSError("the store wanted another name")


def _finish(row: SealedPackage, name: str, size: int, sha256: str, facts: dict[str, int]) -> None:
    session = row.case.session
    lock(session, "institution")
    left = EvidenceItem.objects.filter(session=session, erased_at=None).count()
    if left != facts["items"]:
        words = "Evidence came or was erased while the package was made; make it anew."
        raise Conflict(words, code="changed")
    row.name, row.size, row.sha256 = name, size, sha256
    row.items, row.erased_items = facts["items"], facts["erased"]
    row.made_at = clock.now()
    row.expires_at = row.made_at + KEPT_FOR
    row.save()
    detail = {"package": row.pk, "sha256": row.sha256, "recipient": row.recipient}
    audit.record(row.institution, session, "evidence.package_made", actor=row.made_by, detail=detail)


def _sha256_of(file: IO[bytes]) -> str:
    """Of the whole file, which stands at its begin afterwards."""
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return found


def link_to(row: SealedPackage, viewer: User) -> str:
    """The signed part of the address of a download: one package, one viewer, some minutes."""
    return signed_links.make(_SALT, [row.pk], viewer)


def download(row: SealedPackage, link: str, *, actor: User) -> IO[bytes]:
    """The zip in clear, as an open file without a name on disk; each download is logged.

    Raises NotAllowed (`link_expired`, `link_invalid`, `not_allowed`), NotFound, Conflict, Unavailable.
    """
    if not actor.has_perm("proctoring.seal_evidence", row):
        raise NotAllowed("Only the exam office hands evidence over.")
    signed_links.check(link, _SALT, [row.pk], actor, lifetime=LINK_LIFETIME, noun="package")
    if not row.name:
        raise NotFound("This package is not there any more; make a new one.")
    file: IO[bytes] = tempfile.TemporaryFile(dir=settings.DATA_DIR)  # noqa: SIM115  (its reader closes it)
    try:
        parts.copy("evidence", row.name, file)
        if (file.tell(), _sha256_of(file)) != (row.size, row.sha256):
            raise Conflict("This package is not the one that was made.", code="altered")
        detail = {"package": row.pk, "recipient": row.recipient}
        session = row.case.session
        audit.record(row.institution, session, "evidence.package_downloaded", actor=actor, detail=detail)
    except BaseException:
        file.close()
        raise
    return file


def remove_expired() -> int:
    """Removes the files of packages whose days are over, of all institutions, but for held ones; how many.

    Rows stay.
    """
    due = SealedPackage._base_manager.filter(expires_at__lte=clock.now()).exclude(name="")
    due = holds.unheld(due, **{name: f"case__session__{path}" for name, path in holds.OF_SESSION.items()})
    rows = list(due.select_related("institution", "case__session")[:100])
    for row in rows:
        with within(row.institution), transaction.atomic():
            _remove(row)
    return len(rows)


def remove_of(session: MonitoringSession, *, actor: User | None = None) -> int:
    """Removes the packages of a session in the caller's transaction, as its evidence is erased; how many.

    Their key goes too, so that copies in backups of the store are noise. What is being made meanwhile is not
    finished: it would hold what was erased.
    """
    rows = SealedPackage._base_manager.filter(case__session=session).exclude(name="")
    found = list(rows.select_related("institution", "case__session"))
    for row in found:
        _remove(row)
    keys.destroy_for_session(session, DataClass.PACKAGE, actor=actor)
    return len(found)


def _remove(row: SealedPackage) -> None:
    stored_files.remove(row.institution, "evidence", [row.name])
    SealedPackage._base_manager.filter(pk=row.pk).update(name="")
    detail = {"package": row.pk, "recipient": row.recipient}
    audit.record(row.institution, row.case.session, "evidence.package_removed", detail=detail)


def _words(value: object, name: str) -> str:
    text = " ".join(str(value or "").replace("\x00", "").split())
    if not text:
        raise InvalidInput("Say to whom and why; it stays in the audit log.", field=name)
    if len(text) > _LONGEST[name]:
        raise InvalidInput(f"At most {_LONGEST[name]} characters.", field=name)
    return text
