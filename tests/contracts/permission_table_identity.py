"""Rows of the permission table for identity: documents at check-in, and checks by a person."""

from exams import states
from tests.contracts.permission_rows import Row

_ATTEMPT = "api/v1/attempts/<int:attempt_id>/"
_QUEUE = "i/<slug:slug>/watch/<int:sitting_id>/checks/"
_CHECK = _QUEUE + "<int:check_id>/"


def _owner(status: int) -> str:
    return f"{status} 404 404 404 404 404 404 404 404 401"


IDENTITY_ROWS = [
    Row("POST", _ATTEMPT + "look/", _owner(415), states.CHECKING_IN),  # JSON is no picture
    Row("POST", _ATTEMPT + "document/", _owner(415), states.CHECKING_IN),  # JSON is no photo
    Row("DELETE", _ATTEMPT + "document/", _owner(409), states.CHECKING_IN),  # not asked for
    Row("POST", _ATTEMPT + "liveness/", _owner(409), states.CHECKING_IN),  # not asked for
    Row("DELETE", _ATTEMPT + "liveness/", _owner(409), states.CHECKING_IN),
    Row("POST", _ATTEMPT + "liveness/looks/", _owner(415), states.CHECKING_IN),  # JSON is no picture
    Row("POST", _ATTEMPT + "voice/", _owner(415), states.CHECKING_IN),  # JSON is no recording
    Row("DELETE", _ATTEMPT + "voice/", _owner(204), states.CHECKING_IN),
    Row("GET", _ATTEMPT + "identity-check/", _owner(200), states.CHECKING_IN),
    Row("POST", _ATTEMPT + "identity-check/", _owner(200), states.CHECKING_IN),
    Row("GET", _QUEUE, "403 403 200 404 403 200 200 404 404 302", states.CHECKING_IN),
    Row("GET", _CHECK + "decide/", "405 405 405 405 405 405 405 404 404 302", states.CHECKING_IN),
    Row(
        "POST",
        _CHECK + "decide/",
        "403 403 302 404 403 302 302 404 404 302",
        states.CHECKING_IN,
        {"decision": "approve"},
    ),
    Row("GET", _CHECK + "photos/<slug:what>/", "403 403 403 404 403 403 403 404 404 302", states.CHECKING_IN),
]
