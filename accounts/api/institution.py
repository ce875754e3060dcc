"""The token's own institution: its settings."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.shapes import StrictSerializer, checked, query_in
from accounts.models import Institution
from accounts.services import institutions

_TAG = "institution"


class InstitutionSerializer(serializers.Serializer[Any]):
    """The institution and its settings."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField(help_text="Stands in the addresses of its pages.")
    country = serializers.CharField(help_text="ISO 3166 code.")
    kind = serializers.CharField()
    time_zone = serializers.CharField()
    language = serializers.CharField(help_text="BCP 47 tag.")
    requires_second_factor = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class InstitutionChangeSerializer(StrictSerializer):
    """What a token may change. Second factor and whatever law decides stay with people."""

    name = serializers.CharField(max_length=200)
    time_zone = serializers.CharField(max_length=64, help_text="Such as Europe/Vienna.")
    language = serializers.CharField(max_length=35, help_text="BCP 47 tag.")


class OwnInstitution(TokenView):
    """The own institution."""

    scopes = {"GET": "institution:read", "PATCH": "institution:write"}

    @operation("institution", tag=_TAG, answer=InstitutionSerializer)
    def get(self, request: Request) -> Response:
        """The institution that the token belongs to."""
        query_in(request)
        return Response(InstitutionSerializer(self.institution).data)

    @operation("institution_change", tag=_TAG, body=InstitutionChangeSerializer, answer=InstitutionSerializer)
    def patch(self, request: Request) -> Response:
        """Changes name, time zone or language; what is not named stays."""
        given = checked(InstitutionChangeSerializer, request.data, partial=True)
        here = self.institution
        names = ("name", "time_zone", "language", "requires_second_factor", "allows_emotions")
        wanted: dict[str, Any] = {name: getattr(here, name) for name in names} | given
        institutions.change_settings(here, actor=self.actor, **wanted)
        return Response(InstitutionSerializer(Institution.objects.get(pk=here.pk)).data)
