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
TOKEN_ROWS = [Row(row.method, row.pattern, " ".join(["401"] * 10)) for row in OFFICE_ROWS]
"""The same routes in the table of people: none of them gets in."""
