"""Photos of candidates that officers bring along: kept, looked at, removed, and compared once at check-in.

Until the candidate agrees to being compared, nothing but quality and the number of faces is looked at.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts import audit, stored_files
from accounts.models import Institution, User
from accounts.tenancy import within
from accounts.transitions import lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Overloaded, Unavailable
from proctoring import holds
from proctoring.analysis import context, pool, templates
from proctoring.identity import store
from proctoring.identity.deletion_reason import required_reason
from proctoring.models import Consent, MonitoringSession, OfficerPhoto, ReferenceFace
from proctoring.models.identity import View
from proctoring.states import SESSION_LIVE
from proctoring.vision.engines.base import Vector
from proctoring.vision.exchange import Likeness
from proctoring.vision.upload import ImageError

log = logging.getLogger(__name__)
_AT_ONCE = 200
_LIKENESS_WORDS = {
    Likeness.ALIKE: "alike",
    Likeness.UNLIKE: "unlike",
    Likeness.CANNOT_SAY: "a program cannot say",
}


@dataclass(frozen=True, slots=True)
class OfficerView:
    """The template of an officer's photo, not stored yet, and how it compares with the check-in photo."""

    photo: OfficerPhoto
    vector: Vector
    engine: str
    likeness: Likeness


def photo_of(institution: Institution, candidate: User | None) -> OfficerPhoto | None:
    """The officer's photo of a candidate, or None."""
    if candidate is None:
        return None
    return OfficerPhoto._base_manager.filter(institution=institution, candidate=candidate).first()


def keep(candidate: User, *, institution: Institution, name: str, sha256: str, actor: User) -> OfficerPhoto:
    """Makes a photo in the store the candidate's; an earlier one goes, with what was made of it.

    In the caller's transaction, within the institution's scope. Raises Conflict `held` when there is an
    earlier one, and a legal hold or an open case keeps it.
    """
    earlier = photo_of(institution, candidate)
    if earlier is not None:
        holds.require_free_person(institution, candidate)
        erase(earlier, actor=actor, reason="replaced")
    photo = OfficerPhoto.objects.create(
        institution=institution,
        candidate=candidate,
        photo_name=name,
        photo_sha256=sha256,
        kept_at=clock.now(),
        kept_by=actor,
    )
    audit.record(institution, photo, "officer_photo.kept", actor=actor, detail={"candidate": candidate.pk})
    return photo


def remove(photo: OfficerPhoto, *, actor: User, reason: object) -> None:
    """Deletes a photo and every template made of it, for a reason that stays in the audit log.

    Raises InvalidInput (`reason`) without one, Conflict `held` under a legal hold or an open case.
    """
    said = required_reason(reason, what="the photo is")
    with transaction.atomic():
        holds.require_free_person(photo.institution, photo.candidate)
        erase(photo, actor=actor, reason=said)


def look_at(photo: OfficerPhoto, *, viewer: User) -> bytes:
    """The picture, for a viewer whose right the caller has checked; each look is logged.

    Raises Conflict (`altered`) and Unavailable.
    """
    data = store.read_unaltered(photo.photo_name, photo.photo_sha256)
    audit.record(photo.institution, photo, "officer_photo.viewed", actor=viewer)
    return data


def compared_with(session: MonitoringSession, check_in: Vector) -> OfficerView | None:
    """The officer's photo of the session's candidate beside the template of their check-in photo.

    None in a practice sitting, without such a photo, or when it cannot be used (logged): then nothing is said
    about it. Call it only under a consent to comparison; `store_view` checks again.
    """
    photo = photo_of(session.institution, session.candidate)
    if photo is None or (session.sitting is not None and session.sitting.is_practice):
        return None
    try:
        report = pool.enrol(store.read(photo.photo_name))
    except (ImageError, Unavailable, pool.WorkerLost):
        log.exception("officer's photo %s could not be compared", photo.pk)
        return None
    if report.vector is None:  # it was good when it was uploaded; another engine may judge otherwise
        log.error("officer's photo %s is no longer good enough: %s", photo.pk, report.problems)
        return None
    return OfficerView(photo, report.vector, report.engine, pool.compare(check_in, report.vector))


