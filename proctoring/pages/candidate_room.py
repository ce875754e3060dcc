"""The exam page with its watching: camera, pictures and a proctor's messages around the exam."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from exams.pages.exam_page import exam_page_context
from exams.pages.safe_browser import kept_out
from exams.pages.steps import PAGE_OF_STATE, Page, own_attempt, url_of
from proctoring import policies, sessions, supervision
from proctoring.analysis import context
from proctoring.identity import notice
from proctoring.identity.consent import valid_consent
from proctoring.ingest import clips, screens
from proctoring.models import MonitoringSession
from proctoring.models.policy_screen import ScreenMode
from proctoring.pages.noted import page_told
from proctoring.talk import queries as talk


@never_cache
@require_safe
def exam_room(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """The exam of a running attempt; other states lead to their own page."""
    attempt = own_attempt(request, attempt_id)
    if PAGE_OF_STATE[attempt.state] is not Page.EXAM:
        return redirect(url_of(attempt))
    if (elsewhere := kept_out(request, attempt)) is not None:
        return elsewhere
    session = sessions.session_of(attempt)
    consent = valid_consent(session)
    sound = clips.wanted(session) if session else clips.NOT_WANTED
    screen = screens.wanted(session) if session else screens.NOT_WANTED
    policy = policies.policy_of(attempt)
    page = exam_page_context(attempt) | {
        "captures_camera": consent is not None and consent.camera,
        "has_withdrawn": consent is None and session is not None and session.consents.exists(),
        "clips_url": reverse("api_session_clips", args=[session.public_id]) if session else "",
        "records_sound": sound.wanted,
        "clip_seconds": sound.seconds,
        "shows_live": consent is not None and consent.live_video and policy.shows_live,
        "tells_battery": consent is not None and consent.battery,
        "compares_faces": consent is not None and consent.face_comparison,
        "looked_for": _looked_for(session) if consent is not None and consent.camera and session else [],
        "shares_screen": screen.wanted,
        "screen_required": policy.screen == ScreenMode.REQUIRED,
        "screen_seconds": screen.seconds,
        "screen_clips": screen.clips,
        "screens_url": reverse("api_session_screens", args=[session.public_id]) if session else "",
        "screen_clips_url": reverse("api_session_screen_clips", args=[session.public_id]) if session else "",
        "browser_events": page_told(session),
        "talks": talk.is_offered(attempt, policy),
        "talk_zone": attempt.enrolment.candidate.time_zone or attempt.institution.time_zone,
        "open_warnings": [supervision.warning_shape(each) for each in supervision.open_warnings(attempt)],
    }
    return render(request, "proctoring/candidate/room.html", page)


def _looked_for(session: MonitoringSession) -> list[str]:
    """What is looked for in this candidate's pictures and recordings as things are: without what is muted."""
    known = context.of(session)
    return notice.in_words(known.rule_set.detectors | known.sound.rule_set.detectors)
