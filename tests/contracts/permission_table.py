"""Who may call which address, and how everybody else is answered: one row for each route of the site.

Columns, in this order (tests/contracts/permission_world.py):
owner, other candidate, proctor of the sitting, proctor of another sitting, reviewer, exam officer,
admin, stranger, admin of another institution, signed out.
200 or another success, or 400 and 409 (the caller may, but the body or the state does not fit), against
401 and 302 (sign in first), 403 (not your role), 404 (not yours; looks as if it did not exist).
"""

from exams import states
from tests.contracts.permission_rows import Row
from tests.contracts.permission_table_accounts_admin import ACCOUNTS_ADMIN_ROWS
from tests.contracts.permission_table_acts import ACT_ROWS
from tests.contracts.permission_table_admin import ADMIN_ROWS
from tests.contracts.permission_table_bank import BANK_ROWS
from tests.contracts.permission_table_cases import CASE_ROWS
from tests.contracts.permission_table_delivery import DELIVERY_ROWS
from tests.contracts.permission_table_evidence import EVIDENCE_ROWS
from tests.contracts.permission_table_formats import FORMATS_ROWS
from tests.contracts.permission_table_identity import IDENTITY_ROWS
from tests.contracts.permission_table_interviews import INTERVIEW_ROWS
from tests.contracts.permission_table_kinds import KINDS_ROWS
from tests.contracts.permission_table_law import LAW_ROWS
from tests.contracts.permission_table_lists import LIST_ROWS
from tests.contracts.permission_table_marking import MARKING_ROWS
from tests.contracts.permission_table_meetings import MEETING_ROWS
from tests.contracts.permission_table_precision import PRECISION_ROWS
from tests.contracts.permission_table_proctoring_admin import PROCTORING_ADMIN_ROWS
from tests.contracts.permission_table_record import RECORD_ROWS
from tests.contracts.permission_table_reports import REPORT_ROWS
from tests.contracts.permission_table_rights import RIGHTS_ROWS
from tests.contracts.permission_table_scheduling import SCHEDULING_ROWS
from tests.contracts.permission_table_statistics import STATISTICS_ROWS
from tests.contracts.permission_table_structure import STRUCTURE_ROWS
from tests.contracts.permission_table_talk import TALK_ROWS
from tests.contracts.permission_table_tokens import TOKEN_ROWS

_ATTEMPT = "api/v1/attempts/<int:attempt_id>/"
_HERE = "i/<slug:slug>/"
_EVERYBODY = " ".join(["200"] * 10)
_DEVICE = {"device": "device-1"}
_REASON = {"reason": "The connection was lost."}


def _owner(status: int) -> str:
    """The candidate's own; for everybody else it does not exist."""
    return f"{status} 404 404 404 404 404 404 404 404 401"


def _own_page(status: int) -> str:
    return f"{status} 404 404 404 404 404 404 404 404 302"


def _watchers(status: int) -> str:
    """Proctors in their own sittings; exam officers and admins in all of the institution."""
    return f"404 404 {status} 404 404 {status} {status} 404 404 401"


API_ROWS = [
    Row("GET", _ATTEMPT, _owner(200)),
    Row("POST", _ATTEMPT + "admit/", _watchers(200), states.CHECKING_IN, _REASON),
    Row("POST", _ATTEMPT + "answers/", _owner(200), body=_DEVICE | {"changes": []}),
    Row("POST", _ATTEMPT + "check-in/complete/", _owner(409), states.CHECKING_IN),  # no photo yet
    Row("POST", _ATTEMPT + "baseline/", _owner(415), states.CHECKING_IN),  # JSON is no picture
    Row("DELETE", _ATTEMPT + "consent/", _owner(204)),
    Row("GET", _ATTEMPT + "consent/", _owner(200)),
    Row("POST", _ATTEMPT + "consent/", _owner(400), states.CHECKING_IN),  # no choice made
    Row("GET", _ATTEMPT + "paper/", _owner(200)),
    Row("POST", _ATTEMPT + "pause/", _watchers(200), body=_REASON),
    Row("GET", _ATTEMPT + "receipt/", _owner(200)),
    Row("POST", _ATTEMPT + "reference-photo/", _owner(415), states.CHECKING_IN),  # JSON is no photo
    Row("POST", _ATTEMPT + "reinstate/", _watchers(200), states.TERMINATED, _REASON),
    Row("POST", _ATTEMPT + "resume/", _watchers(200), states.PAUSED, _REASON),
    Row("POST", _ATTEMPT + "start/", _owner(200), states.READY, _DEVICE),
    Row("POST", _ATTEMPT + "submit/", _owner(200), body=_DEVICE),
    Row("POST", _ATTEMPT + "take-over/", _owner(200), body={"device": "device-2"}),
    Row("POST", _ATTEMPT + "terminate/", _watchers(200), body=_REASON),
    Row("GET", _ATTEMPT + "warnings/", _owner(200)),
    Row("POST", _ATTEMPT + "warnings/", _watchers(200), body={"text": "Please sit in the light."}),
    Row("POST", "api/v1/incidents/<int:incident_id>/acknowledge/", "404 404 200 404 200 200 200 404 404 401"),
    Row("POST", "api/v1/live/events/<slug:provider_name>/", " ".join(["404"] * 10)),  # reports nothing
    Row("GET", "api/docs/", _EVERYBODY),
    Row("GET", "api/v1/schema/", _EVERYBODY),
    Row("POST", "api/v1/sessions/<uuid:public_id>/frames/", _owner(400)),  # no picture in it
    Row("POST", "api/v1/sessions/<uuid:public_id>/browser-events/", _owner(400)),  # no list in it
    Row("POST", "api/v1/sessions/<uuid:public_id>/clips/", _owner(400)),  # no number in it
    Row("POST", "api/v1/sessions/<uuid:public_id>/screens/", _owner(415)),  # JSON is no picture
    Row("POST", "api/v1/sessions/<uuid:public_id>/screen-clips/", _owner(415)),
    Row("GET", "api/v1/sittings/<int:sitting_id>/candidates/", _watchers(200)),
    Row("GET", "api/v1/sittings/<int:sitting_id>/events/", _watchers(200)),
    Row("POST", "api/v1/warnings/<int:warning_id>/acknowledge/", _owner(200)),
]

