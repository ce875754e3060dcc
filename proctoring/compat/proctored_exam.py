"""The AI Proctored Exam contract: five addresses whose bodies were never published, so they are ours.

JSON or form. `/register` and `/login` are of candidates of this key alone: it opens no page of ours.
`/login` begins a session and gives its token, for `Authorization: Bearer` or the field `token`.
"""

import hashlib
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import limits
from accounts.services.outside_people import candidate_with
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotSignedIn
from proctoring import compat_keys
from proctoring.compat import sessions, video_reports, video_sessions
from proctoring.compat.calls import Answer, Call
from proctoring.compat.descriptions import DIFFERENCES
from proctoring.ingest import tokens
from proctoring.models import CompatLogin, MonitoringSession
from proctoring.outside import services
from proctoring.states import SESSION_LIVE

_MOST_TRIES, _TRIES_S = 10, 300
_MOST_PASSWORD = 200
_MOST_SESSIONS = 100
_NO_HASH = make_password(None)


def register(call: Call) -> Any:
    """`POST /register`: `username` or `email`, `password`, perhaps `name`. 201."""
    username = _username(call)
    password = call.text("password", most=_MOST_PASSWORD, required=True)
    name = call.text("name", most=200) or username
    try:
        validate_password(password)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="password") from error
    taken = Conflict("This name is registered already", code="registered")
    try:
        with transaction.atomic():
            if CompatLogin.objects.filter(key=call.key, username=username).exists():
                raise taken
            number = sessions.number_for(call, f"login-{username}")
            person = candidate_with(call.institution, number, name=name, actor=call.actor)
            CompatLogin.objects.create(
                institution=call.institution,
                key=call.key,
                username=username,
                password=make_password(password),
                person=person,
                created_at=clock.now(),
            )
    except IntegrityError as error:  # the same name at the same moment
        raise taken from error
    return Answer(201, {"success": True, "message": "Registered", "user": {"username": username}})


def login(call: Call) -> Any:
    """`POST /login`: begins a session, or goes on with the one that was begun. Raises NotSignedIn."""
    username = _username(call)
    mark = hashlib.sha256(username.encode()).hexdigest()  # no cache takes every sign in a key
    limits.count("compat-login", f"{call.key.pk}:{mark}", most=_MOST_TRIES, seconds=_TRIES_S)
    found = CompatLogin.objects.filter(key=call.key, username=username)
    known = found.select_related("person", "session").first()
    password = call.text("password", most=_MOST_PASSWORD, required=True)
    # The same work for names that there are not: how long it takes tells nobody who is registered.
    if not check_password(password, known.password if known else _NO_HASH) or known is None:
        raise NotSignedIn("Wrong name or password", code="wrong_password")
    session = known.session
    if session is None or session.state != SESSION_LIVE:
        with transaction.atomic():
            session = sessions.begin(
                call,
                None,
                candidate_id=sessions.number_for(call, f"login-{username}"),
                name=known.person.name,
                job_data={},
            )
            CompatLogin.objects.filter(pk=known.pk).update(session=session)
    name = video_sessions.name_of(session)
    return {
        "success": True,
        "token": tokens.make(session),
        "session_id": name,
        "user": {"username": username},
    }


def upload_frame(call: Call) -> Any:
    """`POST /upload-frame`: `frame` or `image`. The result is that of the VideoProctoring contract."""
    session = _session(call)
    if session.state != SESSION_LIVE:
        raise Conflict("Session has ended", code="ended")
    picture = call.picture("frame", "image")
    if picture is None:
        raise InvalidInput("No frame data provided", field="frame", code="required")
    result = video_sessions.frame_result(session, picture)
    return {"success": True, "result": result, "alerts": result.get("alerts", [])}


def alerts(call: Call) -> Any:
    """`GET /alerts`: of one's own session by token; of the newest sessions with a key kept on a server."""
    if call.key.is_private:
        rows = compat_keys.sessions_of(call.key).order_by("-pk")
        shown = list(rows[:_MOST_SESSIONS])
    else:
        shown = [_session(call)]
    told = [
        {**alert, "session_id": video_sessions.name_of(session)}
        for session in shown
        for alert in video_reports.alerts_of(session)
    ]
    return {"success": True, "total_alerts": len(told), "alerts": told}


def submit(call: Call) -> Any:
    """`POST /submit`: ends the session, once. Answers are not kept here: exams with answers are ours."""
    session = _session(call)
    if session.state == SESSION_LIVE:
        services.end(session, actor=call.actor)
    return {"success": True, "message": "Submitted", "answers_kept": False, "documentation": DIFFERENCES}


def _session(call: Call) -> MonitoringSession:
    scheme, _, shown = call.request.headers.get("Authorization", "").partition(" ")
    token = shown.strip() if scheme.lower() == "bearer" else call.text("token", most=400)
    if not token:
        raise NotSignedIn("Sign in first")
    return sessions.find(call, str(tokens.read(token)))


def _username(call: Call) -> str:
    name = call.text("username", most=150) or call.text("email", most=150)
    if not name:
        raise InvalidInput("username is required", field="username", code="required")
    return name.lower()
