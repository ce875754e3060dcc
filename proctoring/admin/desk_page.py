"""What the desk, the page of one case, shows: the timeline with everything on it, each incident to decide."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from accounts.masks import Words
from accounts.models import User
from proctoring.admin import detectors, evidence_store, incident_columns, incident_page
from proctoring.admin.incident_page import Choice
from proctoring.admin.read_only import zone_of
from proctoring.coverage import Minute
from proctoring.desk.lanes import look_of
from proctoring.desk.queries import Desk, Viewer, desk_of
from proctoring.desk.scene import Item, draw, since_begin
from proctoring.evidence.spool_state import files_of
from proctoring.models import Case, Incident, MonitoringSession
from proctoring.observations import SOUND_KINDS
from proctoring.permissions import may_see_incidents
from proctoring.review.blind import shown_for
from proctoring.review.precision_page import words_of_kinds
from proctoring.rights.reply_links import replies_context
from proctoring.states import UNREVIEWED
from proctoring.timeline_drawing import ticks_of

MOST_CARDS = 200
"""Incidents with pictures and buttons of their own; the timeline and the list have all."""


@dataclass(frozen=True, slots=True)
class Card:
    """One incident on the desk."""

    number: int
    incident: Incident
    begun: str
    duration: str
    seen_in: str
    about: str
    items: list[Item]
    choices: list[Choice]
    measurements: list[tuple[str, Any]]
    precision: str
    missing: list[str]
    note: str


def context_of(request: HttpRequest, case: Case, viewer: User) -> dict[str, Any]:
    """Everything the template needs but the frame of the admin."""
    session, zone = case.session, zone_of(request)
    clock = _clock_in(zone)
    slug = case.institution.slug
    sees_evidence = may_see_evidence(viewer, session)
    shown = shown_for(case, viewer)
    desk = desk_of(session, Viewer(viewer, slug, shown, sees_evidence, clock))
    begin = start_of(session, desk)
    return {
        "case": case,
        "is_blind": shown.is_hidden,
        "asked_because": shown.words(case.asked_because),
        "session": session,
        "zone": zone,
        "begin": begin,
        "desk": desk,
        "drawing": draw(desk.scene, ticks_of(desk.scene.begin, desk.scene.end, zone)),
        "cards": _cards(desk, begin, words_of_kinds(case.institution), shown.words),
        "count": len(desk.incidents),
        "not_listed": max(len(desk.incidents) - MOST_CARDS, 0),
        "unreviewed": sum(each.review_state == UNREVIEWED for each in desk.incidents),
        "loose": [each for each in desk.items if each.incident is None],
        "coverage": desk.coverage,
        "coverage_words": coverage_words(desk.coverage.minutes, desk.coverage.totals),
        "sees_evidence": sees_evidence,
        "may_see_packages": viewer.has_perm("proctoring.view_sealedpackage", case),
        "may_decide": may_decide(viewer, session),
        "data": _data(desk, begin, zone),
        **(replies_context(case, viewer, slug) if case.released_at else {}),
    }


def may_see_evidence(viewer: User, session: MonitoringSession) -> bool:
    """Whether pictures and recordings are shown; the page of each file checks again."""
    return viewer.has_perm("proctoring.view_evidence", session) and may_see_incidents(
        viewer, session.sitting, session.institution
    )


def may_decide(viewer: User, session: MonitoringSession) -> bool:
    """Whether the buttons are offered; the service checks again."""
    return (
        viewer.has_perm("proctoring.decide_incident", session)
        and session.candidate_id != viewer.pk
        and may_see_incidents(viewer, session.sitting, session.institution)
    )


def start_of(session: MonitoringSession, desk: Desk) -> datetime:
    """From when on time is counted: the start of the exam, or of the session."""
    attempt = session.attempt
    return (attempt.started_at if attempt is not None else None) or session.started_at or desk.scene.begin


def coverage_words(minutes: Iterable[Minute], totals: Minute) -> list[str]:
    """What was watched and what was not, in sentences."""
    looks = [look_of(each) for each in minutes]
    if not totals.captured and not totals.clips_s and not totals.screens:
        return ["Nothing was counted for this session: that no incident is here says nothing."]
    working = [each for each in looks if each != "paused"]
    words = [
        f"In {looks.count('watched')} of {_minutes(len(working))} pictures were looked at: "
        f"{totals.analysed} of {totals.captured} that came."
    ]
    if totals.shed:
        words.append(f"{totals.shed} pictures came while nobody was free to look at them.")
    if count := looks.count("unwatched"):
        words.append(f"In {_minutes(count)} no picture came.")
    if totals.offline_s >= 1:
        words.append(f"For {totals.offline_s:.0f} s there was no sign of the page.")
    if totals.clips_s or totals.quiet_s:
        words.append(
            f"{totals.clips_s / 60:.0f} minutes of sound were listened to; of {totals.quiet_s / 60:.0f} "
            "the browser said that nothing was to be heard."
        )
    if totals.screens:
        words.append(f"{totals.screens} pictures of the screen came.")
    return words


def _minutes(count: int) -> str:
    return f"{count} minute{'' if count == 1 else 's'}"


def _cards(desk: Desk, begin: datetime, precision: Mapping[str, str], words: Words) -> list[Card]:
    items: dict[int | None, list[Item]] = {}
    for each in desk.items:
        items.setdefault(each.incident, []).append(each)
    files = files_of([each.pk for each in desk.incidents[:MOST_CARDS]])
    return [
        Card(
            number,
            each,
            since_begin(each.started_at, begin),
            incident_columns.duration(each),
            incident_columns.count(each),
            detectors.about(each.kind),
            items.get(each.pk, []),
            incident_page.choices_of(each),
            incident_page.measurements_of(each),
            precision.get(each.kind, ""),
            evidence_store.words_of(files.get(each.pk)),
            words(each.review_note),
        )
        for number, each in enumerate(desk.incidents[:MOST_CARDS], 1)
    ]


def _data(desk: Desk, begin: datetime, zone: str) -> dict[str, Any]:
    """What the page's scripts play: moments in seconds since the epoch."""
    return {
        "begin": desk.scene.begin.timestamp(),
        "end": desk.scene.end.timestamp(),
        "start": begin.timestamp(),
        "zone": zone,
        "items": [each.to_json() for each in desk.items],
        "incidents": [
            {
                "id": each.pk,
                "number": number,
                "begin": each.started_at.timestamp(),
                "end": (each.ended_at or max(each.last_seen_at, each.started_at)).timestamp(),
                "kind": each.get_kind_display(),
                "severity": each.severity,
                "sound": each.kind in SOUND_KINDS,
            }
            for number, each in enumerate(desk.incidents, 1)
        ],
        "questions": [
            {
                "from": each.begin.timestamp(),
                "to": each.end.timestamp(),
                "words": f"{each.position}. {each.title}",
            }
            for each in desk.seen
        ],
        "minutes": [{"at": each.at.timestamp(), "look": look_of(each)} for each in desk.coverage.minutes],
    }


def _clock_in(zone: str) -> Any:
    known = ZoneInfo(zone)

    def clock(at: datetime) -> str:
        return f"{at.astimezone(known):%H:%M:%S}"

    return clock
