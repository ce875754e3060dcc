"""What a candidate may read about one own attempt: what was agreed to, what is kept, who has looked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from accounts import audit
from accounts.models import AuditEntry, Membership, User
from exams import states as exam_states
from exams.models import Attempt
from proctoring.keeping import days_in
from proctoring.models import (
    BrowserEvent,
    CandidateWarning,
    ChatMessage,
    Consent,
    DocumentCheck,
    EvidenceItem,
    HeadBaseline,
    LivenessCheck,
    LiveWatch,
    MonitoringSession,
    OfficerPhoto,
    ReferenceFace,
    ReferenceVoice,
    Showing,
)
from proctoring.models.evidence import EvidenceKind
from proctoring.models.identity import View
from proctoring.rights import retention, wording
from proctoring.rights.retention import Keeping

_VIEWED = (
    "evidence.viewed",
    "session.reference_viewed",
    "showing.photo_viewed",
    "identity_check.photo_viewed",
)
_STREAMS_AT_ONCE = 500
_EVIDENCE_WORDS = {
    EvidenceKind.CAMERA_FRAME: "Pictures of your camera around incidents",
    EvidenceKind.SOUND: "Pieces of sound around incidents",
    EvidenceKind.SCREEN: "Pictures of your screen around incidents",
    EvidenceKind.SCREEN_CLIP: "Films of your screen around incidents",
    EvidenceKind.LIVE_VIDEO: "Recordings of what proctors watched live, around incidents",
    EvidenceKind.SHOWN: "Pictures of room or desk that a proctor asked for",
    EvidenceKind.CALL: "Recordings of calls with a proctor",
}


_CHOICES = {
    "camera": "Camera",
    "face_comparison": "Comparing your face",
    "microphone": "Microphone",
    "voice_comparison": "Comparing your voice",
    "screen": "Sharing your screen",
}
"""Columns of a consent that the candidate chooses one by one."""
_TOLD = {
    "live_video": "Proctors may watch your camera live",
    "live_recording": "What proctors watch live is recorded",
    "call_recording": "Calls with a proctor are recorded",
    "recordings_leave": "Recordings of sound are sent to another company",
    "room_scan": "Proctors may ask you to show room and desk",
    "photo_again": "Proctors may ask for another photo of your face",
    "screen_clips": "The screen is filmed around incidents",
}
"""Columns that the notice told of and that come with the choices."""
_PERIOD_OF = {
    EvidenceKind.CAMERA_FRAME: "camera_pictures",
    EvidenceKind.SOUND: "sound",
    EvidenceKind.SCREEN: "screen",
    EvidenceKind.SCREEN_CLIP: "screen",
    EvidenceKind.LIVE_VIDEO: "live_recordings",
    EvidenceKind.SHOWN: "shown_pictures",
    EvidenceKind.CALL: "calls",
}
"""Kinds of the register (`rights.kinds`) under whose period evidence is deleted."""


@dataclass(frozen=True, slots=True)
class Kept:
    """So many things of one kind are stored, and how long, by the period of `kind` in the register."""

    code: str
    words: str
    count: int
    kind: str
    keeping: Keeping = Keeping(None, None)


@dataclass(frozen=True, slots=True)
class Ending:
    """When a consent ended, when another choice was made instead (None: none was), and the parts of it that
    were agreed to no more."""

    at: datetime
    chosen_anew: datetime | None
    gone: list[str]


@dataclass(frozen=True, slots=True)
class Looks:
    """How often people of one role opened stored files of this attempt, and when first and last."""

    role: str
    count: int
    first: datetime
    last: datetime


def attempts_of(user: User, institution_id: int) -> QuerySet[Attempt]:
    """Own attempts of an institution that were begun, the newest first; without practice that was deleted."""
    rows = Attempt.objects.filter(
        institution_id=institution_id, enrolment__candidate=user, thrown_away_at=None
    ).exclude(state__in=(exam_states.SCHEDULED, exam_states.MISSED))
    related = ("institution", "enrolment__sitting__exam", "monitoring__case")
    return rows.select_related(*related).order_by("-id")


def consents_of(session: MonitoringSession) -> list[Consent]:
    """What was agreed to, the newest first; each with the notice that was read."""
    return list(Consent.objects.filter(session=session).select_related("notice").order_by("-id"))


def agreed_in_words(consent: Consent) -> list[tuple[str, bool]]:
    """Each part of a consent, and whether it was agreed to."""
    parts = [(words, bool(getattr(consent, name))) for name, words in _CHOICES.items()]
    told = [words for name, words in _TOLD.items() if getattr(consent, name)]
    return parts + [(words, True) for words in told]


def ending_of(consent: Consent, later: Consent | None) -> Ending | None:
    """What became of a consent; `later`: the one that was given next. None: it is in force."""
    if consent.withdrawn_at is None:
        return None
    names = [name for name in _CHOICES if getattr(consent, name)]
    gone = [_CHOICES[name] for name in names if later is None or not getattr(later, name)]
    return Ending(consent.withdrawn_at, later.given_at if later else None, gone)


def kept_of(session: MonitoringSession) -> list[Kept]:
    """Everything of the session that is stored now, and until when; what is not kept is left out."""
    rows = EvidenceItem.objects.filter(session=session, erased_at=None).order_by()
    counts = dict(rows.values_list("kind").annotate(number=Count("pk")))
    found = [
        Kept(kind, words, counts.get(kind, 0), _PERIOD_OF[kind]) for kind, words in _EVIDENCE_WORDS.items()
    ]
    found += [*_of_identity(session), *_of_page(session)]
    keepings = retention.keeping_of(session)
    return [_with_period(each, keepings[each.kind]) for each in found if each.count]


def _with_period(kept: Kept, keeping: Keeping) -> Kept:
    """What goes on a day of its own goes then, whatever its period says later."""
    own = kept.keeping.until
    if own is not None and (keeping.until is None or own < keeping.until):
        keeping = replace(keeping, until=own)
    return replace(kept, keeping=keeping)


def _of_identity(session: MonitoringSession) -> Iterator[Kept]:
    faces = list(ReferenceFace.objects.filter(session=session).values_list("view", "photo_name"))
    photos = sum(view == View.CHECK_IN and bool(name) for view, name in faces)
    yield Kept("reference_photo", "The reference photo that you took at check-in", photos, "face_templates")
    yield Kept(
        "face_description", "Descriptions of your face in numbers, encrypted", len(faces), "face_templates"
    )
    yield from _of_office(session)
    later = Showing.objects.filter(session=session).exclude(photo_name="").count()
    yield Kept("later_photo", "Photos of your face that a proctor asked for", later, "face_templates")
    voices = ReferenceVoice.objects.filter(session=session).count()
    yield Kept("voice_description", "A description of your voice in numbers, encrypted", voices, "voices")
    check = DocumentCheck.objects.filter(session=session).exclude(photo_name="").first()
    words = "The photo of your identity document, encrypted"
    own = Keeping(None, check.delete_at if check else None)
    yield Kept("document_photo", words, int(check is not None), "documents", own)
    baselines = HeadBaseline.objects.filter(session=session).count()
    yield Kept("head_baseline", "How you usually hold your head, in numbers", baselines, "head_movements")
    turned = LivenessCheck.objects.filter(session=session).exclude(answer="").count()
    yield Kept(
        "liveness", "By how much you turned your head at check-in, in numbers", turned, "head_movements"
    )


def _of_office(session: MonitoringSession) -> Iterator[Kept]:
    """The photo that the institution brought, where this session was compared with it."""
    photo = OfficerPhoto.objects.filter(reference_faces__session=session).first()
    days = days_in(session.institution)["officer_photos"] if photo else None
    until = photo.kept_at + timedelta(days=days) if photo and days is not None else None
    words = "A photo that your institution had of you, for comparison"
    yield Kept("officer_photo", words, int(photo is not None), "officer_photos", Keeping(days, until))


def _of_page(session: MonitoringSession) -> Iterator[Kept]:
    events = BrowserEvent.objects.filter(session=session).count()
    yield Kept(
        "browser_events", "Notes of the exam page, such as the tab being left", events, "browser_events"
    )
    warnings = CandidateWarning.objects.filter(session=session, withdrawn_at=None).count()
    yield Kept("warnings", "Warnings that proctors sent you", warnings, "messages")
    messages = ChatMessage.objects.filter(attempt=session.attempt_id).count() if session.attempt_id else 0
    yield Kept("messages", "Messages between you and proctors", messages, "messages")


def has_photo(session: MonitoringSession) -> bool:
    """Whether the own photo of check-in is kept."""
    faces = ReferenceFace.objects.filter(session=session, view=View.CHECK_IN)
    return faces.exclude(photo_name="").exists()


def looks_at(session: MonitoringSession) -> list[Looks]:
    """Who has opened stored files of the session, by role and not by name; most looks first.

    From the log of views. People are counted under the role that they hold today.
    """
    seen: dict[int | None, list[datetime]] = {}
    wanted = list(_streams_of(session))
    for begin in range(0, len(wanted), _STREAMS_AT_ONCE):
        streams = wanted[begin : begin + _STREAMS_AT_ONCE]
        rows = AuditEntry.objects.filter(
            institution_id=session.institution_id, stream__in=streams, verb__in=_VIEWED
        )
        for actor, at in rows.order_by().values_list("actor", "at"):
            seen.setdefault(actor, []).append(at)
    roles = _roles_of(session.institution_id, seen)
    grouped: dict[str, list[datetime]] = {}
    for person, moments in seen.items():
        own = person is not None and person == session.candidate_id
        role = wording.YOURSELF if own else wording.role_in_words(roles.get(person or 0, frozenset()))
        grouped.setdefault(role, []).extend(moments)
    looks = [Looks(role, len(when), min(when), max(when)) for role, when in grouped.items()]
    return sorted(looks, key=lambda each: (-each.count, each.role))


def live_looks_at(attempt: Attempt) -> int:
    """How often a proctor's page showed the camera live."""
    return LiveWatch.objects.filter(attempt=attempt).count()


def _streams_of(session: MonitoringSession) -> Iterator[str]:
    yield audit.stream_of(session)
    for pk in EvidenceItem.objects.filter(session=session).order_by().values_list("pk", flat=True):
        yield f"evidenceitem:{pk}"
    for pk in session.showings.order_by().values_list("pk", flat=True):
        yield f"showing:{pk}"
    for pk in session.identity_checks.order_by().values_list("pk", flat=True):
        yield f"identitycheck:{pk}"


def _roles_of(institution_id: int, people: Iterable[int | None]) -> dict[int, frozenset[str]]:
    wanted = [each for each in people if each is not None]
    rows = Membership.objects.filter(institution_id=institution_id, user__in=wanted, ended_at=None)
    found: dict[int, set[str]] = {}
    for user, role in rows.order_by().values_list("user", "role"):
        found.setdefault(user, set()).add(role)
    return {user: frozenset(roles) for user, roles in found.items()}
