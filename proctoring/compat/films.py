"""The VideoProctoring contract, recorded films: uploaded, looked at by a job, told as a session's report.

The same services look at them as at frames and recordings of a live session, at the film's own seconds, so
that what they find stands on the wall of the key's sitting. The film itself is deleted when it was looked at.
"""

import json
import math
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from accounts import states, uploads
from accounts.jobs.services import enqueue
from accounts.models import Job
from exams.delivery import outside as attempts
from proctor_site.kernel.errors import InvalidInput, NotFound, Overloaded, TooLarge
from proctoring import compat_keys
from proctoring.compat import sessions, video_reports
from proctoring.compat.calls import Answer, Call, clean_text, job_data_of, read_json_list
from proctoring.vision.films import FilmError, container_of

KIND = "proctoring.look_at_film"
MOST_WAITING = 10
"""Films of one institution that wait or are looked at."""
_NAMES = ("video", "file", "film")
_USUAL_INTERVAL, _MOST_INTERVAL = 60.0, 100_000.0
_FORM_BYTES = 65_536
_POLL_S = 0.25
_RETRY_S = 5
_MOST_QUESTIONS = 500
_holding = threading.BoundedSemaphore(4)
"""Calls of this process that wait for a film; more are told where to ask."""


def analyse(call: Call) -> Any:
    """`POST /comprehensive-interview-analysis`: the report, or 202 with where it will be.

    Multipart with the film as `video`; `video_url` only on hosts that the operator named.
    """
    given = replace(call, most_bytes=settings.COMPAT_FILM_MAX_BYTES + _FORM_BYTES)
    interval = _interval(given.fields.get("frame_interval"))
    questions = _questions(given.fields)
    job_data = job_data_of({"job_data": given.fields.get("jobData") or given.fields.get("job_data")})
    film, url = _film(given), given.text("video_url", most=500)
    if film is None:
        _require_host(url)
    attempts.require_open(compat_keys.open_sitting(call.key))
    rows = Job.objects.filter(institution=call.institution, kind=KIND)
    if rows.filter(state__in=(states.WAITING, states.RUNNING)).count() >= MOST_WAITING:
        raise Overloaded("Other films are looked at; send it later", details={"retry_after_ms": 60_000})
    name = str(uuid.uuid4())
    number, shown = sessions.person_in(call, job_data, name)
    # Who it shows stands beside the film in the encrypted upload, and goes with it; jobs are kept longer.
    head = {"candidate": [number, shown], "job_data": job_data, "url": url if film is None else ""}
    upload = uploads.save(call.institution, "film", json.dumps(head).encode() + b"\n" + (film or b""))
    job = enqueue(
        call.institution,
        KIND,
        title=f"Look at a film for {call.key.label}",
        actor=call.actor,
        key=_job_key(call, name),
        arguments={
            "key": call.key.pk,
            "session": name,
            "upload": upload,
            "interval": interval,
            "questions": questions,
        },
    )
    return _told(call, _waited_for(job), name)


def answer(call: Call, film_id: str) -> Any:
    """`GET /comprehensive-interview-analysis/{id}`: ours; the report once it is there. Raises NotFound."""
    # Not by its key: a job that is tried again has none.
    rows = Job.objects.filter(institution=call.institution, kind=KIND)
    rows = rows.filter(arguments__key=call.key.pk, arguments__session=film_id)
    job = rows.order_by("-pk").first()
    if job is None:
        raise NotFound("There is no such film")
    return _told(call, job, film_id)


def _told(call: Call, job: Job, name: str) -> Any:
    if job.state == states.DONE:
        session = sessions.find(call, name)
        report = video_reports.report_of(session, name)
        return {**report, "qa_analysis": _qa(job.arguments["questions"]), "film": job.result}
    if job.state == states.FAILED:
        body = {"success": False, "status": "error", "error": job.reason, "code": "film_failed"}
        return Answer(422, {**body, "session_id": name})
    where = f"{settings.BASE_URL}/compat/{call.secret}/comprehensive-interview-analysis/{name}"
    body = {"success": True, "status": "processing", "session_id": name, "status_url": where}
    return Answer(202, {**body, "done": job.done, "total": job.total}, {"Retry-After": str(_RETRY_S)})


def _waited_for(job: Job) -> Job:
    """The job when it is over, or as it is when the caller has waited long enough."""
    if not _holding.acquire(blocking=False):
        return job
    try:
        until = time.monotonic() + settings.COMPAT_FILM_WAIT_S
        while not job.is_over and time.monotonic() < until:
            time.sleep(_POLL_S)
            job.refresh_from_db()
    finally:
        _holding.release()
    return job


def _film(call: Call) -> bytes | None:
    given = next((call.fields[name] for name in _NAMES if call.fields.get(name)), None)
    if given is None:
        return None
    read = getattr(given, "read", None)
    if read is None:
        raise InvalidInput("video must be a file of a multipart form", field="video")
    most = settings.COMPAT_FILM_MAX_BYTES
    if given.size > most:
        raise TooLarge(f"At most {most} bytes are accepted.", field="video")
    data = bytes(read())
    try:
        container_of(data)
    except FilmError as error:
        raise InvalidInput(f"video: {error.message}.", field="video", code=error.code) from error
    return data


def _require_host(url: str) -> None:
    if not url:
        raise InvalidInput("No video provided: send the film as video", field="video", code="required")
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if host not in settings.COMPAT_FILM_HOSTS:
        raise InvalidInput(
            "A film is not fetched from this address: whoever names one could make this server ask any. "
            "Send the film itself as a file, or have the operator name its host.",
            field="video_url",
            code="video_url_refused",
        )


def _interval(given: object) -> float:
    """`frame_interval`: every how many frames of the film a picture is looked at."""
    words = clean_text(given, "frame_interval")
    try:
        number = float(words) if words else _USUAL_INTERVAL
    except ValueError:
        number = math.nan
    if not 1 <= number <= _MOST_INTERVAL:
        raise InvalidInput("frame_interval is a number of frames, 1 or more", field="frame_interval")
    return number


def _questions(fields: Mapping[str, Any]) -> list[int]:
    """How many questions there were, and how many with an answer; what was said is not kept."""
    given = fields.get("questionsWithAnswer")
    if isinstance(given, str):
        given = read_json_list(given)
    if given in (None, ""):
        return [0, 0]
    if not isinstance(given, list) or len(given) > _MOST_QUESTIONS:
        raise InvalidInput("questionsWithAnswer must be a list", field="questionsWithAnswer")
    answered = [each for each in given if isinstance(each, dict) and str(each.get("answer") or "").strip()]
    return [len(given), len(answered)]


def _qa(questions: list[int]) -> dict[str, Any]:
    total, answered = questions
    return {
        "total_questions": total,
        "answered_questions": answered,
        "overall_score_percentage": None,
        "category_averages": {},
        "completion_rate": round(100 * answered / total, 1) if total else None,
        "disabled_reason": "Answers are marked by people, not from a film.",
    }


def _job_key(call: Call, name: str) -> str:
    return f"film:{call.key.pk}:{name[:60]}"
