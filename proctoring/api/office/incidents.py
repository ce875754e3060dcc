"""Incidents by token, to read: what was raised, by which measures, and what people decided of it.

Nobody is named: an incident tells its attempt, and who that is stands behind a scope of its own
(decision 0179). Nothing is decided by token.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import RowNumber, StrictSerializer, page_shape, query_in
from exams.api.office.rows import own_row
from proctoring import states
from proctoring.models import EvidenceItem, Incident
from proctoring.models.evidence import EvidenceKind
from proctoring.observations import Severity

_TAG = "incidents"


class OfficeIncidentSerializer(serializers.Serializer[Any]):
    """What a person should look at. It is a question, not a finding."""

    id = serializers.IntegerField()
    attempt = serializers.IntegerField(
        source="session.attempt_id", allow_null=True, help_text="Null: a session without an exam of ours."
    )
    session = serializers.UUIDField(source="session.public_id", help_text="The monitoring session.")
    sitting = serializers.IntegerField(source="sitting_id", allow_null=True)
    kind = serializers.CharField()
    severity = serializers.ChoiceField(choices=[each.value for each in Severity])
    confidence = serializers.FloatField(help_text="0 to 1, of the detector; no probability of cheating.")
    started_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Null: it still goes on.")
    count = serializers.IntegerField(help_text="Pictures, recordings or events in which it was found.")
    repeats = serializers.IntegerField(help_text="How often it came back within the cool-down.")
    explanation = serializers.CharField(help_text="What was found, in words and numbers.")
    measurements = serializers.DictField(help_text="The numbers behind it, by name.")
    advisory = serializers.BooleanField(
        help_text="People had disagreed with its detector too often: it weighs nothing by itself."
    )
    review_state = serializers.ChoiceField(choices=states.INCIDENT_REVIEW.states)
    reviewed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class IncidentEvidenceSerializer(serializers.Serializer[Any]):
    """One stored file. It is opened by a link of minutes: `POST evidence/<id>/link/`."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=EvidenceKind.values)
    captured_at = serializers.DateTimeField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    erased_at = serializers.DateTimeField(allow_null=True, help_text="Its file is gone since then.")


class IncidentWithEvidenceSerializer(OfficeIncidentSerializer):
    """An incident with its evidence."""

    evidence = serializers.SerializerMethodField()

    @extend_schema_field(IncidentEvidenceSerializer(many=True))
    def get_evidence(self, incident: Incident) -> Any:
        rows = EvidenceItem.objects.filter(incident=incident).order_by("sequence")
        return IncidentEvidenceSerializer(rows, many=True).data


class IncidentQuerySerializer(StrictSerializer):
    """Filters of incidents."""

    sitting = RowNumber(required=False)
    attempt = RowNumber(required=False)
    kind = serializers.ChoiceField(
        choices=sorted({str(value) for value, _ in Incident._meta.get_field("kind").choices or []}),
        required=False,
    )
    severity = serializers.ChoiceField(choices=[each.value for each in Severity], required=False)
    review_state = serializers.ChoiceField(choices=states.INCIDENT_REVIEW.states, required=False)
    started_after = serializers.DateTimeField(required=False)
    after = RowNumber(required=False, help_text="Those with a larger id than this: what is new.")


_FILTERS = {"attempt": "session__attempt", "started_after": "started_at__gt", "after": "pk__gt"}


class OfficeIncidents(TokenView):
    """All incidents."""

    scopes = {"GET": "incidents:read"}

    @operation(
        "incidents",
        tag=_TAG,
        answer=page_shape(OfficeIncidentSerializer),
        query=IncidentQuerySerializer,
        is_paged=True,
    )
    def get(self, request: Request) -> Response:
        """Incidents with their measures and how people's review of them stands."""
        given = query_in(request, IncidentQuerySerializer)
        chosen = {_FILTERS.get(name, name): value for name, value in given.items()}
        rows = Incident.objects.filter(**chosen).select_related("session")
        return page_of(request, rows, lambda found: OfficeIncidentSerializer(found, many=True).data)


class OfficeIncident(TokenView):
    """One incident."""

    scopes = {"GET": "incidents:read"}

    @operation("incident", tag=_TAG, answer=IncidentWithEvidenceSerializer)
    def get(self, request: Request, incident_id: int) -> Response:
        """One incident, with its evidence."""
        query_in(request)
        found = own_row(Incident, incident_id, "session")
        return Response(IncidentWithEvidenceSerializer(found).data)
