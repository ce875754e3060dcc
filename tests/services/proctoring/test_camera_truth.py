"""From frames to incidents for what only many frames show: frozen, replaced, and faces that never move."""

from typing import Any

import pytest

from proctoring.live import presence
from proctoring.models import Incident, LiveEvent, MonitoringSession
from tests.capture import BLUE, RED, FrameFeed, frame

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted", "scoped")]


def the_incident(session: MonitoringSession) -> Any:
    return Incident.objects.get(session=session)


def test_the_same_bytes_again_and_again_are_a_frozen_camera(session: MonitoringSession) -> None:
    feed, picture = FrameFeed(session), frame(RED)
    answers = [feed.send(picture, same_bytes=True) for _ in range(7)]
    assert answers[-1].incidents == ["camera_frozen"]
    assert the_incident(session).explanation == "The same picture in 5 of 5 frames over 4 s, confidence 0.99"
    answers = [feed.send(picture) for _ in range(3)]
    assert answers[-1].incidents == []


def test_a_camera_with_the_name_of_a_program_is_told_to_proctors_only(session: MonitoringSession) -> None:
    presence.update(session.attempt_id, camera="ok", camera_label="OBS Virtual Camera")
    feed = FrameFeed(session)
    for _ in range(4):
        feed.send(frame(RED))
    incident = the_incident(session)
    assert (incident.kind, incident.severity) == ("camera_replaced", "info")
    assert "the camera is called “OBS Virtual Camera”: OBS Studio" in incident.explanation
    assert not LiveEvent.objects.filter(kind="incident.notice").exists()


def test_a_second_face_that_never_moves_lowers_its_incident_and_says_why(session: MonitoringSession) -> None:
    feed = FrameFeed(session)
    for _ in range(5):
        feed.send(frame(RED, BLUE))
    assert the_incident(session).severity == "high"
    for _ in range(25):
        feed.send(frame(RED, BLUE))
    incident = the_incident(session)
    assert incident.severity == "low"
    assert "have not moved" in incident.explanation and "perhaps a picture" in incident.explanation
