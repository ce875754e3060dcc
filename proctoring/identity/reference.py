"""The reference photo: judged at once, and enrolled only together with the consent it rests on."""

import hashlib
from dataclasses import dataclass
from functools import partial

from django.db import transaction

from accounts import audit, stored_files
from accounts.transitions import lock
from exams import states
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Unavailable
from proctoring import law_guards
from proctoring.analysis import context, pool, templates
from proctoring.identity import liveness, officer_photos, store
from proctoring.identity.officer_photos import OfficerView
from proctoring.models import Consent, MonitoringSession, ReferenceFace
from proctoring.models.identity import View
from proctoring.vision.coaching import coaching_text
from proctoring.vision.exchange import EnrolmentReport
from proctoring.vision.upload import ImageError


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said about a photo. `problems`: code and sentence, most important first; none when `ok`."""

    ok: bool
    problems: tuple[tuple[str, str], ...]
    report: EnrolmentReport


def enrol(session: MonitoringSession, image: bytes) -> Judgement:
    """Judges a photo and, when it is good, makes it the session's reference; an earlier one is replaced.

    A photo that is not good enough changes nothing. Raises Conflict `forbidden_by_law`, `consent_missing`
    (no agreement to camera and face comparison), `ended`, InvalidInput for what is no picture, Overloaded,
    Unavailable.
    """
    _require_open(session)
    law_guards.require_biometrics(session.institution, way="reference photo")
    _require_consent(session)
    try:
        report = pool.enrol(image)
    except ImageError as error:
        raise InvalidInput(
            f"This picture cannot be used: {error.message}.", code=error.code.value, field="photo"
        ) from error
    except pool.WorkerLost as error:
        raise Unavailable("The photo could not be looked at; please take it again.") from error
    problems = tuple((code, coaching_text(code)) for code in report.problems)
    if report.ok and report.vector is not None:
        officers = officer_photos.compared_with(session, report.vector)
        _keep(session, image, report, officers)
    return Judgement(report.ok, problems, report)


def erase(session: MonitoringSession) -> int:
    """Deletes the session's face data: rows in the caller's transaction, the photo after it; how many rows.

    The officer's photo stays with the office, as it was before: without a template it compares with nobody.
    """
    faces = ReferenceFace._base_manager.filter(session_id=session.pk)
    names = faces.filter(view=View.CHECK_IN).values_list("photo_name", flat=True)
    stored_files.remove(session.institution, "identity", list(names))
    return faces.delete()[0]


def _keep(
    session: MonitoringSession, image: bytes, report: EnrolmentReport, officers: OfficerView | None
) -> None:
    name = store.save(session, image, ending="jpg")
    try:
        with transaction.atomic():
            lock(session)
            _require_open(session)
            # Checked again, in the transaction that stores the template: it may have been withdrawn.
            consent = _require_consent(session)
            erase(session)
            liveness.erase(session)  # it was about the face of the earlier photo
            assert report.vector is not None  # the caller looked
            ReferenceFace.objects.create(
                institution=session.institution,
                session=session,
                consent=consent,
                engine=report.engine[:100],
                template=templates.seal(report.vector),
                photo_name=name,
                photo_sha256=hashlib.sha256(image).hexdigest(),
                created_at=clock.now(),
            )
            detail = {"officer_photo": officers.likeness.value if officers else "none"}
            audit.record(
                session.institution,
                session,
                "session.reference_enrolled",
                actor=session.candidate,
                detail=detail,
            )
            if officers is not None:
                officer_photos.store_view(session, consent, officers, templates.seal(officers.vector))
            transaction.on_commit(partial(context.forget, session.pk), robust=True)
    except BaseException:
        store.delete(name)
        raise


def _require_open(session: MonitoringSession) -> None:
    attempt = session.attempt
    if session.state != "live" or (attempt is not None and attempt.state in states.ENDED):
        raise Conflict("This session has ended; no photo is taken.", code="ended")


def _require_consent(session: MonitoringSession) -> Consent:
    consent = Consent.objects.filter(session=session, withdrawn_at=None).first()
    if consent is None or not (consent.camera and consent.face_comparison):
        raise Conflict(
            "You have not agreed that your face is compared; no photo is taken.", code="consent_missing"
        )
    return consent
