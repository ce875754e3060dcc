"""Recorded interviews of the VideoProctoring contract: uploaded, looked at by a job, told as a report."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import uploads
from accounts.jobs import running, worker
from accounts.models import Institution, Job
from accounts.tenancy import within
from accounts.webhooks import posting
from exams.models import Sitting
from proctor_site.kernel import clock
from proctoring.compat import film_job, films
from proctoring.models import CompatKey, Incident, MonitoringSession, OutsideSession
from proctoring.vision import films as cutting
from tests.capture import BLUE, RED
from tests.compat.films import film
from tests.factories.compat import client_of, new_key
from tests.factories.webhooks import receiving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted", "folder_store", "in_this_process")]
JSON = "application/json"
ADDRESS = "/comprehensive-interview-analysis"
QUESTIONS = [{"question": "Who are you?", "answer": "Carla"}, {"question": "Why?", "answer": " "}]


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Films are cut here (the process apart has a test of its own), and nobody waits for a job."""
    monkeypatch.setattr(film_job, "pieces_of", cutting.cut)
    settings.COMPAT_FILM_WAIT_S = 0
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture(scope="module")
def interview() -> bytes:
    return film((RED,), (RED, BLUE), (RED, BLUE), (RED,))


def send(client: Client, data: bytes, **fields: str) -> Any:
    body = {"frame_interval": "5", "jobData": json.dumps({"candidateName": "Carla Cole"}), **fields}
    return client.post(ADDRESS, {**body, "video": SimpleUploadedFile("i.webm", data, "video/webm")})


def test_analyse_a_recorded_video_by_url_with_questions_and_answers(
    old_client: Client, institution: Institution, interview: bytes
) -> None:
    sent = send(old_client, interview, questionsWithAnswer=json.dumps(QUESTIONS))
    assert sent.status_code == 202 and sent["Retry-After"], sent.content
    where = sent.json()["status_url"].partition("/comprehensive")
    assert old_client.get(f"/comprehensive{where[2]}").status_code == 202
    worker.work()
    told = old_client.get(f"/comprehensive{where[2]}").json()
    assert told["status"] == "success" and told["report"]["session_id"] == told["session_id"]
    assert told["film"]["pictures"] == told["film"]["pictures_analysed"] == 4
    assert told["qa_analysis"]["total_questions"] == 2 and told["qa_analysis"]["completion_rate"] == 50.0
    assert told["qa_analysis"]["overall_score_percentage"] is None, "a film marks no answers"
    (alert,) = told["alert_history"]
    assert alert["type"] == "multiple_faces_detected" and 0.5 < alert["timestamp"] < 2.5, "the film's seconds"
    with within(institution):
        session = MonitoringSession.objects.get()
        incident = Incident.objects.get()
        job = Job.objects.get(kind=films.KIND)
    assert session.state == "ended" and session.candidate.name == "Carla Cole"
    assert session.started_at <= incident.started_at <= session.ended_at
    assert (incident.session, incident.kind) == (session, "several_faces")
    with pytest.raises(OSError):
        uploads.read(job.arguments["upload"])
    assert "Carla" not in json.dumps(job.arguments), "whom a film shows is not kept with the job"


