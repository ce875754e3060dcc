"""Who may call the public API: for each route the scope it needs, and how tokens are answered.

People without a token, signed in or not, get 401 everywhere. `status` is for a token with that scope alone,
`foreign` for one of another institution with every scope: 404, or 200 where its own rows are meant.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.contracts.permission_rows import Row

BASE = "api/v1/institution/"


@dataclass(frozen=True)
class TokenRow:
    """One route of the public API. `body`: what is sent, by default nothing."""

    method: str
    tail: str
    scope: str
    status: int
    foreign: int = 404
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def pattern(self) -> str:
        return BASE + self.tail

    def __str__(self) -> str:
        return f"{self.method} {self.pattern}"


_MEMBER = "members/<int:member_id>/"
_INVITATION = "invitations/<int:invitation_id>/"
_WEBHOOK = "webhooks/<int:webhook_id>/"
_DELIVERY = "webhook-deliveries/<int:delivery_id>/"
OFFICE_ROWS = [
    TokenRow("GET", "", "institution:read", 200, 200),
    TokenRow("PATCH", "", "institution:write", 200, 200, {"name": "North"}),
    TokenRow("GET", "members/", "members:read", 200, 200),
    TokenRow("GET", _MEMBER, "members:read", 200),
    TokenRow("PATCH", _MEMBER, "members:write", 200, body={"candidate_number": "A-1"}),
    TokenRow("DELETE", _MEMBER, "members:write", 204),
    TokenRow("GET", "invitations/", "members:read", 200, 200),
    TokenRow("POST", "invitations/", "members:write", 400, 400),  # nobody named
    TokenRow("GET", _INVITATION, "members:read", 200),
    TokenRow("DELETE", _INVITATION, "members:write", 204),
    TokenRow("POST", _INVITATION + "resend/", "members:write", 200),
    TokenRow("GET", "webhooks/", "webhooks:read", 200, 200),
    TokenRow("POST", "webhooks/", "webhooks:write", 400, 400),  # nothing named
    TokenRow("GET", _WEBHOOK, "webhooks:read", 200),
    TokenRow("PATCH", _WEBHOOK, "webhooks:write", 200, body={"name": "Register"}),
    TokenRow("DELETE", _WEBHOOK, "webhooks:write", 204),
    TokenRow("POST", _WEBHOOK + "rotate/", "webhooks:write", 201),
    TokenRow("POST", _WEBHOOK + "test/", "webhooks:write", 201),
    TokenRow("POST", _WEBHOOK + "replay/", "webhooks:write", 400),  # since when is not said
    TokenRow("GET", "webhook-deliveries/", "webhooks:read", 200, 200),
    TokenRow("GET", _DELIVERY, "webhooks:read", 200),
    TokenRow("POST", _DELIVERY + "replay/", "webhooks:write", 200),
]
_EXAM = "exams/<int:exam_id>/"
_CATEGORY = "question-categories/<int:category_id>/"
_QUESTION = "questions/<int:question_id>/"
_SITTING = "sittings/<int:sitting_id>/"
_ENROLMENT = "enrolments/<int:enrolment_id>/"
_ALLOWANCE = "allowances/<int:allowance_id>/"
_ATTEMPT = "attempts/<int:attempt_id>/"
_REASON = {"reason": "Moved to spring"}
EXAM_ROWS = [
    TokenRow("GET", "exams/", "exams:read", 200, 200),
    TokenRow("POST", "exams/", "exams:write", 201, 201, {"title": "Biology"}),
    TokenRow("GET", _EXAM, "exams:read", 200),
    TokenRow("PATCH", _EXAM, "exams:write", 200, body={"title": "Biology"}),
    TokenRow("DELETE", _EXAM, "exams:write", 409),  # it has a sitting
    TokenRow("POST", _EXAM + "copies/", "exams:write", 201, body={"title": "Biology two"}),
    TokenRow("GET", _EXAM + "sections/", "exams:read", 200),
    TokenRow("POST", _EXAM + "sections/", "exams:write", 201, body={"title": "Part two"}),
    TokenRow("PATCH", _EXAM + "sections/<int:section_id>/", "exams:write", 200, body={"title": "Part"}),
    TokenRow("DELETE", _EXAM + "sections/<int:section_id>/", "exams:write", 409),  # on a paper
    TokenRow("GET", _EXAM + "questions/", "exams:read", 200),
    TokenRow("POST", _EXAM + "questions/", "exams:write", 400),  # nothing named
    TokenRow("PATCH", _EXAM + "questions/<int:place_id>/", "exams:write", 200, body={"points": "2"}),
    TokenRow("DELETE", _EXAM + "questions/<int:place_id>/", "exams:write", 204),
    TokenRow("GET", _EXAM + "pools/", "exams:read", 200),
    TokenRow("POST", _EXAM + "pools/", "exams:write", 400),  # nothing named
    TokenRow("PATCH", _EXAM + "pools/<int:pool_id>/", "exams:write", 200, body={"count": 2}),
    TokenRow("DELETE", _EXAM + "pools/<int:pool_id>/", "exams:write", 204),
    TokenRow("GET", "question-categories/", "exams:read", 200, 200),
    TokenRow("POST", "question-categories/", "exams:write", 201, 201, {"name": "Botany"}),
    TokenRow("GET", _CATEGORY, "exams:read", 200),
    TokenRow("PATCH", _CATEGORY, "exams:write", 200, body={"name": "Cells"}),
    TokenRow("DELETE", _CATEGORY, "exams:write", 204),
    TokenRow("GET", "questions/", "exams:read", 200, 200),
    TokenRow("POST", "questions/", "exams:write", 400, 400),  # nothing named
    TokenRow("GET", _QUESTION, "exams:read", 200),
    TokenRow("PATCH", _QUESTION, "exams:write", 200, body={"title": "Capital"}),
    TokenRow("GET", _QUESTION + "versions/", "exams:read", 200),
    TokenRow("POST", _QUESTION + "versions/", "exams:write", 400),  # nothing named
    TokenRow("GET", "sittings/", "sittings:read", 200, 200),
    TokenRow("POST", "sittings/", "sittings:write", 400, 400),  # nothing named
    TokenRow("GET", _SITTING, "sittings:read", 200),
    TokenRow("PATCH", _SITTING, "sittings:write", 200, body={"title": "Winter"}),
    TokenRow("DELETE", _SITTING, "sittings:write", 409),  # candidates are enrolled
    TokenRow("POST", _SITTING + "cancel/", "sittings:write", 409, body=_REASON),  # candidates have started
    TokenRow("POST", _SITTING + "proctors/", "sittings:write", 400),  # nobody named
    TokenRow("DELETE", _SITTING + "proctors/<int:member_id>/", "sittings:write", 404),  # watches nothing
    TokenRow("GET", _SITTING + "enrolments/", "enrolments:read", 200),
    TokenRow("POST", _SITTING + "enrolments/", "enrolments:write", 400),  # nobody named
    TokenRow("GET", _SITTING + "results/", "results:read", 200),
    TokenRow("GET", _ENROLMENT, "enrolments:read", 200),
    TokenRow("POST", _ENROLMENT + "withdraw/", "enrolments:write", 409, body=_REASON),  # takes the exam
    TokenRow("GET", _ENROLMENT + "allowances/", "allowances:read", 200),
    TokenRow("POST", _ENROLMENT + "allowances/", "allowances:write", 201, body={"extra_minutes": 5}),
    TokenRow("PATCH", _ALLOWANCE, "allowances:write", 200, body={"extra_minutes": 9}),
    TokenRow("DELETE", _ALLOWANCE, "allowances:write", 204),
    TokenRow("GET", "attempts/", "attempts:read", 200, 200),
    TokenRow("GET", _ATTEMPT, "attempts:read", 200),
    TokenRow("GET", _ATTEMPT + "receipt/", "attempts:read", 200),
    TokenRow("GET", _ATTEMPT + "result/", "results:read", 409),  # the attempt runs
]
_EVIDENCE = "evidence/<int:evidence_id>/"
_MEETING = "meetings/<int:meeting_id>/"
_PARTICIPANT = _MEETING + "participants/<int:participant_id>/"
_SESSION = "sessions/<str:session_id>/"
PROCTORING_ROWS = [
    TokenRow("GET", "sessions/", "sessions:read", 200, 200),
    TokenRow("POST", "sessions/", "sessions:write", 400, 400),  # nobody named
    TokenRow("GET", _SESSION, "sessions:read", 200),
    TokenRow("DELETE", _SESSION, "sessions:write", 409),  # it goes on
    TokenRow("PUT", _SESSION + "consent/", "sessions:write", 400),  # nothing said
    TokenRow("DELETE", _SESSION + "consent/", "sessions:write", 204),
    TokenRow("POST", _SESSION + "end/", "sessions:write", 200),
    TokenRow("POST", _SESSION + "capture-token/", "sessions:write", 200),
    TokenRow("POST", _SESSION + "frames/", "captures:write", 400),  # without a picture
    TokenRow("POST", _SESSION + "clips/", "captures:write", 400),
    TokenRow("POST", _SESSION + "browser-events/", "captures:write", 400),
    TokenRow("GET", _SESSION + "metrics/", "sessions:read", 200),
    TokenRow("GET", _SESSION + "alerts/", "sessions:read", 200),
    TokenRow("GET", _SESSION + "emotions/", "sessions:read", 200),
    TokenRow("GET", _SESSION + "report/", "sessions:read", 200),
    TokenRow("GET", _SESSION + "warnings/", "sessions:read", 200),
    TokenRow("POST", _SESSION + "warnings/<int:warning_id>/shown/", "sessions:write", 404),  # of another
    TokenRow("GET", "incidents/", "incidents:read", 200, 200),
    TokenRow("GET", "incidents/<int:incident_id>/", "incidents:read", 200),
    TokenRow("POST", _EVIDENCE + "link/", "evidence:read", 200),
    TokenRow("GET", _EVIDENCE + "file/", "evidence:read", 400, 400),  # without a link
    TokenRow("GET", "cases/", "cases:read", 200, 200),
    TokenRow("GET", "cases/<int:case_id>/", "cases:read", 200),
    TokenRow("GET", "meetings/", "meetings:read", 200, 200),
    TokenRow("POST", "meetings/", "meetings:write", 400, 400),  # nothing named
    TokenRow("GET", _MEETING, "meetings:read", 200),
    TokenRow("PATCH", _MEETING, "meetings:write", 200, body={"title": "Interview two"}),
    TokenRow("POST", _MEETING + "cancel/", "meetings:write", 200),
    TokenRow("POST", _MEETING + "end/", "meetings:write", 409),  # it has not begun
    TokenRow("GET", _MEETING + "participants/", "meetings:read", 200),
    TokenRow("POST", _MEETING + "participants/", "meetings:write", 400),  # nobody named
    TokenRow("POST", _PARTICIPANT + "resend/", "meetings:write", 200),
    TokenRow("POST", _PARTICIPANT + "revoke/", "meetings:write", 200),
]
OFFICE_ROWS += EXAM_ROWS + PROCTORING_ROWS
TOKEN_ROWS = [Row(row.method, row.pattern, " ".join(["401"] * 10)) for row in OFFICE_ROWS]
"""The same routes in the table of people: none of them gets in."""
