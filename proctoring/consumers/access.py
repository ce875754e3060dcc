"""Who may open which socket; the checks run again while it is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.utils import is_mfa_enabled

from accounts import queries, sign_ins
from accounts.models import Institution, User
from accounts.permissions import is_staff_of
from accounts.tenancy import within
from exams.models import Attempt, Sitting
from proctor_site.kernel.errors import NotFound
from proctoring.meetings.own import rules
from proctoring.models import Meeting
from proctoring.permissions import is_own, may_watch

Scope = Mapping[str, Any]
"""Of a socket: who opened it, and by which session."""

SIGNED_OUT = 4401
SECOND_FACTOR_MISSING = 4403
NOT_FOUND = 4404


class Refused(Exception):
    """The socket is closed with `code`; strangers cannot tell a foreign id from one that does not exist."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Watcher:
    """A person who may watch a sitting."""

    user: User
    institution: Institution
    sitting: Sitting


@dataclass(frozen=True, slots=True)
class Guest:
    """A person who is invited to a meeting of its own, as a host or as a candidate."""

    user: User
    institution: Institution
    meeting: Meeting


def candidate_attempt(scope: Scope, attempt_id: int) -> tuple[User, Attempt]:
    """The person and their own attempt. Raises Refused."""
    user = _user(scope)
    attempt = (
        Attempt._base_manager.filter(pk=attempt_id)
        .select_related("institution", "enrolment__sitting__exam", "enrolment__candidate")
        .first()
    )
    if attempt is None or not is_own(user, attempt):
        raise Refused(NOT_FOUND)
    _require_second_factor(user, attempt.institution)
    return user, attempt


def sitting_watcher(scope: Scope, slug: str, sitting_id: int) -> Watcher:
    """The person as a watcher of the sitting. Raises Refused."""
    user = _user(scope)
    institution = queries.institution_for(user, slug)
    if institution is None:
        raise Refused(NOT_FOUND)
    with within(institution):
        sitting = Sitting.objects.filter(pk=sitting_id).select_related("exam", "institution").first()
        if sitting is None or not may_watch(user, sitting):
            raise Refused(NOT_FOUND)
    _require_second_factor(user, institution)
    return Watcher(user, institution, sitting)


def meeting_guest(scope: Scope, slug: str, meeting_id: int) -> Guest:
    """The person as somebody invited to a meeting of its own. Raises Refused."""
    user = _user(scope)
    institution = queries.institution_for(user, slug)
    if institution is None:
        raise Refused(NOT_FOUND)
    with within(institution):
        meeting = Meeting.objects.filter(pk=meeting_id, sitting=None).select_related("institution").first()
        try:
            if meeting is None:
                raise NotFound("There is no such meeting.")
            rules.invitation_of(user, meeting)
        except NotFound as unknown:
            raise Refused(NOT_FOUND) from unknown
    _require_second_factor(user, institution)
    return Guest(user, institution, meeting)


def _user(scope: Scope) -> User:
    # Read anew each time: roles are remembered on the object, and a socket lives for hours.
    user_id, session = scope["user"].pk, scope.get("session")
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id is not None else None
    if user is None or (session is not None and sign_ins.is_over(session)):
        raise Refused(SIGNED_OUT)
    return user


def _require_second_factor(user: User, institution: Institution) -> None:
    if institution.requires_second_factor and is_staff_of(user, institution) and not is_mfa_enabled(user):
        raise Refused(SECOND_FACTOR_MISSING)
