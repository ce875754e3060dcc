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


OWN_SESSIONS = "sessions:own"
"""For a token on one device: of sessions and their captures its own ones alone, without the other scopes."""
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
    Scope("attempts:read", "Read how attempts stand, whose they are, and their receipts"),
    Scope("results:read", "Read points, grades and marks of named candidates"),
    Scope("incidents:read", "Read incidents with their measures, and how people’s review stands (no names)"),
    # As a reviewer: who may open evidence at all; what a proctor may is tied to sittings.
    Scope("evidence:read", "Open evidence (pictures, sound) by links of minutes", frozenset({Role.REVIEWER})),
    Scope("cases:read", "Read how cases stand, and what people decided (no names)"),
    # As the office: reports name the reviews that officers may read.
    Scope("sessions:read", "Read monitoring sessions of exams that other systems deliver", _OFFICE),
    Scope("sessions:write", "Start, end and delete monitoring sessions of other systems", _OFFICE),
    Scope(OWN_SESSIONS, "Start one such session at a time, send to it, read, end and delete it", _OFFICE),
    Scope("captures:write", "Send pictures, sound and browser events of such sessions", _OFFICE),
    Scope("meetings:read", "Read meetings without an exam, who is invited and was there", _OFFICE),
    Scope("meetings:write", "Make, change and call off meetings, invite candidates to them", _OFFICE),
    Scope("webhooks:read", "Read webhooks and the log of what was sent", frozenset({Role.ADMIN})),
    Scope("webhooks:write", "Make, change and delete webhooks, send again", frozenset({Role.ADMIN})),
)
SCOPES: dict[str, Scope] = {scope.code: scope for scope in _TABLE}
"""By code, in the order in which pages list them. A new kind of call adds its row here."""
