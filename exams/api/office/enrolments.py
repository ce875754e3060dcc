"""Enrolments by token: many candidates at once by the rules of rosters, and withdrawing."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import RowNumber, StrictSerializer, checked, page_shape, query_in
from accounts.candidate_numbers import key_of
from accounts.models import Membership
from accounts.services.candidate_numbers import holders_of
from exams.api.office.rows import own_row
from exams.api.office.sittings import GivenReasonSerializer
from exams.models import Enrolment, Sitting
from exams.scheduling import enrolments
from exams.scheduling.enrolling import enrol_rows
from exams.scheduling.roster_rows import RosterRow, understand
from exams.scheduling.verdicts import AT_ONCE, Outcome, Verdict
from proctor_site.kernel.errors import Conflict

_TAG = "enrolments"
_COLUMNS = ("email", "name", "group", "extra_minutes", "factor", "external_id")
OUTCOMES = tuple(each.value for each in Outcome)


class CandidateSerializer(StrictSerializer):
    """A candidate to enrol, by e-mail address, or by the number that they have here already."""

    email = serializers.CharField(required=False, max_length=254, default="", allow_blank=True)
    candidate_number = serializers.CharField(required=False, max_length=60, default="", allow_blank=True)
    name = serializers.CharField(required=False, max_length=200, default="", allow_blank=True)
    group = serializers.CharField(required=False, max_length=100, default="", allow_blank=True)
    extra_minutes = serializers.IntegerField(required=False, default=0, min_value=0, max_value=24 * 60)
    factor = serializers.CharField(required=False, max_length=8, default="1", help_text="1 to 5.")


class EnrolSerializer(StrictSerializer):
    """Whom to enrol."""

    candidates = CandidateSerializer(many=True, allow_empty=False, max_length=AT_ONCE)  # type: ignore[call-arg]


class EnrolledSerializer(serializers.Serializer[Any]):
    """What became of one candidate of the call."""

    index = serializers.IntegerField(help_text="Place in the call, from 0.")
    email = serializers.CharField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    detail = serializers.CharField(help_text="In words.")


class EnrolledAllSerializer(serializers.Serializer[Any]):
    """What became of each candidate; who was refused is named, the others are enrolled all the same."""

    results = EnrolledSerializer(many=True)


class EnrolmentSerializer(serializers.Serializer[Any]):
    """The right of a candidate to a sitting."""

    id = serializers.IntegerField()
    sitting = serializers.IntegerField(source="sitting_id")
    candidate = serializers.IntegerField(source="candidate_id")
    name = serializers.CharField(source="candidate.name")
    email = serializers.EmailField(source="candidate.email")
    candidate_number = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class EnrolmentQuerySerializer(StrictSerializer):
    """Filters of enrolments."""

    candidate = RowNumber(required=False)
    email = serializers.EmailField(required=False)
    created_after = serializers.DateTimeField(required=False)


class Enrolments(TokenView):
    """The enrolments of a sitting."""

    scopes = {"GET": "enrolments:read", "POST": "enrolments:write"}

    @operation(
        "sitting_enrolments",
        tag=_TAG,
        answer=page_shape(EnrolmentSerializer),
        query=EnrolmentQuerySerializer,
        is_paged=True,
    )
    def get(self, request: Request, sitting_id: int) -> Response:
        """Who is enrolled, withdrawn ones too. Who was only invited is not among them yet."""
        sitting = own_row(Sitting, sitting_id)
        given = query_in(request, EnrolmentQuerySerializer)
        rows = Enrolment.objects.filter(sitting=sitting).select_related("candidate")
        if "candidate" in given:
            rows = rows.filter(candidate=given["candidate"])
        if "email" in given:
            rows = rows.filter(candidate__email=given["email"].lower())
        if "created_after" in given:
            rows = rows.filter(created_at__gt=given["created_after"])
        return page_of(request, rows, shown)

    @operation(
        "sitting_enrol",
        tag=_TAG,
        status=201,
        body=EnrolSerializer,
        answer=EnrolledAllSerializer,
        examples=[
            OpenApiExample(
                "Two candidates",
                value={
                    "candidates": [
                        {"email": "carla@example.org", "name": "Carla Candidate", "factor": "1.25"},
                        {"candidate_number": "2026-0017"},
                    ]
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, sitting_id: int) -> Response:
        """Enrols candidates; who is none here yet is invited by e-mail, and enrolled on accepting."""
        sitting = own_row(Sitting, sitting_id)
        return self.once(lambda: self._enrol(sitting))

    def _enrol(self, sitting: Sitting) -> Response:
        given = checked(EnrolSerializer, self.request.data)
        if sitting.cancelled_at is not None:
            raise Conflict("This sitting has been cancelled.", code="cancelled")
        rows = self._rows(given["candidates"])
        verdicts = enrol_rows(sitting, rows, actor=self.actor)
        answer = {"results": [_in_words(verdict) for verdict in verdicts]}
        return Response(EnrolledAllSerializer(answer).data, status=201)

    def _rows(self, candidates: Sequence[dict[str, Any]]) -> list[RosterRow]:
        """The candidates as the rows of a roster, so that its rules hold; line 1 is the first one."""
        numbers = [each["candidate_number"] for each in candidates if not each["email"]]
        holders = holders_of(self.institution, numbers)
        table: list[tuple[int, Sequence[str]]] = [(0, _COLUMNS)]
        for place, each in enumerate(candidates, start=1):
            number = each["candidate_number"]
            holder = holders.get(key_of(number)) if number and not each["email"] else None
            email = each["email"]
            if holder is not None:
                email, number = holder.user.email, holder.external_id
            cells = (email, each["name"], each["group"], str(each["extra_minutes"]), each["factor"], number)
            table.append((place, cells))
        return understand(table).rows


class OneEnrolment(TokenView):
    """One enrolment."""

    scopes = {"GET": "enrolments:read"}

    @operation("enrolment", tag=_TAG, answer=EnrolmentSerializer)
    def get(self, request: Request, enrolment_id: int) -> Response:
        """One enrolment."""
        query_in(request)
        return _answer(own_row(Enrolment, enrolment_id, "candidate"))


class WithdrawEnrolment(TokenView):
    """Withdraw."""

    scopes = {"POST": "enrolments:write"}

    @operation("enrolment_withdraw", tag=_TAG, body=GivenReasonSerializer, answer=EnrolmentSerializer)
    def post(self, request: Request, enrolment_id: int) -> Response:
        """Takes the right back, unless the candidate is taking the exam. A repeat changes nothing."""
        enrolment = own_row(Enrolment, enrolment_id, "candidate", "sitting__institution")
        given = checked(GivenReasonSerializer, request.data)
        enrolments.withdraw(enrolment, actor=self.actor, reason=given["reason"])
        return _answer(enrolment)


def shown(rows: Sequence[Enrolment]) -> Any:
    """The enrolments as they are answered, with the numbers of their candidates. One query."""
    people = [row.candidate_id for row in rows]
    held = Membership.objects.filter(user__in=people).exclude(external_id="").order_by()
    numbers = dict(held.values_list("user", "external_id"))
    for row in rows:
        row.__dict__["candidate_number"] = numbers.get(row.candidate_id, "")
    return EnrolmentSerializer(rows, many=True).data


def _answer(enrolment: Enrolment) -> Response:
    [found] = shown([enrolment])
    return Response(found)


def _in_words(verdict: Verdict) -> dict[str, Any]:
    row = verdict.row
    return {
        "index": row.line - 1,
        "email": row.email,
        "outcome": verdict.outcome.value,
        "detail": verdict.detail,
    }
