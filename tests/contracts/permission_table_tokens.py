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
]
_EXAM = "exams/<int:exam_id>/"
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
    TokenRow("GET", _EXAM + "sections/", "exams:read", 200),
    TokenRow("POST", _EXAM + "sections/", "exams:write", 201, body={"title": "Part two"}),
    TokenRow("PATCH", _EXAM + "sections/<int:section_id>/", "exams:write", 200, body={"title": "Part"}),
    TokenRow("GET", _EXAM + "questions/", "exams:read", 200),
    TokenRow("POST", _EXAM + "questions/", "exams:write", 400),  # nothing named
    TokenRow("DELETE", _EXAM + "questions/<int:place_id>/", "exams:write", 204),
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
    TokenRow("POST", _SITTING + "cancel/", "sittings:write", 409, body=_REASON),  # candidates have started
    TokenRow("POST", _SITTING + "proctors/", "sittings:write", 400),  # nobody named
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
OFFICE_ROWS += EXAM_ROWS
TOKEN_ROWS = [Row(row.method, row.pattern, " ".join(["401"] * 10)) for row in OFFICE_ROWS]
"""The same routes in the table of people: none of them gets in."""
