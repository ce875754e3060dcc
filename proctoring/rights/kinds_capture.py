"""The register, first part: what camera, microphone, screen and browser bring, and what is made of it."""

from typing import Any

from django.db.models import Q

from proctoring.identity import baseline, liveness, voice
from proctoring.models.evidence import EvidenceKind
from proctoring.rights import erasers
from proctoring.rights.register import Kind, Rows

_SUPERVISION = (
    "Supervision of the exam, as the notice says (consent, GDPR Art. 6(1)(a), or public task, 6(1)(e)); "
    "afterwards proof in the review of the attempt"
)
_BIOMETRIC = "Explicit consent to the comparison (GDPR Art. 9(2)(a))"
_STORE = "private evidence store"
_IDENTITY = "private identity store, and encrypted in the database"
_BASE = "database"
_THREE_YEARS: dict[str, Any] = {
    "most": 1095,
    "most_why": "Three years cover appeals and most claims; what is needed longer gets a legal hold.",
}
_ONE_YEAR: dict[str, Any] = {
    "most": 365,
    "most_why": "Data close to the body is kept no longer than the exam and its review need it "
    "(GDPR Art. 5(1)(e), 9; Illinois BIPA sec. 15(a) names three years as the most).",
}
_LOGS: dict[str, Any] = {
    "least": 183,
    "least_why": "Logs of an AI system of high risk are kept for at least six months (AI Act Art. 26(6)).",
}


def _evidence(*kinds: EvidenceKind) -> Rows:
    kept = Q(kind__in=[kind.value for kind in kinds], erased_at=None)
    return Rows("proctoring.EvidenceItem", session="session", where=kept, erase=erasers.evidence)


def _of_session(model: str, **more: Any) -> Rows:
    return Rows(f"proctoring.{model}", session="session", **more)


def _of_case(model: str) -> Rows:
    return Rows(f"proctoring.{model}", session="case__session")


def _of_attempt(model: str, **more: Any) -> Rows:
    return Rows(f"proctoring.{model}", attempt="attempt", **more)


_FILES = (
    Kind(
        "camera_pictures",
        "Pictures of the camera",
        "Single pictures that were kept with an incident",
        _STORE,
        _SUPERVISION,
        (_evidence(EvidenceKind.CAMERA_FRAME),),
        **_THREE_YEARS,
    ),
    Kind(
        "sound",
        "Sound recordings",
        "Seconds of sound that were kept with an incident, with the words that were recognised",
        _STORE,
        _SUPERVISION,
        (_evidence(EvidenceKind.SOUND),),
        **_THREE_YEARS,
    ),
    Kind(
        "screen",
        "Pictures and films of the screen",
        "What a shared screen showed around an incident",
        _STORE,
        _SUPERVISION,
        (_evidence(EvidenceKind.SCREEN, EvidenceKind.SCREEN_CLIP),),
        **_THREE_YEARS,
    ),
    Kind(
        "live_recordings",
        "Recordings of live video",
        "Live pictures that were recorded while a proctor watched",
        _STORE,
        _SUPERVISION,
        (_evidence(EvidenceKind.LIVE_VIDEO),),
        **_THREE_YEARS,
    ),
    Kind(
        "shown_pictures",
        "Pictures that a proctor asked for",
        "Views of the room, the desk or the screen, and what was asked",
        _STORE,
        _SUPERVISION,
        (
            _evidence(EvidenceKind.SHOWN),
            _of_session("Showing", blank={"reason": "", "answer": "", "problems": []}),
        ),
        **_THREE_YEARS,
    ),
    Kind(
        "calls",
        "Private calls",
        "When a proctor spoke with a candidate, and the recording where calls are recorded",
        _STORE,
        _SUPERVISION,
        (
            Rows("proctoring.CallPiece", attempt="call__attempt"),
            _evidence(EvidenceKind.CALL),
            _of_attempt("Call", blank={"connection": ""}),
        ),
        **_THREE_YEARS,
    ),
)

_IDENTITY_KINDS = (
    Kind(
        "face_templates",
        "Check-in photos and face templates",
        "The photo of check-in, the numbers that a face is compared by, photos asked for during the exam",
        _IDENTITY,
        _BIOMETRIC,
        (
            _of_session("ReferenceFace", erase=erasers.face_data),
            _of_session("Showing", where=~Q(photo_name=""), erase=erasers.later_photos),
        ),
        **_ONE_YEAR,
    ),
    Kind(
        "voices",
        "Voice templates",
        "The numbers that a voice is compared by; no recording",
        _IDENTITY,
        _BIOMETRIC,
        (_of_session("ReferenceVoice", erase=erasers.of_sessions(voice.erase)),),
        **_ONE_YEAR,
    ),
    Kind(
        "head_movements",
        "Head baselines and turns of the head",
        "How the head was usually held, and the answer to the request to turn it; numbers only",
        _BASE,
        _SUPERVISION,
        (
            _of_session("HeadBaseline", erase=erasers.of_sessions(baseline.erase)),
            _of_session("LivenessCheck", erase=erasers.of_sessions(liveness.erase)),
        ),
        **_ONE_YEAR,
    ),
    Kind(
        "documents",
        "Identity documents",
        "The photo of a document (deleted earlier where the policy says so) and the answer of the comparison",
        _IDENTITY,
        _SUPERVISION,
        (_of_session("DocumentCheck", erase=erasers.documents),),
        **_ONE_YEAR,
    ),
    Kind(
        "identity_checks",
        "Checks of identity by a person",
        "Who was asked to look, why, and what was decided",
        _BASE,
        _SUPERVISION,
        (_of_session("IdentityCheck"),),
        **_THREE_YEARS,
    ),
    Kind(
        "consents",
        "Consents",
        "What was agreed to, when, to which notice, and when it was taken back",
        _BASE,
        "Proof that consent was given (GDPR Art. 7(1))",
        (_of_session("Consent", blank={"looked_for": []}),),
        kept_why="That consent was given has to be proved as long as claims are possible "
        "(GDPR Art. 7(1), 17(3)(e)).",
    ),
)

