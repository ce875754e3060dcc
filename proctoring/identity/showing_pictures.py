"""Pictures of what a proctor asked for: room and desk as evidence, the face beside the reference photo."""

import hashlib
from dataclasses import dataclass

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, TooLarge, Unavailable
from proctoring.analysis import pool, templates
from proctoring.evidence import exhibits
from proctoring.evidence import store as evidence
from proctoring.identity import store
from proctoring.identity.photo_links import check_link, make_link
from proctoring.identity.showings import STEPS
from proctoring.models import Consent, ReferenceFace, Showing
from proctoring.models.evidence import EvidenceKind
from proctoring.models.identity import View
from proctoring.models.showing import What
from proctoring.permissions import require_watch
from proctoring.states import SHOWING_DOING
from proctoring.vision.coaching import coaching_text
from proctoring.vision.exchange import EnrolmentReport
from proctoring.vision.picture_header import PictureFormat
from proctoring.vision.upload import ImageError, check_bytes

MOST_BYTES = 600_000
"""A picture of 1280x720 has 100 to 300 KB."""
MOST_PICTURES = 12
"""Of one request: each step can be taken some times anew."""
NOT_COMPARED = "not_compared"
_LINK = "showing"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a photo of the face. `problems`: code and sentence; not `ok`: it was not kept."""

    ok: bool
    problems: tuple[tuple[str, str], ...] = ()


def add(showing: Showing, step: str, image: bytes, *, candidate: User) -> None:
    """Keeps one picture of a step; the same bytes again change nothing.

    Raises NotFound, Conflict `not_begun`, `too_many`, InvalidInput (`step`, `picture`), TooLarge.
    """
    if showing.what == What.FACE or step not in STEPS[What(showing.what)]:
        wanted = ", ".join(STEPS[What(showing.what)])
        raise InvalidInput(f"A step is one of: {wanted}.", field="step")
    _check(image)
    digest = hashlib.sha256(image).hexdigest()
    with transaction.atomic():
        _require_doing(showing, candidate)
        had = list(showing.pictures.all())
        if any(each.sha256 == digest and each.about.get("step") == step for each in had):
            return
        if len(had) >= MOST_PICTURES:
            raise Conflict(f"At most {MOST_PICTURES} pictures; finish, please.", code="too_many")
        picture = exhibits.Picture(
            len(had), clock.now(), image, EvidenceKind.SHOWN, {"step": step, "what": showing.what}
        )
        evidence.keep(showing, [picture])


def take_photo(showing: Showing, image: bytes, *, candidate: User, anyway: bool = False) -> Taken:
    """Judges a photo of the face and keeps it when it is good, or `anyway`; a person looks at it then.

    Compared with the reference photo only under a consent to that, which is looked at when it is stored.
    Raises as `add`, Overloaded, Unavailable.
    """
    if showing.what != What.FACE:
        raise InvalidInput("No photo of the face is asked for.", field="photo")
    _check(image)
    _require_doing(showing, candidate)
    try:
        report = pool.enrol(image)
    except ImageError as error:
        raise InvalidInput(
            f"This picture cannot be used: {error.message}.", code=error.code.value, field="photo"
        ) from error
    except pool.WorkerLost as error:
        raise Unavailable("The photo could not be looked at; please take it again.") from error
    problems = tuple((code, coaching_text(code)) for code in report.problems)
    if not report.ok and not anyway:
        return Taken(False, problems)
    name = store.save(showing.session, image, ending="jpg")
    try:
        with transaction.atomic():
            _require_doing(showing, candidate)
            earlier = showing.photo_name
            showing.photo_name, showing.photo_sha256 = name, hashlib.sha256(image).hexdigest()
            showing.answer = _compared(showing, report)
            showing.problems = [code for code, _ in problems]
            showing.save(update_fields=["photo_name", "photo_sha256", "answer", "problems"])
            audit.record(showing.institution, showing, "showing.photo_taken", actor=candidate)
            if earlier:
                transaction.on_commit(lambda: store.delete(earlier))
    except BaseException:
        store.delete(name)
        raise
    return Taken(True, problems)


def address_of(showing: Showing, viewer: User, slug: str) -> str:
    """The address at which the viewer opens the photo, for ten minutes; "" when there is none."""
    if not showing.photo_name:
        return ""
    link = make_link((showing.pk, _LINK), viewer)
    return f"/i/{slug}/watch/{showing.session.sitting_id}/showings/{showing.pk}/photo/?link={link}"


def open_photo(showing: Showing, link: str, viewer: User) -> bytes:
    """The photo, after the checks; each view is logged. Raises NotFound, NotAllowed, Conflict (`altered`)."""
    attempt = showing.session.attempt
    if attempt is None or not showing.photo_name:
        raise NotFound("There is no such photo here.")
    require_watch(attempt, viewer)
    check_link((showing.pk, _LINK), link, viewer)
    data = store.read_unaltered(showing.photo_name, showing.photo_sha256)
    audit.record(showing.institution, showing, "showing.photo_viewed", actor=viewer)
    return data


def _check(image: bytes) -> None:
    if len(image) > MOST_BYTES:
        raise TooLarge(f"At most {MOST_BYTES} bytes are accepted.", field="picture")
    try:
        header = check_bytes(image)
    except ImageError as error:
        raise InvalidInput(
            f"This picture cannot be used: {error.message}.", code=error.code.value, field="picture"
        ) from error
    if header.format is not PictureFormat.JPEG:
        raise InvalidInput("Send a JPEG picture.", field="picture")


def _require_doing(showing: Showing, candidate: User) -> None:
    """Under a lock where a transaction is open, so that nothing comes in after the end."""
    lock(showing, "institution", "session__attempt__enrolment", "session__institution")
    attempt = showing.session.attempt
    if attempt is None or attempt.enrolment.candidate_id != candidate.pk:
        raise NotFound("Nothing of the kind is asked of you.")
    if showing.state != SHOWING_DOING:
        raise Conflict("This is not under way.", code="not_begun")
    given = Consent.objects.filter(session=showing.session_id, withdrawn_at=None).first()
    if given is None or not given.camera:
        raise Conflict("You have withdrawn your agreement; nothing is captured.", code="consent_missing")


def _compared(showing: Showing, report: EnrolmentReport) -> str:
    given = Consent.objects.filter(session=showing.session_id, withdrawn_at=None).first()
    face = ReferenceFace.objects.filter(session=showing.session_id, view=View.CHECK_IN).first()
    if given is None or not given.face_comparison or face is None or report.vector is None:
        return NOT_COMPARED
    if face.engine != report.engine[:100]:
        return NOT_COMPARED
    return str(pool.compare(templates.unseal(face.template), report.vector).value)
