"""Lets people into the rooms of the provider and puts them out again; `services` has decided who may."""

import logging
from collections.abc import Iterable
from datetime import datetime

from exams.models import Attempt
from proctoring.meetings.providers.base import Join, LiveProvider, ProviderDown, provider
from proctoring.models import LiveWatch, Participant
from proctoring.models.meeting import Part

log = logging.getLogger(__name__)


def room_of(attempt_id: int) -> str:
    """The name of an attempt's room in the meeting of its sitting."""
    return f"attempt-{attempt_id}"


def attempt_of(room: str) -> int:
    """The attempt whose room has that name; 0 for any other name."""
    kind, _, number = room.partition("-")
    return int(number) if kind == "attempt" and number.isascii() and number.isdigit() else 0


def let_in(
    service: LiveProvider, watch: LiveWatch, candidate: Participant, until: datetime
) -> tuple[Join, Join]:
    """What the page that watches and the candidate's page need. Raises ProviderDown."""
    meeting, room = candidate.meeting.external_id, room_of(watch.attempt_id)
    for_proctor = service.add_participant(meeting, room, watch.identity, "proctor", until)
    return for_proctor, service.add_participant(meeting, room, candidate.identity, "candidate", until)


def put_out(watches: Iterable[LiveWatch]) -> None:
    """Puts the pages of ended watches out. While the provider is down nobody can be put out, nor come in."""
    service = provider()
    for watch in watches:
        meeting = watch.proctor.meeting
        if service is None or not _put_out(service, meeting.external_id, watch.attempt_id, watch.identity):
            return


def put_out_candidate(attempt: Attempt) -> None:
    """Puts the candidate of an attempt that nobody may watch any more out, with the same care."""
    candidate = (
        Participant._base_manager.filter(
            meeting__sitting_id=attempt.enrolment.sitting_id,
            user_id=attempt.enrolment.candidate_id,
            part=Part.CANDIDATE,
        )
        .select_related("meeting")
        .first()
    )
    service = provider()
    if candidate is not None and service is not None:
        _put_out(service, candidate.meeting.external_id, attempt.pk, candidate.identity)


def _put_out(service: LiveProvider, external_id: str, attempt_id: int, identity: str) -> bool:
    try:
        service.remove(external_id, room_of(attempt_id), identity)
    except ProviderDown as down:
        log.warning("attempt %s: %s could not be put out of live video: %s", attempt_id, identity, down)
        return False
    return True
