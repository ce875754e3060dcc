"""No message of a socket holds a part of a face template, while frames are compared with one."""

import json
from typing import Any

import numpy as np
import pytest

from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.analysis import templates
from proctoring.consumers.frame_message import write_frame
from proctoring.models import Consent, MonitoringSession, ReferenceFace
from tests.capture import RED, frame, live
from tests.channels.conftest import in_thread
from tests.template_leaks import VECTOR, leaks_in, traces_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")]


async def test_candidate_and_proctor_hear_of_an_incident_and_nothing_of_the_template(
    connect: Any, candidate: Any, proctor: Any, session: MonitoringSession
) -> None:
    sealed = await in_thread(compare_with, session)
    proctors = f"/ws/i/{session.institution.slug}/sittings/{session.sitting_id}/"
    watching = await connect(proctor, proctors)
    socket = await connect(candidate, f"/ws/attempts/{session.attempt_id}/")
    await socket.receive("hello")
    start = clock.now().timestamp() - 8
    for number in range(1, 9):
        image = live(frame(RED) if number < 3 else frame(), number)
        moment = round((start + number) * 1000)
        await socket.inner.send_to(bytes_data=write_frame(number, moment, image))
        await socket.receive("frame_result")
    await watching.event("incident.opened")
    told = json.dumps([socket.seen, watching.seen]).encode()
    assert b"incident.opened" in told and leaks_in(told, traces_of(sealed)) == []


def compare_with(session: MonitoringSession) -> bytes:
    """Gives the session a reference face; the sealed template."""
    sealed = templates.seal(np.asarray(VECTOR, np.float32))
    with within(session.institution):
        ReferenceFace.objects.create(
            institution=session.institution,
            session=session,
            consent=Consent.objects.get(session=session),
            engine="scripted",
            template=sealed,
            photo_name="of-nobody",
            photo_sha256="0" * 64,
            created_at=clock.now(),
        )
    return sealed
