"""Check-in: the notice and the choice, the device check, the reference photo, the baseline."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from exams.pages.safe_browser import kept_out
from exams.pages.steps import PAGE_OF_STATE, Page, api_url_of, own_attempt, url_of
from proctoring import sessions
from proctoring.identity import baseline, liveness, person_checks, steps, voice
from proctoring.identity import consent as consents
from proctoring.identity import notice as notices
from proctoring.identity.reading_text import reading_text
from proctoring.models import Consent, Policy
from proctoring.models.identity_check import DocumentType
from proctoring.states import CHECK_ASKED_AGAIN
from proctoring.talk import queries as talk

_LOOK_MARKS = (
    ("face", "Face in view"),
    ("light", "Enough light"),
    ("sharp", "Sharp"),
    ("size", "Close enough"),
    ("alone", "Only you"),
)
"""The marks beside the live picture; the names are those of `look_marks.js`."""


@never_cache
@require_safe
def check_in(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """The check-in of an own attempt, at the step where it was left; other states lead to their own page."""
    attempt = own_attempt(request, attempt_id)
    if PAGE_OF_STATE[attempt.state] is not Page.CHECK_IN:
        return redirect(url_of(attempt))
    if (elsewhere := kept_out(request, attempt)) is not None:
        return elsewhere
    sitting = attempt.enrolment.sitting
    policy = consents.policy_of(attempt)
    session = sessions.session_of(attempt)
    consent = consents.valid_consent(session)
    newest = person_checks.newest_check(session) if session else None
    next_code = ""
    if consent is not None:
        next_code = steps.next_step(policy, consent, is_practice=sitting.is_practice).code
    notice = notices.for_attempt(attempt)
    text, language = reading_text(sitting.exam.written_in)
    page = {
        "attempt": attempt,
        "sitting": sitting,
        "exam": sitting.exam,
        "policy": policy,
        "notice": notice,
        "paragraphs": notices.paragraphs_of(notice.body),
        "consent": consent,
        "step": _step(policy, consent, next_code),
        "next": next_code,
        "has_document": consent is not None and steps.document_of(consent) is not None,
        "has_turned": consent is not None and steps.has_turned(consent),
        "asked_again": newest.message if newest and newest.state == CHECK_ASKED_AGAIN else "",
        "document_types": DocumentType.choices,
        "learns_baseline": baseline.is_learnt(policy),
        "look_marks": _LOOK_MARKS,
        "microphone": "needed" if policy.listens else "check",
        "is_voice_wanted": consent is not None and steps.is_voice_wanted(policy, consent),
        "voice_needs_s": voice.NEEDED_S,
        "reading_text": text,
        "reading_language": language,
        "asks_to_turn": liveness.may_be_asked(policy),
        "turn_every_ms": liveness.LOOK_EVERY_MS,
        "look_every_ms": baseline.LOOK_EVERY_MS,
        "talks": talk.is_offered(attempt, policy),
        "talk_zone": attempt.enrolment.candidate.time_zone or attempt.institution.time_zone,
        "api_url": api_url_of(attempt),
        "waiting_url": url_of(attempt, Page.WAITING),
    }
    return render(request, "proctoring/candidate/check_in.html", page)


def _step(policy: Policy, consent: Consent | None, next_code: str) -> str:
    """Where to go on: the device is checked again after a reload, the choice is not asked for again."""
    if consent is None or not policy.camera_required:
        return "notice"
    if consent.camera:
        return "device"
    # In practice nobody lets people in: whoever came back without a camera chooses again and goes on.
    return {"document": "document", "person_will_check": "person"}.get(next_code, "notice")