PAGE_ROWS = [
    Row("GET", "", _EVERYBODY),
    Row("GET", "health/live/", _EVERYBODY),
    Row(
        "GET", "admin/operations/", "403 403 403 403 403 403 403 403 403 302"
    ),  # operators: test_operations.py
    Row("GET", "health/metrics/", _EVERYBODY),  # from this machine; test_metrics.py asks from elsewhere
    Row("GET", "health/ready/", _EVERYBODY),
    Row("GET", "invitation/<str:secret>/", " ".join(["404"] * 10)),  # no such link
    Row("GET", "register/", _EVERYBODY),
    Row("GET", "register/confirm/<str:secret>/", " ".join(["404"] * 10)),  # no such link
    Row("GET", "register/resend/", " ".join(["405"] * 10)),
    Row("POST", "register/resend/", " ".join(["404"] * 10)),  # nothing to send again
    Row("GET", "register/sent/", " ".join(["302"] * 10)),  # to register/ : nothing was sent
    Row("GET", _HERE + "admin/", "403 403 302 302 302 302 302 404 404 302"),
    Row("GET", _HERE + "attempts/<int:attempt_id>/check-in/", _own_page(200), states.CHECKING_IN),
    Row("GET", _HERE + "attempts/<int:attempt_id>/done/", _own_page(200), states.SUBMITTED),
    Row("GET", _HERE + "attempts/<int:attempt_id>/exam/", _own_page(200)),
    Row("GET", _HERE + "attempts/<int:attempt_id>/waiting/", _own_page(200), states.READY),
    Row("GET", _HERE + "enrolments/<int:enrolment_id>/", _own_page(200)),
    Row("GET", _HERE + "evidence/<int:item_id>/", "403 403 403 403 403 403 403 404 404 302"),  # no link
    Row(
        "GET", _HERE + "evidence/<int:item_id>/captions/", "403 403 403 403 403 403 403 404 404 302"
    ),  # no link
    Row("GET", _HERE + "incidents/<int:incident_id>/sounds/", "403 403 200 404 200 200 200 404 404 302"),
    Row("GET", _HERE + "incidents/<int:incident_id>/evidence/", "403 403 200 404 200 200 200 404 404 302"),
    Row("GET", _HERE + "incidents/<int:incident_id>/review/", "403 403 302 404 302 302 302 404 404 302"),
    Row("GET", _HERE + "invitations/<int:invitation>/resend/", "405 405 405 405 405 405 405 404 404 302"),
    Row("POST", _HERE + "invitations/<int:invitation>/resend/", "403 403 403 403 403 302 302 404 404 302"),
    Row("GET", _HERE + "invitations/<int:invitation>/withdraw/", "405 405 405 405 405 405 405 404 404 302"),
    Row("POST", _HERE + "invitations/<int:invitation>/withdraw/", "403 403 403 403 403 302 302 404 404 302"),
    Row("GET", _HERE + "members/", "403 403 403 403 403 200 200 404 404 302"),
    Row("GET", _HERE + "members/<int:membership>/number/", "403 403 403 403 403 404 404 404 404 302"),
    Row("GET", _HERE + "members/<int:membership>/end/", "403 403 403 403 403 403 200 404 404 302"),
    Row("POST", _HERE + "members/<int:membership>/end/", "403 403 403 403 403 403 302 404 404 302"),
    Row("GET", _HERE + "settings/", "403 403 403 403 403 403 200 404 404 302"),
    Row("GET", _HERE + "watch/", "403 403 200 200 403 200 200 404 404 302"),
    Row("GET", _HERE + "watch/<int:sitting_id>/", "403 403 200 404 403 200 200 404 404 302"),
    Row(
        "GET",
        _HERE + "watch/<int:sitting_id>/candidates/<int:enrolment_id>/",
        "403 403 200 404 403 200 200 404 404 302",
    ),
]

ROWS = [
    *API_ROWS,
    *PAGE_ROWS,
    *ADMIN_ROWS,
    *ACCOUNTS_ADMIN_ROWS,
    *PROCTORING_ADMIN_ROWS,
    *SCHEDULING_ROWS,
    *DELIVERY_ROWS,
    *REPORT_ROWS,
    *INTERVIEW_ROWS,
    *LAW_ROWS,
    *LIST_ROWS,
    *STATISTICS_ROWS,
    *STRUCTURE_ROWS,
    *FORMATS_ROWS,
    *BANK_ROWS,
    *MARKING_ROWS,
    *KINDS_ROWS,
    *ACT_ROWS,
    *IDENTITY_ROWS,
    *MEETING_ROWS,
    *RECORD_ROWS,
    *RIGHTS_ROWS,
    *CASE_ROWS,
    *TALK_ROWS,
    *TOKEN_ROWS,
    *PRECISION_ROWS,
    *EVIDENCE_ROWS,
]
