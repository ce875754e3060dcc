"""Evidence by token: a link of minutes to one item, and the file behind it. Both stand in the log."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.shapes import StrictSerializer, checked, query_in
from exams.api.office.rows import own_row
from proctor_site.kernel import clock
from proctor_site.kernel.errors import NotFound
from proctoring.evidence import custody
from proctoring.models import EvidenceItem

_TAG = "evidence"


class EvidenceLinkSerializer(serializers.Serializer[Any]):
    """Where the file is read, until when."""

    evidence = serializers.IntegerField()
    url = serializers.URLField(help_text="Read it with the same token; the link alone opens nothing.")
    expires_at = serializers.DateTimeField()


class LinkQuerySerializer(StrictSerializer):
    """The link's ticket."""

    link = serializers.CharField(max_length=500)


class EvidenceLink(TokenView):
    """A link to one file."""

    scopes = {"POST": "evidence:read"}

    @operation("evidence_link", tag=_TAG, body=StrictSerializer, answer=EvidenceLinkSerializer)
    def post(self, request: Request, evidence_id: int) -> Response:
        """Makes a link to one file, good for ten minutes and for this token alone; it is logged."""
        checked(StrictSerializer, request.data)
        item = own_row(EvidenceItem, evidence_id)
        if item.erased_at is not None:
            raise NotFound("This file was erased.", code="erased")
        ticket = custody.note_link(item, self.actor)
        address = reverse("api_office_evidence_file", args=[item.pk])
        return Response(
            {
                "evidence": item.pk,
                "url": request.build_absolute_uri(f"{address}?link={ticket}"),
                "expires_at": clock.now() + custody.LINK_LIFETIME,
            }
        )


class EvidenceFile(TokenView):
    """The file behind a link."""

    scopes = {"GET": "evidence:read"}
    http_method_names = ["get"]  # HEAD would be a look without a picture

    @operation(
        "evidence_file",
        tag=_TAG,
        query=LinkQuerySerializer,
        answer=OpenApiResponse(OpenApiTypes.BINARY, "The file; recordings also in parts, by Range."),
    )
    def get(self, request: Request, evidence_id: int) -> HttpResponse:
        """The file, checked against its hash; each look is logged under the token's name."""
        given = query_in(request, LinkQuerySerializer)
        opened = custody.open_for(evidence_id, given["link"], self.actor, request.headers.get("Range", ""))
        answer = HttpResponse(opened.data, content_type=opened.content_type, status=opened.status)
        answer["Content-Disposition"] = f'attachment; filename="evidence-{evidence_id}"'
        answer["X-Content-Type-Options"] = "nosniff"
        if opened.status == 206:
            answer["Content-Range"] = f"bytes {opened.first}-{opened.last}/{opened.item.size}"
        elif opened.status == 416:
            answer["Content-Range"] = f"bytes */{opened.item.size}"
        return answer
