"""A provider of live video that is down, or slow, blocks no exam: opening, saving and handing in go on."""

import threading
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import AuditEntry
from accounts.tenancy import within
from exams.delivery import attempts
from proctor_site.kernel.errors import Conflict
from proctoring.breaker import MOST_FAILURES
from proctoring.meetings import admission, services
from proctoring.meetings.providers import guarded
from proctoring.meetings.providers.base import Join, Part, ProviderDown
from proctoring.meetings.providers.scripted import ScriptedProvider
from proctoring.models import Consent, LiveWatch, Meeting
from tests.factories.exams import enrol
from tests.papers import items, save

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "a" * 32


class SlowProvider(ScriptedProvider):
    """Lets in at once, and hangs when somebody is to be put out, until it is told to go on."""

    name = "slow"
    go_on = threading.Event()
    put_out_by: list[str] = []

    def remove(self, external_id: str, room: str, identity: str) -> None:
        self.go_on.wait(20)
        self.put_out_by.append(threading.current_thread().name)
        super().remove(external_id, room, identity)


class CountingProvider(ScriptedProvider):
    """Is down, and counts how often it was asked."""

    name = "counting"
    asked = 0

    def add_participant(
        self, external_id: str, room: str, identity: str, part: Part, until: datetime
    ) -> Join:
        type(self).asked += 1
        return super().add_participant(external_id, room, identity, part, until)


@pytest.fixture
def agreed(session: Any) -> Iterator[Any]:
    Consent._base_manager.update(live_video=True)
    ScriptedProvider.meetings.clear()
    with within(session.institution):
        yield session
    ScriptedProvider.is_down = False
    ScriptedProvider.meetings.clear()


def watch(session: Any, proctor: Any, page: str = PAGE) -> services.Granted:
    return services.begin_watch(
        session.sitting, session.attempt.pk, proctor=proctor, connection=page, level="thumb"
    )


def test_handing_in_does_not_wait_for_somebody_to_be_put_out(
    agreed: Any, proctor: Any, candidate: Any, settings: Any
) -> None:
    settings.LIVE_PROVIDER = f"{__name__}.SlowProvider"
    SlowProvider.go_on.clear()
    SlowProvider.put_out_by.clear()
    watch(agreed, proctor)
    [inside] = SlowProvider.meetings.values()
    assert len(inside) == 2
    try:
        attempts.submit(agreed.attempt, actor=candidate, ended_by="candidate", device=agreed.attempt.device)
        agreed.attempt.refresh_from_db()
        assert agreed.attempt.state == "submitted" and SlowProvider.put_out_by == []
        assert LiveWatch._base_manager.get().ended_by == "attempt_ended"
    finally:
        SlowProvider.go_on.set()
    admission.settle()
    assert inside == set() and len(SlowProvider.put_out_by) == 2
    assert threading.current_thread().name not in SlowProvider.put_out_by


def test_a_provider_that_is_down_is_left_alone_and_the_exam_goes_on(
    agreed: Any, proctor: Any, candidate: Any, settings: Any, monkeypatch: Any
) -> None:
    settings.LIVE_PROVIDER = f"{__name__}.CountingProvider"
    CountingProvider.asked = 0
    ScriptedProvider.is_down = False
    watch(agreed, proctor)
    monkeypatch.setattr(CountingProvider, "_answer", _down)
    for _ in range(MOST_FAILURES + 4):
        with pytest.raises(Conflict) as refused:
            watch(agreed, proctor, "b" * 32)
        assert refused.value.code == "live_unavailable"
    assert Meeting._base_manager.get().state == "interrupted"
    moves = AuditEntry._base_manager.filter(verb__startswith="meeting").count()
    assert (LiveWatch._base_manager.count(), moves) == (1, 2), "a try that failed leaves nothing behind"
    assert guarded.provider().seconds_left() > 0  # type: ignore[union-attr]
    failures_asked = CountingProvider.asked
    with pytest.raises(Conflict):
        watch(agreed, proctor, "c" * 32)
    assert CountingProvider.asked == failures_asked, "nobody asks while it rests"
    monkeypatch.undo()
    guarded.reset()  # the rest is over
    settings.LIVE_PROVIDER = f"{__name__}.CountingProvider"
    watch(agreed, proctor, "d" * 32)
    assert Meeting._base_manager.get().state == "open"


def test_opening_and_saving_ask_no_provider(
    agreed: Any, candidate: Any, second_candidate: Any, settings: Any
) -> None:
    settings.LIVE_PROVIDER = "scripted"
    ScriptedProvider.is_down = True
    other = enrol(agreed.sitting, second_candidate)
    assert attempts.open_attempt(other, actor=second_candidate).state == "scheduled"
    attempt = agreed.attempt
    assert save(attempt, 1, items(attempt)[0], None).accepted
    submitted = attempts.submit(attempt, actor=candidate, ended_by="candidate", device=attempt.device)
    assert submitted.state == "submitted" and not ScriptedProvider.meetings


def _down(self: Any) -> None:
    raise ProviderDown("down")


def test_an_operator_sees_how_it_is_and_readiness_does_not_wait_for_it(settings: Any) -> None:
    assert "live_video" not in Client().get("/health/ready/").json()
    settings.LIVE_PROVIDER = "scripted"
    assert Client().get("/health/ready/").json()["live_video"] == "works"
    ScriptedProvider.is_down = True
    try:
        for _ in range(MOST_FAILURES):
            with pytest.raises(ProviderDown):
                guarded.provider().create_meeting("sitting-1", "")  # type: ignore[union-attr]
        told = Client().get("/health/ready/")
        assert (told.status_code, told.json()["live_video"]) == (200, "left_alone")
        with pytest.raises(CommandError, match="scripted: It is down."):
            call_command("check_live_video")
    finally:
        ScriptedProvider.is_down = False
    said = StringIO()
    call_command("check_live_video", stdout=said)
    assert said.getvalue().strip() == "scripted: all is well."
    settings.LIVE_PROVIDER = "livekit"
    with pytest.raises(CommandError, match="needs PROCTOR_LIVEKIT_URL"):
        call_command("check_live_video")
    settings.LIVE_PROVIDER = "nobody"
    with pytest.raises(CommandError, match="nobody"):
        call_command("check_live_video")