def test_a_short_film_is_answered_at_once(
    old_client: Client, interview: bytes, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.COMPAT_FILM_WAIT_S = 30
    monkeypatch.setattr(time, "sleep", lambda _: worker.work())
    told = send(old_client, interview)
    assert told.status_code == 200 and told.json()["session_metadata"]["total_alerts"] == 1


def test_a_film_by_address_is_refused_unless_the_operator_named_its_host(
    old_client: Client, interview: bytes, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for url in ("http://127.0.0.1:6379/", "https://films.example/1.webm", "https://[", "file:///etc/passwd"):
        refused = old_client.post(ADDRESS, {"video_url": url}, JSON)
        assert refused.status_code == 400 and refused.json()["code"] == "video_url_refused", url
    settings.COMPAT_FILM_HOSTS = ["films.example", "127.0.0.1"]
    inside = old_client.post(ADDRESS, {"video_url": "http://127.0.0.1:6379/"}, JSON)
    worker.work()
    failed = old_client.get(f"{ADDRESS}/{inside.json()['session_id']}")
    assert failed.status_code == 422 and "could not be fetched" in failed.json()["error"]
    monkeypatch.setattr(posting, "get", lambda url, most_bytes: interview)
    sent = old_client.post(ADDRESS, {"video_url": "https://films.example/1.webm", "frame_interval": 5}, JSON)
    worker.work()
    assert old_client.get(f"{ADDRESS}/{sent.json()['session_id']}").json()["film"]["pictures"] == 4


def test_fetching_keeps_the_guards_of_webhooks(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    with receiving() as host:
        host.body = b"film" * 100
        assert posting.get(host.url, most_bytes=400) == host.body
        with pytest.raises(posting.NotFetched, match="more than 399 bytes"):
            posting.get(host.url, most_bytes=399)
        host.statuses, host.headers = [302], {"Location": "http://127.0.0.1:6379/"}
        with pytest.raises(posting.NotFetched, match="answered 302"):
            posting.get(host.url, most_bytes=400)
        settings.WEBHOOK_PRIVATE_HOSTS = []
        with pytest.raises(posting.NotFetched, match="not on the public internet"):
            posting.get(host.url.replace("http:", "https:"), most_bytes=400)
    assert len(host.came) == 3


def test_what_is_no_film_is_refused_and_leaves_no_session(
    old_client: Client, institution: Institution
) -> None:
    refused = send(old_client, b"#EXTM3U\nhttp://127.0.0.1/")
    assert refused.status_code == 400 and refused.json()["code"] == "not_a_film"
    missing = old_client.post(ADDRESS, {"frame_interval": "5"})
    assert missing.status_code == 400 and missing.json()["code"] == "required"
    broken = send(old_client, b"\x1aE\xdf\xa3" + b"x" * 5_000).json()["session_id"]
    worker.work()
    told = old_client.get(f"{ADDRESS}/{broken}")
    assert told.status_code == 422 and "cannot be decoded" in told.json()["error"]
    with within(institution):
        assert not MonitoringSession.objects.exists()


def test_sizes_numbers_and_waiting_films_are_bounded(
    old_client: Client, interview: bytes, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for interval in ("0", "-1", "nan", "x", "1e9"):
        assert send(old_client, interview, frame_interval=interval).status_code == 400, interval
    assert send(old_client, interview, questionsWithAnswer="{").status_code == 400
    monkeypatch.setattr(films, "MOST_WAITING", 1)
    assert send(old_client, interview).status_code == 202
    crowded = send(old_client, interview)
    assert crowded.status_code == 429 and crowded["Retry-After"] == "60"
    settings.COMPAT_FILM_MAX_BYTES = 1_000
    assert send(old_client, interview).status_code == 413


def test_a_film_longer_than_its_sitting_is_open_waits_and_nothing_lies_in_the_future(
    old_client: Client, institution: Institution, interview: bytes, key_and_secret: tuple[CompatKey, str]
) -> None:
    opened = clock.now() - timedelta(seconds=1)
    with within(institution):
        Sitting.objects.filter(pk=key_and_secret[0].sitting_id).update(opens_at=opened)
    name = send(old_client, interview).json()["session_id"]
    worker.work()
    assert old_client.get(f"{ADDRESS}/{name}").status_code == 202, "it waits"
    with within(institution):
        assert not MonitoringSession.objects.exists()
        first, again = Job.objects.filter(kind=films.KIND).order_by("pk")
        until = again.due_at
        assert first.state == "done" and opened + timedelta(seconds=4) <= until <= opened + timedelta(
            seconds=8
        )
    with clock.at(until):
        running.run(again.pk)
        assert old_client.get(f"{ADDRESS}/{name}").json()["film"]["pictures"] == 4
    with within(institution):
        session, incident = MonitoringSession.objects.get(), Incident.objects.get()
        assert opened <= session.started_at < session.ended_at <= until
        assert incident.last_seen_at <= until


def test_a_film_that_was_cut_short_is_looked_at_anew(
    old_client: Client, institution: Institution, interview: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any, **__: Any) -> Any:
        raise SystemExit("as when the worker is stopped")

    send(old_client, interview)
    with within(institution):
        job = Job.objects.get(kind=films.KIND)
        with monkeypatch.context() as broken, pytest.raises(SystemExit):
            broken.setattr(film_job, "accept_frame", stopped)
            film_job.look_at_film(job, Silent())
        assert film_job.look_at_film(job, Silent())["pictures"] == 4
        [left] = OutsideSession.objects.all()
        assert left.session.state == "ended" and Incident.objects.get().session == left.session
        with pytest.raises(OSError):
            uploads.read(job.arguments["upload"])


def test_a_fault_is_tried_again_and_asked_for_by_the_same_name(
    old_client: Client, institution: Institution, interview: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = send(old_client, interview).json()["session_id"]
    with monkeypatch.context() as broken:
        broken.setattr(film_job, "pieces_of", lambda *_, **__: 1 / 0)
        worker.work()
    assert old_client.get(f"{ADDRESS}/{name}").status_code == 202
    with within(institution):
        waits = Job.objects.get(kind=films.KIND)
    assert (waits.state, waits.tries) == ("waiting", 1)
    running.run(waits.pk)
    assert old_client.get(f"{ADDRESS}/{name}").json()["film"]["pictures"] == 4


class Silent:
    """Progress that nobody reads."""

    def tell(self, done: int, total: int) -> None:
        assert 0 <= done <= total


def test_films_of_another_key_are_not_there(
    old_client: Client, other_institution: Institution, interview: bytes
) -> None:
    name = send(old_client, interview).json()["session_id"]
    foreign = client_of(new_key(other_institution)[1])
    assert foreign.get(f"{ADDRESS}/{name}").status_code == 404
