"""Examples for the OpenAPI file: what is sent to each call, and how each error looks.

Bodies are put together from their schema with the values below, so that no example falls behind its call;
a contract test holds each against the schema. What a view says itself (`examples=`) stays.
"""

from collections.abc import Mapping
from typing import Any

_AT = "2026-12-01T09:00:00+01:00"
_VALUES: dict[str, Any] = {
    "agreed_at": "2026-12-01T09:58:30+01:00",
    "answer": "yes",
    "asked_by": "Exam engine of the college",
    "at": 12.5,
    "calculator": "basic",
    "candidate_id": "S-1024",
    "candidate_name": "Carla Candidate",
    "candidate_number": "2026-0017",
    "captured_at": 1795334400000,
    "client_at": _AT,
    "client_id": "b6f0c2d4",
    "closes_at": "2026-12-01T12:00:00+01:00",
    "content": {"options": [{"id": "a", "text": "Vienna", "correct": True}, {"id": "b", "text": "Graz"}]},
    "count": 3,
    "device": "tab-5f1c",
    "duration_minutes": 90,
    "email": "carla@example.org",
    "emails": ["carla@example.org"],
    "extra_minutes": 15,
    "factor": "1.25",
    "frame": "data:image/jpeg;base64,/9j/4AAQSkZJRg==",
    "grace_hours": 24,
    "handed_in_at": _AT,
    "hosts": [7],
    "instructions": "Read each question twice.",
    "job_data": {"room": "B"},
    "key": "run-2026-12-01-a",
    "language": "en",
    "minutes": 10,
    "name": "Carla Candidate",
    "notice_url": "https://exams.example.org/notice",
    "notice_version": "2026-11",
    "opens_at": _AT,
    "points": "2.50",
    "reason": "Agreed with the exam office",
    "roles": ["candidate"],
    "since": _AT,
    "started_at": 1795334400000,
    "stem": "What is the capital of Austria?",
    "tags": ["maps"],
    "text": "Please look at your own screen.",
    "time_zone": "Europe/Vienna",
    "title": "Winter term",
    "url": "https://register.example.org/hooks",
    "value": "a",
}
_BY_CALL: dict[str, dict[str, Any]] = {
    "webhook_create": {"name": "Student register"},
    "webhook_change": {"name": "Student register", "is_on": True},
    "question_category_create": {"name": "Cells"},
    "question_category_change": {"name": "Cells"},
    "institution_change": {"name": "North College"},
    "meeting_create": {"title": "Oral exam", "candidates": ["carla@example.org"]},
    "session_browser_events_by_token": {},
}
_ALWAYS_TOLD = 3
"""Of a body in which nothing is needed, so many fields are shown."""
_CODES: dict[int, tuple[str, str, dict[str, Any]]] = {
    400: ("invalid", "Enter a title.", {"field": "title"}),
    401: ("token_expired", "This token is no longer valid.", {}),
    403: ("scope_missing", "This token lacks the scope exams:write.", {"scope": "exams:write"}),
    404: ("not_found", "There is no such thing in your institution.", {}),
    409: ("started", "Candidates have started this sitting; it cannot be cancelled.", {}),
    410: ("gone", "This is over.", {}),
    413: ("too_large", "The request is larger than 1048576 bytes; send less at a time.", {}),
    415: ("unsupported_media_type", "Send JSON.", {}),
    422: ("unreadable", "This picture cannot be read.", {"field": "frame"}),
    429: ("too_often", "Wait 12 seconds.", {"retry_after_ms": 12_000}),
    503: ("overloaded", "The server is busy; try again in a moment.", {"retry_after_ms": 2_000}),
}


def problem(status: int) -> dict[str, Any]:
    """Problem details of that status."""
    code, detail, more = _CODES.get(status, ("refused", "This was refused.", {}))
    told = {"type": "about:blank", "title": code.replace("_", " ").capitalize(), "status": status}
    return {**told, "code": code, "detail": detail, **more, "request_id": "5d0c4a61b6e84f7e"}


def body(call: str, shape: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """What is sent to the call of that name, whose body has this shape."""
    made = _value("", shape, schemas)
    if not isinstance(made, dict):
        return made
    fields = _resolved(shape, schemas).get("properties", {})
    return made | {name: value for name, value in _BY_CALL.get(call, {}).items() if name in fields}


def _value(name: str, shape: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    real = _resolved(shape, schemas)
    kind = real.get("type")
    if "enum" in real:
        listed = [each for each in real["enum"] if each not in ("", None)]
        return _VALUES[name] if _VALUES.get(name) in listed else listed[0]
    if kind == "array":
        known = _VALUES.get(name)
        return known if isinstance(known, list) else [_value(name, real["items"], schemas)]
    if kind == "object" and "properties" in real:
        fields: Mapping[str, Any] = real["properties"]
        told = [each for each in fields if each in real.get("required", ())] or list(fields)[:_ALWAYS_TOLD]
        return {
            each: _value(each, fields[each], schemas) for each in told if not fields[each].get("readOnly")
        }
    if name in _VALUES:
        return _VALUES[name]
    return _plain(real)


def _plain(shape: Mapping[str, Any]) -> Any:
    kind = shape.get("type")
    if kind == "boolean":
        return True
    if kind == "integer":
        return max(1, int(shape.get("minimum", 1)))
    if kind == "number":
        return float(shape.get("minimum", 1.0))
    if kind == "string":
        return _AT if shape.get("format") == "date-time" else "example"
    return {}


def _resolved(shape: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    while True:
        if "$ref" in shape:
            shape = schemas[shape["$ref"].rsplit("/", 1)[-1]]
        elif len(shape.get("allOf", ())) == 1:
            shape = shape["allOf"][0]
        elif "oneOf" in shape and "properties" not in shape:
            shape = next(each for each in shape["oneOf"] if "BlankEnum" not in str(each))
        else:
            return shape
