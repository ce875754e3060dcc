"""The proctor's page of a sitting, and the details of one of its candidates."""

from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pages.guards import here_of, person_of, require_right
from exams.delivery.announcement_reach import lines_of
from exams.delivery.tools import tools_of
from exams.models import Attempt, Enrolment, LostTime, OutsideSafeBrowser
from proctor_site.kernel import clock
from proctoring import policies, sessions, supervision
from proctoring.evidence.call_exhibits import heard_calls
from proctoring.evidence.call_exhibits import version_of as version_of_calls
from proctoring.identity import liveness_words, notice_live, officer_photos, person_checks
from proctoring.live import presence, replay
from proctoring.live.messages import iso
from proctoring.meetings import calls
from proctoring.meetings import queries as live_video
from proctoring.models import CandidateWarning, MonitoringSession
from proctoring.pages import microphone_words, screen_words, talk_panel, wall_acts
from proctoring.pages.noted import noted_in
from proctoring.pages.showings import showings_of
from proctoring.pages.wall_feed import feed_of, feed_of_attempt, version_of
from proctoring.pages.wall_tiles import (
    BEHIND_MORE,
    ON_A_PAGE,
    STATE_WORDS,
    acts_in,
    connection_of,
    tiles_of,
    with_pictures,
)
from proctoring.pages.watching import watched_sitting, zone_of
from proctoring.review.precision_page import advisory_words, words_of_kinds
from proctoring.supervision import history
from proctoring.timeline import timeline_of
from proctoring.timeline_drawing import draw

FILTERS = (
    ("all", "All"),
    ("attention", "Needs attention"),
    ("talk", "Wants to talk"),
    ("not_connected", "Offline"),
    ("devices", "Device trouble"),
    ("not_started", "Not started"),
    ("in_progress", "Working"),
    ("paused", "Paused"),
    ("finished", "Ended"),
    ("unwatched", "Not watched live"),
    ("mine", "Mine"),
    ("nobodys", "Nobody's"),
)


@never_cache
@require_safe
@require_right("exams.watch_sitting")
def proctor_wall(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """Every candidate and the newest incidents; the scripts keep both up to date through the socket.

    `?page=2`: for browsers without scripts; with them, the page has all candidates and turns its own pages.
    """
    sitting = watched_sitting(request, sitting_id)
    # First the id, then the rows: what happens between the two comes again as an event.
    last = replay.last_id(sitting)
    zone = zone_of(request)
    tiles = tiles_of(sitting)
    shown = Paginator(tiles, ON_A_PAGE).get_page(request.GET.get("page"))
    is_outside = sitting.exam.is_outside
    acts = acts_in(is_outside)
    page = {
        "sitting": sitting,
        "zone": zone,
        "has_other_zone": zone != sitting.time_zone,
        "rows": [each.to_json() for each in tiles],
        "tiles": with_pictures(list(shown)),
        "shown": shown,
        "total": len(tiles),
        "acts": [(act, label, False) for act, label, _ in acts],  # for tiles that the scripts make
        "acts_behind_more": BEHIND_MORE,
        "me": person_of(request).pk,
        "feed": feed_of(sitting, person_of(request), slug),
        "checks_waiting": person_checks.count_waiting(sitting),
        "lines": lines_of(sitting),
        "last_event_id": last,
        "server_time": iso(clock.now()),
        "socket_url": f"/ws/i/{slug}/sittings/{sitting.pk}/",
        **wall_acts.page_values(sitting),
        "state_words": STATE_WORDS,
        "advisory_words": advisory_words(sitting.institution),
        "precision_words": words_of_kinds(sitting.institution),
        "filters": FILTERS,
        "rota": talk_panel.of_wall(request, sitting),
        "shows_live": not is_outside and policies.policy_for(sitting.exam).shows_live,
        "act_states": {act: allowed for act, _, allowed in acts},
        "review_list_url": reverse("admin:proctoring_incident_changelist") + f"?sitting={sitting.pk}",
    }
    return render(request, "proctoring/proctor/wall.html", page)


@never_cache
@require_safe
@require_right("exams.watch_sitting")
def candidate_details(request: HttpRequest, slug: str, sitting_id: int, enrolment_id: int) -> HttpResponse:
    """One candidate: state, warnings, lost time, incidents. `?part=panel`: only the inside of the page."""
    sitting = watched_sitting(request, sitting_id)
    enrolment = Enrolment.objects.filter(pk=enrolment_id, sitting=sitting).select_related("candidate").first()
    if enrolment is None:
        raise Http404("There is no such candidate in this sitting.")
    attempt = Attempt.objects.filter(enrolment=enrolment).order_by("-pk").first()
    is_panel = request.GET.get("part") == "panel"
    page: dict[str, Any] = {
        "sitting": sitting,
        "enrolment": enrolment,
        "attempt": attempt,
        "zone": zone_of(request),
        "institution_slug": here_of(request).slug,
        "looks_first": talk_panel.looks_first(enrolment),
    }
    if attempt is not None:
        session = sessions.session_of(attempt)
        why_not_live, why_no_call = live_video.why_not(attempt), calls.why_not(attempt)
        heard = heard_calls(calls.of_attempt(attempt), person_of(request), slug)
        known = presence.read(attempt.pk)
        seen = known.to_pulse(clock.now().timestamp())
        page |= {
            "state_words": STATE_WORDS[attempt.state],
            "connection": connection_of(attempt.state, seen),
            "presence": seen,
            "microphone": microphone_words.in_words(known, ZoneInfo(zone_of(request))),
            **_screen(session, known, ZoneInfo(zone_of(request))),
            "warnings": CandidateWarning.objects.filter(session__attempt=attempt)
            .select_related("proctor")
            .order_by("-pk"),
            "can_act": is_panel,
            "reads_warnings": supervision.reads_warnings(attempt),
            "showings": showings_of(attempt, person_of(request), slug),
            "acts_done": history.entries_of(attempt),
            "watches": live_video.watches_of(attempt),
            "why_not_live": why_not_live,
            "can_watch_live": is_panel and not why_not_live,
            "calls": heard,
            "calls_version": version_of_calls(heard),
            "can_call": is_panel and not why_no_call,
            "why_no_call": why_no_call or "Open the candidate from the page of the sitting to call.",
            "records_calls": calls.may_be_recorded(attempt),
            "talk": talk_panel.of_attempt(attempt),
            "noted": noted_in(session),
            "tools": tools_of(attempt),
            "turning": liveness_words.of(session),
            "office_photo": officer_photos.likeness_in_words(session),
            "outside_safe_browser": OutsideSafeBrowser.objects.filter(attempt=attempt),
            "lost_time": LostTime.objects.filter(attempt=attempt),
            "feed": feed_of_attempt(attempt, person_of(request), slug),
        }
        if session is not None:
            found = timeline_of(session)
            page |= {"timeline": found, "drawing": draw(found, zone=zone_of(request))}
        page["feed_version"] = version_of(page["feed"])
    return render(request, f"proctoring/proctor/{'_candidate' if is_panel else 'candidate'}.html", page)


def _screen(session: MonitoringSession | None, seen: presence.Presence, zone: ZoneInfo) -> dict[str, Any]:
    newest = screen_words.newest_of(session)
    return {
        "screen_words": screen_words.in_words(session, seen, zone),
        "screen_is_live": notice_live.shows_screens(),
        "screen_picture": newest.url if newest else "",
        "screen_picture_at": newest.at if newest else None,
    }
