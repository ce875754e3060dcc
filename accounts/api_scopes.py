"""What a token of the public API may be allowed to do: the table of scopes, with the words people read."""

from dataclasses import dataclass

from accounts.roles import Role


@dataclass(frozen=True, slots=True)
class Scope:
    """One right of a token. `roles`: as whom the services treat a call that needs this scope.

    A call has the roles of the scope that it needs, and never those of the token's other scopes.
    """

    code: str
    words: str
    roles: frozenset[Role] = frozenset()


_OFFICE = frozenset({Role.EXAM_OFFICER})
_TABLE = (
    Scope("institution:read", "Read the institution's settings"),
    Scope("institution:write", "Change the institution's settings", frozenset({Role.ADMIN})),
    Scope("members:read", "Read members, their roles and candidate numbers, and invitations"),
    # Roles end by an admin's right; which roles a token may give or end is limited further (members.py).
    Scope("members:write", "Invite people, give and end roles below exam officer", frozenset({Role.ADMIN})),
    Scope("exams:read", "Read exams and questions, with their keys"),
    Scope("exams:write", "Write exams and questions", frozenset({Role.AUTHOR})),
    Scope("sittings:read", "Read sittings and who watches them"),
    Scope("sittings:write", "Schedule, change and cancel sittings, assign proctors", _OFFICE),
    Scope("enrolments:read", "Read who is enrolled"),
    Scope("enrolments:write", "Enrol and withdraw candidates", _OFFICE),
    Scope("allowances:read", "Read agreed adjustments with their reasons (may tell of health)"),
    Scope("allowances:write", "Give, change and withdraw adjustments", _OFFICE),
    Scope("attempts:read", "Read how attempts stand, and their receipts"),
    Scope("results:read", "Read points, grades and marks of named candidates"),
)
SCOPES: dict[str, Scope] = {scope.code: scope for scope in _TABLE}
"""By code, in the order in which pages list them. A new kind of call adds its row here."""
