"""Figures for Prometheus: who may read them, and that they tell what happened."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import Institution, User
from exams.delivery import attempts
from exams.delivery.journal import save_batch
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, Overloaded, TooLarge
from proctor_site.metrics import forget_dead
from proctoring.incidents import recording
from proctoring.ingest.counting import counted
from proctoring.ingest.services import FrameAnswer
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session

pytestmark = pytest.mark.django_db
ADDRESS = "/health/metrics/"


def _figures(client: Client | None = None) -> dict[tuple[str, str], float]:
    answer = (client or Client()).get(ADDRESS)
    assert answer.status_code == 200
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("token", "asked_with", "status"),
    [
        ("", {}, 200),
        ("", {"REMOTE_ADDR": "10.0.0.9"}, 404),
        ("", {"HTTP_X_FORWARDED_FOR": "10.0.0.9"}, 404),
        ("", {"HTTP_X_FORWARDED_PROTO": "https"}, 404),
        ("s3cret-token", {}, 404),
        ("s3cret-token", {"HTTP_AUTHORIZATION": "Bearer wrong"}, 404),
        ("s3cret-token", {"HTTP_AUTHORIZATION": "Bearer s3cret-tokené"}, 404),
        ("s3cret-token", {"HTTP_AUTHORIZATION": "Bearer s3cret-token", "REMOTE_ADDR": "10.0.0.9"}, 200),
    ],
)
def test_only_the_bearer_or_this_machine_reads(
    token: str, asked_with: dict[str, Any], status: int, settings: Any
) -> None:
    settings.METRICS_TOKEN = token
    assert Client().get(ADDRESS, **asked_with).status_code == status


def test_requests_are_counted_by_route_and_name_nobody() -> None:
    Client().get("/invitation/Secret-Link-0123456789/")
    found = _figures()
    assert found["proctor_http_requests_total", "GET,invitation,404"] >= 1
    assert not [key for key in found if "Secret" in key[1]]


def test_captures_are_counted_by_what_became_of_them() -> None:
    def value(outcome: str) -> float:
        return REGISTRY.get_sample_value("proctor_captures_total", {"kind": "try", "outcome": outcome}) or 0.0

    def take(what: Any) -> Any:
        if isinstance(what, Exception):
            raise what
        return what

    take_counted = counted("try")(take)
    take_counted(FrameAnswer(1, True, True, 0))
    take_counted(FrameAnswer(2, True, False, 0, code="overloaded"))
    take_counted(FrameAnswer(2, False, False, 0, code="repeated"))
    for refusal in (Overloaded("later"), TooLarge("big")):
        with pytest.raises(type(refusal)):
            take_counted(refusal)
    assert [value(each) for each in ("taken", "shed", "left_out", "refused", "lost")] == [1, 2, 1, 1, 0]


def test_live_counts_of_a_dead_process_are_taken_off(tmp_path: Path) -> None:
    for number in (1, 4_194_304):  # the first process lives; no process has a number beyond the limit
        (tmp_path / f"gauge_livesum_{number}.db").write_bytes(b"")
    forget_dead(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["gauge_livesum_1.db"]


def test_jobs_and_the_spool_are_told() -> None:
    found = _figures()
    names = {name for name, _ in found}
    assert {"proctor_jobs_waiting", "proctor_jobs_failed", "proctor_spool_waiting"} <= names


def _count_of(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_saves_are_counted_and_timed(scoped: Institution, candidate: User) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(scoped)), candidate))
    before = [_count_of("proctor_saves_total", outcome=each) for each in ("saved", "refused")]
    timed = _count_of("proctor_save_seconds_count")
    save_batch(attempt, device="device-1", changes=[])
    attempts.submit(attempt, actor=candidate, ended_by="candidate")
    with pytest.raises(Conflict):
        save_batch(attempt, device="device-1", changes=[])
    after = [_count_of("proctor_saves_total", outcome=each) for each in ("saved", "refused")]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1]
    assert _count_of("proctor_save_seconds_count") == timed + 2


def test_the_delay_of_an_alert_runs_from_its_capture(
    scoped: Institution, candidate: User, django_capture_on_commit_callbacks: Any
) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(scoped)), candidate))
    incident = make_incident(make_session(attempt), last_seen_at=clock.now() - timedelta(seconds=4))
    count, total = (_count_of(f"proctor_alert_delay_seconds_{each}") for each in ("count", "sum"))
    with django_capture_on_commit_callbacks(execute=True):
        recording.tell_proctors(incident, "incident.opened")
        recording.tell_proctors(incident, "incident.ended")
    assert _count_of("proctor_alert_delay_seconds_count") == count + 1
    assert 4 <= _count_of("proctor_alert_delay_seconds_sum") - total < 6
