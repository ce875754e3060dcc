"""Files as answers: handing one in, and getting it back."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exams.api.base import READING_REFUSALS, REFUSALS, CandidateView, person
from exams.delivery import answer_files
from proctor_site.kernel.errors import InvalidInput, TooLarge

_FORM_BYTES = 10_000
"""What the other fields and the borders of the form may take."""


class AnswerFileSerializer(serializers.Serializer[Any]):
    """A file that was taken in, as the answer's value names it."""

    id = serializers.UUIDField()
    name = serializers.CharField(help_text="Cleaned: without folders and control characters.")
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()


class FileFormSerializer(serializers.Serializer[Any]):
    """A file for one question."""

    device = serializers.CharField(max_length=64)
    item = serializers.IntegerField(help_text="Id of the item on the paper.")
    file = serializers.FileField()


class KeepAnswerFile(CandidateView):
    """Hand in a file."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="attempt_files",
        request={"multipart/form-data": FileFormSerializer},
        responses={201: AnswerFileSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Keeps a file. It counts once a saved change of the answer names it by its id.

        Refused: `type_not_allowed`, `type_differs`, `empty` (400), `not_running`, `too_late`, `other_device`,
        `too_many` and closed questions (409), `too_large` (413).
        """
        attempt = self.attempt(request, attempt_id)
        _require_size(request)
        form: Any = request.data
        sent = request.FILES.get("file")
        if sent is None:
            raise InvalidInput("Choose a file.", field="file", code="required")
        kept = answer_files.keep(
            attempt,
            item_id=_item_in(str(form.get("item", ""))),
            device=str(form.get("device", "")),
            name=sent.name or "",
            data=sent.read(),
        )
        return Response(AnswerFileSerializer(answer_files.facts_of(kept)).data, status=201)


class DownloadAnswerFile(APIView):
    """Get a file back."""

    @extend_schema(
        operation_id="answer_file", responses={(200, "*/*"): OpenApiTypes.BINARY, **READING_REFUSALS}
    )
    def get(self, request: Request, file_id: UUID) -> HttpResponse:
        """The file, to save: for its candidate and for staff who may see answers; 404 for others."""
        opened = answer_files.open_for(person(request), str(file_id))
        response = HttpResponse(opened.data, content_type=opened.file.content_type)
        # Never shown in place: somebody else has made this file.
        response["Content-Disposition"] = content_disposition_header(True, opened.file.name)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Cache-Control"] = "private, no-store"
        return response


def _require_size(request: Request) -> None:
    """Before the form is read: what is too large is not taken in at all."""
    length = str(request.META.get("CONTENT_LENGTH") or "")
    if not length.isdigit():
        raise InvalidInput("The length of the request must be given.", field="file", code="length_missing")
    if int(length) > answer_files.MOST_BYTES + _FORM_BYTES:
        raise TooLarge(f"A file may have at most {answer_files.MOST_BYTES} bytes.", field="file")


def _item_in(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise InvalidInput("Name the question by its item.", field="item")
    return int(written)
