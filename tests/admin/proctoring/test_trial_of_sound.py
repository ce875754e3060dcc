"""The page on which the numbers of a policy are tried, for what was heard in recordings."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.jobs import worker
from accounts.models import User
from accounts.tenancy import within
from proctoring.ingest.ending import end_session
from proctoring.models import Incident, MonitoringSession, ObservedClip, Policy, PolicyAssignment
from tests.admin.proctoring.test_policies import form
from tests.recordings import ANNA, BEN, ClipFeed, agree_to_sound, listening  # noqa: F401

BrowserOf = Callable[..., Client]
LISTENS = {"sound": "on", "voice_enrolment": "optional"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("listening")
def test_what_was_heard_is_tried_with_other_numbers(
    browser_of: BrowserOf, officer: User, session: MonitoringSession
) -> None:
    with within(session.institution):
        agree_to_sound(session, heard_kept=True)
        policy = Policy.objects.get()
        PolicyAssignment.objects.create(
            institution=session.institution, exam=session.sitting.exam, policy=policy
        )
        feed = ClipFeed(session)
        feed.send((1.0, 12.0, ANNA), (13.0, 17.2, BEN))
        feed.send((1.0, 12.0, ANNA))
        end_session(session, actor=None, reason="submit")
        incident = Incident.objects.get()
    client = browser_of(officer)

    def tried(**numbers: Any) -> str:
        typed = form("Listening", **numbers, try_on=f"sitting:{session.sitting_id}")
        asked = client.post(f"/admin/proctoring/policy/{policy.pk}/try/", typed)
        assert asked.status_code == 302
        worker.work()
        page = client.get(asked.headers["Location"]).content.decode()
        return " ".join(re.sub(r"<[^>]+>", " ", page).split())

    assert "1 stay as they are" in tried(**LISTENS)
    vanished = tried(**LISTENS, **{"rule-another_voice-min_frames": "3"})
    assert "1 would not have been raised" in vanished
    assert "4 s, 1 recording" in vanished and str(incident.pk) in vanished
    assert "with a microphone, but nothing kept" not in vanished
    assert "1 would not have been raised" in tried(), "the form records no sound at all"

    with within(session.institution):
        ObservedClip.objects.all().delete()
    lost = tried(**LISTENS)
    assert "1 attempt with a microphone, but nothing kept of what was heard" in lost
    assert "1: the observations of that time were not kept, or not all of them" in lost