_FACTS = (
    Kind(
        "cases",
        "Cases and verdicts",
        "The review of an attempt: readings, comments, interviews with questions and notes, replies with "
        "their files, the verdict, an appeal",
        _BASE,
        "Deciding on a suspicion, and defending the decision (GDPR Art. 6(1)(e) or (f))",
        (
            Rows(
                "proctoring.SealedPackage",
                session="case__session",
                erase=erasers.stored("evidence", "name"),
            ),
            _of_case("CaseMail"),
            Rows("proctoring.InterviewQuestion", session="interview__case__session"),
            Rows("proctoring.InterviewSlot", session="interview__case__session"),
            _of_case("Interview"),
            Rows(
                "proctoring.ReplyFile",
                session="case__session",
                erase=erasers.stored("replies", "stored_name"),
            ),
            _of_case("Reply"),
            _of_case("ReplyWindow"),
            _of_case("CaseLook"),
            _of_case("CaseComment"),
            _of_case("Reading"),
            _of_session("Case"),
        ),
        least=365,
        least_why="A decision can be challenged for a year in most places.",
        kept_why="A decision about you has to be explainable, to you too, as long as claims are possible "
        "(GDPR Art. 17(3)(e)).",
    ),
    Kind(
        "incidents",
        "Incidents",
        "What was noticed: kind, time, explanation, measurements, and how it was reviewed; without files",
        _BASE,
        _SUPERVISION,
        (_of_session("Incident", blank={"explanation": "", "measurements": {}, "review_note": ""}),),
        **_LOGS,
    ),
    Kind(
        "observations",
        "What detectors said",
        "Findings of each picture, and of each recording where sound is recorded, with their certainty; "
        "without pictures, sound or words: to try other rules on past sittings",
        "encrypted in the database",
        _SUPERVISION,
        (
            _of_session("ObservationMinute", erase=erasers.observations),
            _of_session("ObservedClip", erase=erasers.observations),
        ),
        **_LOGS,
    ),
    Kind(
        "reports",
        "Reports as files",
        "Reports of an attempt as PDF, for who asked; the file itself is deleted after a day",
        "database and private store of reports",
        _SUPERVISION,
        (_of_session("ReportFile", erase=erasers.stored("reports", "stored_name")),),
        **_THREE_YEARS,
    ),
    Kind(
        "browser_events",
        "Events of the browser",
        "Leaving the page, copying, screens and devices, as the exam page noted them",
        _BASE,
        _SUPERVISION,
        (_of_session("BrowserEvent"),),
        **_LOGS,
    ),
    Kind(
        "measures",
        "Measurements and coverage",
        "Figures by which rules adapt to a camera and a room; what was captured in each minute; what "
        "another system that delivers the exam called the session, and gave along; how its candidate "
        "signed in there",
        _BASE,
        _SUPERVISION,
        (
            _of_session("SessionMeasures"),
            _of_session("CoverageMinute"),
            _of_session("OutsideSession"),
            _of_session("CompatLogin"),
        ),
        **_LOGS,
    ),
    Kind(
        "messages",
        "Messages, raised hands and warnings",
        "What candidate and proctors wrote to each other during the exam",
        _BASE,
        _SUPERVISION,
        (_of_attempt("ChatMessage"), _of_attempt("RaisedHand"), _of_session("CandidateWarning")),
        **_THREE_YEARS,
    ),
    Kind(
        "live_events",
        "Events of the live pages",
        "What was sent to the pages of proctors and of the candidate while the exam ran",
        _BASE,
        _SUPERVISION,
        (_of_attempt("LiveEvent"),),
        most=365,
        most_why="They serve the pages of the day; what matters of them stands in other kinds.",
    ),
    Kind(
        "watching",
        "Who watched whom, and acts of proctors",
        "Which proctor looked when, which candidates were theirs, what they did, minutes that were given",
        _BASE,
        _SUPERVISION,
        (
            _of_attempt("LiveWatch"),
            _of_attempt("ActResult"),
            _of_attempt("TimeGift"),
            Rows("proctoring.WatchAssignment", attempt="enrolment__attempts"),
            Rows("proctoring.HandOver", age="offered_at", where=Q(assignments=None)),
            Rows("proctoring.ActRun", age="created_at", where=Q(results=None, undone_by=None)),
        ),
        **_LOGS,
    ),
)

CAPTURE = (*_FILES, *_IDENTITY_KINDS, *_FACTS)