def compare_on_arrival(photo: OfficerPhoto) -> None:
    """Compares a photo that came after check-in with the check-in photos of sessions that go on.

    Only under a consent to comparison in force. What cannot be compared now (logged) is at the next photo of
    the candidate. Call it outside of a transaction, within the institution's scope.
    """
    faces = ReferenceFace.objects.filter(
        view=View.CHECK_IN,
        session__candidate=photo.candidate_id,
        session__state=SESSION_LIVE,
        consent__withdrawn_at=None,
        consent__face_comparison=True,
    )
    for face in faces.select_related("session__institution", "session__candidate", "session__sitting"):
        if face.engine != pool.engine_description():
            continue
        try:
            view = compared_with(face.session, templates.unseal(face.template))
        except (Overloaded, Unavailable):
            log.exception("officer's photo %s could not be compared", photo.pk)
            continue
        if view is not None and view.photo.pk == photo.pk:
            _store_later(face, view)


def _store_later(face: ReferenceFace, view: OfficerView) -> None:
    session = face.session
    with transaction.atomic():
        lock(session)
        # Asked again, in the transaction that stores the template: consent or photo may be gone.
        still = ReferenceFace.objects.filter(pk=face.pk, consent__withdrawn_at=None)
        found = still.select_related("consent").first()
        if found is None:
            return
        ReferenceFace.objects.filter(session=session, view=View.OFFICER).delete()
        store_view(session, found.consent, view, templates.seal(view.vector))
        detail = {"officer_photo": view.likeness.value}
        audit.record(
            session.institution, session, "session.officer_photo_compared", actor=None, detail=detail
        )
        transaction.on_commit(partial(context.forget, session.pk), robust=True)


def likeness_in_words(session: MonitoringSession | None) -> str:
    """How the office's photo compares with that of check-in, for staff; "" where they were not compared."""
    rows = ReferenceFace.objects.filter(session=session, view=View.OFFICER)
    face = rows.first() if session else None
    return _LIKENESS_WORDS[Likeness(face.likeness)] if face else ""


def store_view(session: MonitoringSession, consent: Consent, view: OfficerView, sealed: bytes) -> None:
    """Writes the template in the transaction in which the caller found the consent in force.

    A photo that was removed or replaced in the meantime is left out.
    """
    now = clock.now()
    if not OfficerPhoto.objects.filter(pk=view.photo.pk).update(used_at=now):
        return
    ReferenceFace.objects.create(
        institution=session.institution,
        session=session,
        view=View.OFFICER,
        officer_photo=view.photo,
        likeness=view.likeness,
        consent=consent,
        engine=view.engine[:100],
        template=sealed,
        photo_sha256=view.photo.photo_sha256,
        created_at=now,
    )


def clear_unused() -> int:
    """Deletes photos of all institutions that were not used for OFFICER_PHOTO_DAYS, but for held ones; how
    many."""
    before = clock.now() - timedelta(days=settings.OFFICER_PHOTO_DAYS)
    unused = Q(kept_at__lt=before) & (Q(used_at=None) | Q(used_at__lt=before))
    old = holds.unheld(OfficerPhoto._base_manager.filter(unused), all_of="candidate")
    rows = old.order_by("pk").select_related("institution")
    cleared = 0
    for photo in rows[:_AT_ONCE]:
        with within(photo.institution), transaction.atomic():
            # Asked again under the transaction: somebody may check in with it at this moment.
            if OfficerPhoto.objects.filter(unused, pk=photo.pk).select_for_update().exists():
                erase(photo, actor=None, reason="not used for long")
                cleared += 1
    return cleared


def erase(photo: OfficerPhoto, *, actor: User | None, reason: str) -> None:
    """Deletes a photo with its templates in the caller's transaction; the file goes after it."""
    sessions = list(ReferenceFace.objects.filter(officer_photo=photo).values_list("session", flat=True))
    detail = {"candidate": photo.candidate_id, "reason": reason}
    audit.record(photo.institution, photo, "officer_photo.deleted", actor=actor, detail=detail)
    OfficerPhoto.objects.filter(pk=photo.pk).delete()  # its templates go with it
    stored_files.remove(photo.institution, "identity", [photo.photo_name])
    for session in sessions:
        transaction.on_commit(partial(context.forget, session), robust=True)
