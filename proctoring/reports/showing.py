"""A report as templates draw it: plots, the timeline, and pictures with their addresses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from proctoring import timeline, timeline_drawing
from proctoring.models import MonitoringSession
from proctoring.reports.facts import AttemptReport, IncidentFacts, Picture
from proctoring.reports.plots import plots_of

AddressOf = Callable[[Picture], str]


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture with its address; `why_missing` when it cannot be shown."""

    fact: Picture
    url: str
    why_missing: str = "This picture is not there any more."


@dataclass(frozen=True, slots=True)
class ShownIncident:
    """An incident with the address of its own page, and its pictures."""

    incident: IncidentFacts
    url: str
    pictures: list[ShownPicture]


def context_of(
    report: AttemptReport,
    session: MonitoringSession,
    *,
    picture_url: AddressOf | None,
    incident_url: Callable[[int], str] | None = None,
    for_paper: bool = False,
) -> dict[str, Any]:
    """What `proctoring/reports/_report.html` needs. `picture_url` None: this viewer sees no pictures."""
    moments = timeline.timeline_of(session)
    return {
        "report": report,
        "session": session,
        "plots": plots_of(report),
        "timeline": moments,
        "drawing": timeline_drawing.draw(moments, zone=report.zone),
        "zone": report.zone,
        "shown": [_shown(each, picture_url, incident_url) for each in report.incidents],
        "for_paper": for_paper,
    }


def _shown(
    incident: IncidentFacts, picture_url: AddressOf | None, incident_url: Callable[[int], str] | None
) -> ShownIncident:
    pictures = [ShownPicture(each, picture_url(each)) for each in incident.pictures] if picture_url else []
    return ShownIncident(incident, incident_url(incident.number) if incident_url else "", pictures)
