"""Lets people into the rooms of the provider and puts them out again; `services` has decided who may."""

import logging
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime

from exams.models import Attempt
from proctoring.meetings.providers.base import Join, LiveProvider, ProviderDown
from proctoring.meetings.providers.guarded import GuardedProvider, provider
from proctoring.models import LiveWatch, Participant
from proctoring.models.meeting import Part

log = logging.getLogger(__name__)

_errands = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live-video")
_running: set[Future[None]] = set()
"""Putting out is done beside what caused it: handing in must not wait for a media server."""


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


def record(service: GuardedProvider, watch: LiveWatch, is_on: bool) -> None:
    """What is sent in the room of the watch is recorded from now on, or not any more. Raises ProviderDown."""
    service.record(watch.proctor.meeting.external_id, room_of(watch.attempt_id), is_on)


def put_out(watches: Iterable[LiveWatch]) -> None:
    """Puts the pages of ended watches out, soon. While the provider is down nobody can be, nor come in."""
    _later([(each.proctor.meeting.external_id, each.attempt_id, each.identity) for each in watches])


def put_out_candidate(attempt: Attempt) -> None:
    """Puts the candidate of an attempt that nobody may watch any more out, in the same way."""
    candidate = (
        Participant._base_manager.filter(
            meeting__sitting_id=attempt.enrolment.sitting_id,
            user_id=attempt.enrolment.candidate_id,
            part=Part.CANDIDATE,
        )
        .select_related("meeting")
        .first()
    )
    if candidate is not None:
        _later([(candidate.meeting.external_id, attempt.pk, candidate.identity)])


def settle() -> None:
    """Waits until all who are to be put out are; for tests."""
    wait(list(_running))


def _later(errands: list[tuple[str, int, str]]) -> None:
    service = provider()
    if service is None or not errands:
        return
    done = _errands.submit(_put_out, service, errands)
    _running.add(done)
    done.add_done_callback(_running.discard)


def _put_out(service: LiveProvider, errands: list[tuple[str, int, str]]) -> None:
    for external_id, attempt_id, identity in errands:
        try:
            service.remove(external_id, room_of(attempt_id), identity)
        except ProviderDown as down:
            log.warning("attempt %s: %s could not be put out of live video: %s", attempt_id, identity, down)
            return
