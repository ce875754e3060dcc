"""Tells other systems (webhooks) of incidents, cases, sessions and meetings, in the transaction of the event.

Practice is not told. Bodies hold numbers and states as the calls by token show them: no names, no pictures.
"""

from typing import Any

from accounts.webhooks.outbox import announce, is_heard
from exams.models import Sitting
from proctoring.models import (
    Case,
    Incident,
    InterviewSlot,
    Meeting,
    MeetingInvitation,
    MonitoringSession,
    Participant,
)


def of_incident(incident: Incident, event: str, **facts: Any) -> None:
    """`event`: incident.raised or incident.reviewed, the latter with `review_state`."""
    if _is_practice(incident.sitting):
        return
    told = {**_where(incident.session), "incident": incident.pk, "kind": incident.kind}
    told |= {"severity": incident.severity, **facts}
    if event == "incident.raised":
        told["started_at"] = incident.started_at.isoformat().replace("+00:00", "Z")
    announce(incident.institution, event, told)


def of_case(case: Case, event: str) -> None:
    """`event`: case.opened, case.decided or case.appealed."""
    if _is_practice(case.sitting):
        return
    told = {**_where(case.session), "case": case.pk, "state": case.state}
    announce(case.institution, event, told if event == "case.opened" else {**told, "verdict": case.verdict})


def of_session(session: MonitoringSession, event: str, **facts: Any) -> None:
    """`event`: session.ended, .paused or .resumed, with `state`; session.warned or .warning_withdrawn, with
    `warning`; consent.withdrawn."""
    if not _is_practice(session.sitting):
        announce(session.institution, event, {**_where(session), **facts})


def of_meeting(meeting: Meeting, event: str) -> None:
    """`event`: meeting.made, .changed, .began or .ended, of one without an exam that calls by token may see.

    Not those of interviews: `queries.meetings_of` says why.
    """
    if _is_told(meeting, event):
        announce(meeting.institution, event, {"meeting": meeting.pk, "state": meeting.state})


def of_stay(place: Participant, event: str, **facts: Any) -> None:
    """`event`: meeting.joined, or meeting.left with `because`. `participant` is what the API calls so."""
    meeting = place.meeting
    if not _is_told(meeting, event):
        return
    rows = MeetingInvitation._base_manager.filter(meeting=meeting, user=place.user_id)
    newest = rows.order_by("-pk").values_list("pk", flat=True).first()
    told = {"meeting": meeting.pk, "participant": newest, "part": place.part, **facts}
    announce(meeting.institution, event, told)


def _is_told(meeting: Meeting, event: str) -> bool:
    if meeting.sitting_id is not None or not is_heard(meeting.institution, event):
        return False
    return not InterviewSlot._base_manager.filter(meeting=meeting).exists()


def _where(session: MonitoringSession) -> dict[str, Any]:
    return {
        "session": str(session.public_id),
        "attempt": session.attempt_id,
        "sitting": session.sitting_id,
    }


def _is_practice(sitting: Sitting | None) -> bool:
    return sitting is not None and sitting.is_practice
