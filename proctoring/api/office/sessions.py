"""Sessions of exams that other systems deliver, by token: start, list, agree, end, delete."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import checked, page_shape, query_in
from accounts.api_scopes import OWN_SESSIONS
from accounts.models import Membership, User
from accounts.transitions import lock
from exams.api.office.rows import own_row
from exams.models import Sitting
from proctor_site.kernel.errors import Conflict
from proctoring.api.office.session_shapes import (
    NewSessionSerializer,
    OutsideConsentSerializer,
    OutsideSessionSerializer,
    SessionQuerySerializer,
    consent_in,
)
from proctoring.api.report_shapes import ReportSerializer
from proctoring.identity.outside_consent import OutsideConsent
from proctoring.models import Consent, MonitoringSession
from proctoring.outside import figures, queries, services
from proctoring.states import SESSION_LIVE

_TAG = "sessions"
_CONSENT = {
    "camera": True,
    "microphone": False,
    "face_comparison": False,
    "agreed_at": "2026-12-01T09:58:30+01:00",
    "notice_url": "https://exams.example.org/notice",
    "notice_version": "2026-11",
    "asked_by": "Exam engine of the college",
}
_EXAMPLE = OpenApiExample(
    "A candidate begins",
    value={
        "sitting": 41,
        "session_id": "run-2207",
        "candidate_id": "S-1024",
        "candidate_name": "Carla Candidate",
        "consent": _CONSENT,
    },
    request_only=True,
)


def shown(sessions: list[MonitoringSession]) -> list[dict[str, Any]]:
    """The sessions as plain values; two queries more, however many there are."""
    people = {each.candidate_id for each in sessions}
    members = Membership.objects.filter(user__in=people).exclude(external_id="")
    given = Consent.objects.filter(session__in=sessions, withdrawn_at=None)
    context = {
        "numbers": dict(members.values_list("user_id", "external_id")),
        "consents": {each.session_id: each for each in given},
    }
    return [dict(each) for each in OutsideSessionSerializer(sessions, many=True, context=context).data]


class OneSessionView(TokenView):
    """What calls about one session share; `session_id` is the caller's name of it, or our id."""

    instead = OWN_SESSIONS

    @property
    def starter(self) -> User | None:
        """Whose sessions alone there are for this call; None: all of the institution."""
        return self.actor if self.narrowed else None

    def session(self, session_id: str) -> MonitoringSession:
        """The newest of that name. Raises NotFound."""
        return queries.find(self.institution, session_id, starter=self.starter)

    def answer(self, session: MonitoringSession, status: int = 200) -> Response:
        """The session as it is now."""
        fresh = queries.find(self.institution, str(session.public_id))
        return Response(shown([fresh])[0], status=status)


class OutsideSessions(OneSessionView):
    """All sessions."""

    scopes = {"GET": "sessions:read", "POST": "sessions:write"}

    @operation(
        "sessions_outside",
        tag=_TAG,
        answer=page_shape(OutsideSessionSerializer),
        query=SessionQuerySerializer,
        is_paged=True,
    )
    def get(self, request: Request) -> Response:
        """Sessions of exams that other systems deliver; deleted ones are not among them."""
        given = query_in(request, SessionQuerySerializer)
        sitting = own_row(Sitting, given["sitting"], field="sitting") if "sitting" in given else None
        rows = queries.list_sessions(
            self.institution, sitting=sitting, state=given.get("state"), starter=self.starter
        )
        return page_of(request, rows, shown)

    @operation(
        "session_start",
        tag=_TAG,
        status=201,
        body=NewSessionSerializer,
        answer=OutsideSessionSerializer,
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Starts a session: capture may begin once there is a consent.

        A token with `sessions:own` has one at a time (409 `one_at_a_time`).
        409 `session_active`: that id goes on; `candidate_active`: another session of the candidate does;
        `too_early`, `closed`, `cancelled`: of the sitting.
        """
        return self.once(self._start)

    def _start(self) -> Response:
        given = checked(NewSessionSerializer, self.request.data)
        consent = given.get("consent")
        with transaction.atomic():
            if self.starter is not None:
                self._refuse_second(self.starter)
            session = self._begin(given, consent_in(consent) if consent else None)
        return self.answer(session, 201)

    def _begin(self, given: dict[str, Any], consent: OutsideConsent | None) -> MonitoringSession:
        return services.start(
            self.institution,
            sitting=own_row(Sitting, given["sitting"], "exam", field="sitting"),
            session_id=given.get("session_id"),
            candidate_id=given["candidate_id"],
            candidate_name=given["candidate_name"],
            consent=consent,
            actor=self.actor,
            job_data=given.get("job_data"),
            shows_warnings=given.get("shows_warnings", False),
        )

    def _refuse_second(self, starter: User) -> None:
        lock(User.objects.get(pk=starter.pk))  # not the one in hand, which knows its roles
        if queries.list_sessions(self.institution, state=SESSION_LIVE, starter=starter).exists():
            raise Conflict("This token has a session that goes on. End it first.", code="one_at_a_time")


class OneOutsideSession(OneSessionView):
    """One session."""

    scopes = {"GET": "sessions:read", "DELETE": "sessions:write"}

    @operation("session_outside", tag=_TAG, answer=OutsideSessionSerializer)
    def get(self, request: Request, session_id: str) -> Response:
        """One session; of several of the same session_id the newest."""
        query_in(request)
        return self.answer(self.session(session_id))

    @operation("session_delete", tag=_TAG, status=204, answer=None)
    def delete(self, request: Request, session_id: str) -> Response:
        """Deletes what was captured and found in an ended session, for good.

        The proof of consent and closed cases stay; a signed certificate says what went. 409 `not_ended`;
        `held` while a legal hold or a case that is not closed keeps it.
        """
        services.delete(self.session(session_id), actor=self.actor)
        return Response(status=204)


class SessionConsent(OneSessionView):
    """The agreement."""

    scopes = {"PUT": "sessions:write", "DELETE": "sessions:write"}

    @operation("session_consent", tag=_TAG, body=OutsideConsentSerializer, answer=OutsideSessionSerializer)
    def put(self, request: Request, session_id: str) -> Response:
        """The candidate has agreed, or to something else than before. A repeat changes nothing."""
        session = self.session(session_id)
        given = checked(OutsideConsentSerializer, request.data)
        services.agree(session, consent_in(given), actor=self.actor)
        return self.answer(session)

    @operation("session_consent_withdraw", tag=_TAG, status=204, answer=None)
    def delete(self, request: Request, session_id: str) -> Response:
        """The candidate takes it back: nothing more is taken, face data is deleted. The session goes on."""
        services.withdraw(self.session(session_id), actor=self.actor)
        return Response(status=204)


class EndSession(OneSessionView):
    """The end."""

    scopes = {"POST": "sessions:write"}

    @operation("session_end", tag=_TAG, body=None, answer=ReportSerializer)
    def post(self, request: Request, session_id: str) -> Response:
        """Ends capture for good, and answers the report. A repeat ends nothing and answers it again."""
        session = services.end(self.session(session_id), actor=self.actor)
        return Response(figures.report(session, self.actor))
