"""The Dyte contract, meetings: made by a page, with host rights for who made it and for nobody else."""

import hashlib
import json
import secrets
import string
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.crypto import constant_time_compare

from accounts import audit
from accounts.links import hash_of
from proctor_site.kernel import clock
from proctor_site.kernel.errors import NotFound, NotSignedIn
from proctoring.compat import sessions
from proctoring.compat.calls import Answer, Call
from proctoring.compat.sessions import naive
from proctoring.models import CompatMeeting
from proctoring.outside import live_rooms

_SIGNS = string.ascii_letters + string.digits
_ADMIN_ID_SIGNS = 32
HOST, CANDIDATE = "group_call_host", "group_call_participant"


def make(call: Call) -> Any:
    """`POST /meetings`. Only this answer has the admin id; we keep its hash."""
    title = call.text("title", most=200, required=True)
    admin_id = "".join(secrets.choice(_SIGNS) for _ in range(_ADMIN_ID_SIGNS))
    meeting = CompatMeeting.objects.create(
        institution=call.institution,
        key=call.key,
        title=title,
        admin_hash=hash_of(admin_id),
        created_at=clock.now(),
    )
    audit.record(call.institution, meeting, "compatmeeting.made", actor=call.actor, detail={"title": title})
    data = {
        "id": str(meeting.public_id),
        "title": meeting.title,
        "preferred_region": None,
        "record_on_start": False,
        "status": "ACTIVE",
        "created_at": naive(meeting.created_at),
        "updated_at": naive(meeting.created_at),
    }
    return {"success": True, "data": data, "admin_id": admin_id}


def add_participant(call: Call, meeting_id: str) -> Any:
    """`POST /meetings/{id}/participants`: the quirk of that contract, 201 with its JSON as a text.

    Whoever does not send the admin id is a candidate, whatever preset the page asks for. A candidate's
    `token` opens our live room at `link`; hosts sign in with us, and theirs opens nothing.
    """
    meeting = find(call, meeting_id)
    name = call.text("name", most=200, required=True)
    is_host = is_admin_of(meeting, call.text("admin_id", most=100))
    wanted = call.text("preset_name", most=100)
    participant = str(uuid.uuid4())
    number = number_of(call, meeting, participant)
    token = secrets.token_urlsafe(32) if is_host else live_rooms.make_token(meeting, number=number, name=name)
    told = {
        "id": participant,
        "name": name,
        "picture": None,
        "client_specific_id": f"react-samples::{name}-{secrets.token_hex(4)[:7]}",
        "preset_name": (wanted or HOST) if is_host else CANDIDATE,
        "created_at": naive(clock.now()),
        "token": token,
        "link": _list_of_rooms(call) if is_host else live_rooms.link_of(token),
    }
    return Answer(201, {"detail": json.dumps({"success": True, "data": told})})


def number_of(call: Call, meeting: CompatMeeting, participant_id: str) -> str:
    """The candidate number of a participant of a meeting."""
    return sessions.number_for(call, f"{meeting.pk}-{mark_of(participant_id)}")


def mark_of(participant_id: str) -> str:
    """A participant's id as it stands in names of ours."""
    return hashlib.sha256(participant_id.encode()).hexdigest()[:24]


def open_room(call: Call) -> Any:
    """`GET /v2/meeting?authToken=…`, the address of that system's own room: leads to ours."""
    token = call.request.GET.get("authToken", "")
    live_rooms.find(token)
    return HttpResponseRedirect(live_rooms.link_of(token))


def _list_of_rooms(call: Call) -> str:
    return f"{settings.BASE_URL}/i/{call.institution.slug}/meetings/"


def is_admin(call: Call) -> Any:
    """`POST /is_admin`: false for a meeting that there is not, too."""
    meeting = _meeting(call, call.text("meeting_id", most=100, required=True))
    admin_id = call.text("admin_id", most=100)
    return {"admin": meeting is not None and is_admin_of(meeting, admin_id)}


def is_admin_of(meeting: CompatMeeting, admin_id: str) -> bool:
    """Whether this is the admin id that making the meeting gave."""
    return bool(admin_id) and constant_time_compare(hash_of(admin_id), meeting.admin_hash)


def require_admin(call: Call) -> CompatMeeting:
    """The meeting of a list, for its admin alone. Raises NotSignedIn in that contract's misspelt words."""
    meeting = _meeting(call, call.text("meeting_id", most=100))
    if meeting is None or not is_admin_of(meeting, call.text("admin_id", most=100)):
        raise NotSignedIn("Participant dose not has admin role", code="not_admin")
    return meeting


def find(call: Call, meeting_id: str) -> CompatMeeting:
    """A meeting of this key. Raises NotFound."""
    meeting = _meeting(call, meeting_id)
    if meeting is None:
        raise NotFound("Meeting not found")
    return meeting


def _meeting(call: Call, meeting_id: str) -> CompatMeeting | None:
    try:
        public_id = uuid.UUID(meeting_id)
    except ValueError:
        return None
    return CompatMeeting.objects.filter(key=call.key, public_id=public_id).first()
