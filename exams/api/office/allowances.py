"""Agreed adjustments by token. Their reasons may tell of health: they have scopes of their own."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import StrictSerializer, checked, page_shape, query_in
from exams.api.office.rows import own_row
from exams.delivery import allowances
from exams.models import Allowance, Enrolment
from exams.models.exam import Calculator
from exams.scheduling.terms import LONGEST_REASON, MOST_BREAK, MOST_MINUTES

_TAG = "allowances"


class TermsSerializer(StrictSerializer):
    """What is agreed. Which detectors are muted is decided by people, in the admin pages."""

    extra_minutes = serializers.IntegerField(required=False, min_value=0, max_value=MOST_MINUTES)
    factor = serializers.DecimalField(
        required=False, max_digits=4, decimal_places=2, min_value=1, max_value=5, help_text="Of working time."
    )
    break_minutes = serializers.IntegerField(required=False, min_value=0, max_value=MOST_BREAK)
    opens_at = serializers.DateTimeField(required=False, allow_null=True)
    closes_at = serializers.DateTimeField(required=False, allow_null=True)
    camera_free = serializers.BooleanField(required=False)
    calculator = serializers.ChoiceField(choices=Calculator.values, required=False)
    spell_check = serializers.BooleanField(required=False)
    without_safe_browser = serializers.BooleanField(required=False)
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_REASON, help_text="Never shown to proctors."
    )


class AllowanceSerializer(TermsSerializer):
    """An adjustment."""

    id = serializers.IntegerField()
    enrolment = serializers.IntegerField(source="enrolment_id")
    muted_detectors = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()


class Allowances(TokenView):
    """The adjustments of an enrolment."""

    scopes = {"GET": "allowances:read", "POST": "allowances:write"}

    @operation("enrolment_allowances", tag=_TAG, answer=page_shape(AllowanceSerializer), is_paged=True)
    def get(self, request: Request, enrolment_id: int) -> Response:
        """What was agreed; several add up."""
        query_in(request)
        rows = own_row(Enrolment, enrolment_id).allowances.all()
        return page_of(request, rows, lambda found: AllowanceSerializer(found, many=True).data)

    @operation(
        "enrolment_allowance_give", tag=_TAG, status=201, body=TermsSerializer, answer=AllowanceSerializer
    )
    def post(self, request: Request, enrolment_id: int) -> Response:
        """Gives a further adjustment; a running attempt has its new deadline at once."""
        enrolment = own_row(Enrolment, enrolment_id, "sitting")
        return self.once(lambda: self._give(enrolment))

    def _give(self, enrolment: Enrolment) -> Response:
        terms = checked(TermsSerializer, self.request.data)
        made = allowances.give(enrolment, actor=self.actor, **terms)
        made.refresh_from_db()
        return Response(AllowanceSerializer(made).data, status=201)


class OneAllowance(TokenView):
    """One adjustment."""

    scopes = {"PATCH": "allowances:write", "DELETE": "allowances:write"}

    @operation("allowance_change", tag=_TAG, body=TermsSerializer, answer=AllowanceSerializer)
    def patch(self, request: Request, allowance_id: int) -> Response:
        """Other terms. Time that is used already cannot be taken back."""
        found = self._allowance(allowance_id)
        terms = checked(TermsSerializer, request.data, partial=True)
        if terms:
            allowances.change(found, actor=self.actor, **terms)
        found.refresh_from_db()
        return Response(AllowanceSerializer(found).data)

    @operation("allowance_withdraw", tag=_TAG, status=204, answer=OpenApiResponse(description="Withdrawn."))
    def delete(self, request: Request, allowance_id: int) -> Response:
        """Takes an adjustment back, unless its time is used already."""
        allowances.withdraw(self._allowance(allowance_id), actor=self.actor)
        return Response(status=204)

    def _allowance(self, allowance_id: int) -> Allowance:
        return own_row(Allowance, allowance_id, "enrolment__institution", "enrolment__sitting")
