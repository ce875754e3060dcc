"""Sessions of the replaced systems' clients: monitoring sessions of an outside exam, in the key's sitting."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from proctoring import compat_keys
from proctoring.analysis import recent
from proctoring.compat.calls import Call, clean_text
from proctoring.identity.outside_consent import OutsideConsent
from proctoring.models import MonitoringSession, ReferenceFace
from proctoring.outside import queries, services
from proctoring.states import SESSION_LIVE

_PLAIN = re.compile(r"[A-Za-z0-9._~-]{1,60}")
_NAMES = ("candidateName", "candidate_name", "name")
_NUMBERS = ("candidate_id", "candidateId", "email", "candidateEmail")


def consent_of(call: Call) -> OutsideConsent:
    """What the key's pages have asked for, as its admin attests."""
    key = call.key
    return OutsideConsent(
        camera=True,
        microphone=key.sound,
        face_comparison=key.faces,
        agreed_at=clock.now(),
        notice_url=key.notice,
        notice_version=f"as of {key.created_at:%Y-%m-%d}",
        asked_by=key.label,
    )


def begin(
    call: Call, session_id: str | None, *, candidate_id: str, name: str, job_data: Mapping[str, Any]
) -> MonitoringSession:
    """A new session. Raises as `outside.services.start`."""
    return services.start(
        call.institution,
        sitting=compat_keys.open_sitting(call.key),
        session_id=session_id,
        candidate_id=candidate_id,
        candidate_name=name,
        consent=consent_of(call),
        actor=call.actor,
        job_data=job_data,
    )


def find(call: Call, session_id: str) -> MonitoringSession:
    """The newest session of that id among those of the key. Raises NotFound in the contract's words."""
    try:
        session = queries.find(call.institution, session_id)
    except NotFound as error:
        raise NotFound("Invalid session") from error
    if not compat_keys.may_speak_of(call.key, session):
        raise NotFound("Invalid session")
    return session


def find_live(call: Call, session_id: str) -> MonitoringSession:
    """The same, while it goes on. Raises Conflict in the contract's words."""
    session = find(call, session_id)
    if session.state != SESSION_LIVE:
        raise Conflict("Session has ended", code="ended")
    return session


def require_private(call: Call) -> None:
    """Lists and deletion are for keys that no candidate can read. Raises NotAllowed."""
    if not call.key.is_private:
        raise NotAllowed(
            "This key stands in a page, so it may not list or delete sessions. Make one that stays on your "
            "server.",
            code="key_is_public",
        )


def person_in(call: Call, job_data: Mapping[str, Any], session_id: str) -> tuple[str, str]:
    """Number and name of the candidate in what the caller knows; else made of the session's id.

    Clients call these fields differently; a session that names nobody is somebody of its own.
    """
    number = next((word for key in _NUMBERS if (word := _word(job_data, key))), "")
    name = next((word for key in _NAMES if (word := _word(job_data, key))), "")
    return number_for(call, number or f"session-{session_id}"), name or f"Candidate {session_id[:12]}"


def number_for(call: Call, word: str) -> str:
    """A candidate number made of what clients call somebody, as it is where it fits, else a short hash.

    With a key that candidates can read anybody may call themselves anything, so that such numbers are a
    namespace of their own: they never become the number of a candidate whom the institution knows.
    """
    number = word if call.key.is_private else f"key{call.key.pk}-{word}"
    if _PLAIN.fullmatch(number):
        return number
    return f"key{call.key.pk}-{hashlib.sha256(word.encode()).hexdigest()[:32]}"


def next_number(session: MonitoringSession) -> int:
    """The number of the next frame: those clients count none."""
    return recent.load(session.pk).last_sequence + 1


def is_face_registered(session: MonitoringSession) -> bool:
    """Whether there is a reference face to compare with."""
    return ReferenceFace.objects.filter(session=session).exists()


def seconds_since(session: MonitoringSession, moment: datetime | None = None) -> float:
    """Seconds of the session until `moment`, its end, or now."""
    until = moment or session.ended_at or clock.now()
    return max(0.0, (until - session.started_at).total_seconds())


def naive(moment: datetime | None) -> str | None:
    """A moment as those contracts write it: ISO 8601 in UTC, without saying so."""
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def _word(data: Mapping[str, Any], name: str) -> str:
    try:
        return clean_text(data.get(name), name, most=200)
    except InvalidInput:
        return ""  # job_data is the caller's own; a name of another shape is no name
