"""What is kept of candidates' faces from check-in and exam: found, looked at, and deleted for a reason.

Templates are counted and dated, never read.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states
from proctor_site.kernel.errors import Conflict, NotFound
from proctoring import holds
from proctoring.analysis import forgetting
from proctoring.identity import baseline, liveness, photo_links, reference, showings, store
from proctoring.identity.deletion_reason import required_reason
from proctoring.models import HeadBaseline, KeptFaceData, MonitoringSession, ReferenceFace, Showing
from proctoring.models.identity import View
from proctoring.states import SESSION_LIVE
from proctoring.vision.baseline import Baseline

_LEARNT = {"check_in": "at check-in", "exam": "in the first half minute of the exam"}


def with_face_data(rows: QuerySet[KeptFaceData]) -> QuerySet[KeptFaceData]:
    """Those of the sessions that keep templates, a photo of check-in or of the exam, or a baseline."""
    faces = ReferenceFace.objects.filter(session=OuterRef("pk"))
    baselines = HeadBaseline.objects.filter(session=OuterRef("pk"))
    asked = Showing.objects.filter(session=OuterRef("pk")).exclude(photo_name="")
    return rows.filter(Q(Exists(faces)) | Q(Exists(baselines)) | Q(Exists(asked)))


def photo_link(session: MonitoringSession, viewer: User) -> str | None:
    """A link to the check-in photo for this viewer and ten minutes; None without a photo."""
    return photo_links.make_link(_name(session), viewer) if _photo_of(session) else None


def open_photo(session: MonitoringSession, link: str, *, viewer: User) -> bytes:
    """The check-in photo, for a viewer whose right the caller has checked; each look is logged.

    Raises NotFound, NotAllowed (`link_expired`, `link_invalid`), Conflict (`altered`), Unavailable.
    """
    photo_links.check_link(_name(session), link, viewer)
    face = _photo_of(session)
    if face is None:
        raise NotFound("There is no such photo here.")
    data = store.read_unaltered(face.photo_name, face.photo_sha256)
    audit.record(session.institution, _session(session), "session.reference_viewed", actor=viewer)
    return data


def later_photos(session: MonitoringSession, viewer: User) -> list[tuple[Showing, str]]:
    """The photos that proctors asked for during the exam, newest first, each with a link for this viewer."""
    rows = Showing.objects.filter(session=session.pk).exclude(photo_name="").select_related("asked_by")
    return [(each, photo_links.make_link(_later_name(each), viewer)) for each in rows]


def open_later_photo(session: MonitoringSession, number: str, link: str, *, viewer: User) -> bytes:
    """A photo of the exam by the number of its request; checks, log and refusals as `open_photo`."""
    rows = Showing.objects.filter(session=session.pk).exclude(photo_name="")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    showing = rows.select_related("institution").filter(pk=int(number)).first() if is_number else None
    if showing is None:
        raise NotFound("There is no such photo here.")
    photo_links.check_link(_later_name(showing), link, viewer)
    data = store.read_unaltered(showing.photo_name, showing.photo_sha256)
    audit.record(session.institution, showing, "showing.photo_viewed", actor=viewer)
    return data


def erase(session: MonitoringSession, *, actor: User, reason: object) -> None:
    """Deletes photos, templates, baseline and turns of an ended session; the reason stays in the audit log.

    The officer's photo stays, as when consent is withdrawn. Raises InvalidInput (`reason`), and Conflict:
    `held` under a legal hold or an open case, `running`: during the exam only the candidate can end the
    comparison, by withdrawing the consent.
    """
    said = required_reason(reason, what="the face data is")
    with transaction.atomic():
        lock(session)
        session = _session(session)
        attempt = session.attempt
        if session.state == SESSION_LIVE and (attempt is None or attempt.state not in states.ENDED):
            raise Conflict(
                "The exam is not over. Until then the candidate can withdraw the consent, which deletes "
                "everything; afterwards it can be deleted here.",
                code="running",
            )
        holds.require_free(holds.Span(attempt, session))
        views = ReferenceFace.objects.filter(session=session).count()
        had_baseline = HeadBaseline.objects.filter(session=session).exists()
        reference.erase(session)
        baseline.erase(session)
        liveness.erase(session)
        detail = {"reason": said, "views": views, "baseline": had_baseline}
        if later := showings.erase(session):
            detail["later_photos"] = later
        audit.record(session.institution, session, "session.face_data_deleted", actor=actor, detail=detail)
        transaction.on_commit(lambda: forgetting.everything(session))


def in_words(learnt: Baseline) -> str:
    """A baseline for people: how the head is usually held, how calmly, and from how many looks."""
    usual = learnt.usual
    held = [
        _degrees(usual.yaw, "turned to the left of the picture", "turned to the right of the picture"),
        _degrees(usual.pitch, "down", "up"),
        _degrees(usual.roll, "tilted to one side", "tilted to the other side"),
    ]
    said = ", ".join(each for each in held if each) or "straight ahead"
    return (
        f"Head usually {said}; moving within {learnt.spread:.1f} degrees; eyes {usual.eyes_closed:.0%} "
        f"closed, mouth {usual.mouth_open:.0%} open, irises at {usual.gaze_x:.0%} between the corners of the "
        f"eyes. From {learnt.looks} looks {_LEARNT[learnt.learnt_from.value]}."
    )


def _degrees(value: float, above: str, below: str) -> str:
    amount = round(abs(value))
    if amount == 0:
        return ""
    return f"{amount} degree{'s' * (amount != 1)} {above if value > 0 else below}"


def _photo_of(session: MonitoringSession) -> ReferenceFace | None:
    return ReferenceFace.objects.filter(session=session.pk, view=View.CHECK_IN).first()


def _session(session: MonitoringSession) -> MonitoringSession:
    """The session itself and not its proxy: audit entries of one session stand in one chain."""
    return MonitoringSession.objects.select_related("institution", "attempt").get(pk=session.pk)


def _later_name(showing: Showing) -> tuple[str, int]:
    return "kept_showing", showing.pk


def _name(session: MonitoringSession) -> tuple[str, int]:
    return "session", session.pk
