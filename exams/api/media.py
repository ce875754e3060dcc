"""The media of questions: one address for authors and candidates, with ranges for sounds."""

import uuid
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from exams.api.base import READING_REFUSALS, person
from exams.delivery import media_access
from exams.models import QuestionMedia
from proctor_site.kernel.byte_ranges import wanted_bytes


class _AnyType(BaseContentNegotiation):
    """Browsers ask for pictures as image/*: what is asked for does not matter, refusals are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0] if parsers else None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class MediaFile(APIView):
    """A picture, sound or file."""

    content_negotiation_class = _AnyType

    @extend_schema(
        operation_id="media_file",
        responses={(200, "*/*"): OpenApiTypes.BINARY, **READING_REFUSALS},
    )
    def get(self, request: Request, media_id: uuid.UUID) -> HttpResponseBase:
        """The bytes, for staff who read questions and for candidates while a page of theirs shows it."""
        opened = media_access.open_for(person(request), media_id)
        with opened.stream as stream:
            found = opened.media
            tag = f'"{found.sha256}"'
            if request.headers.get("If-None-Match") == tag:
                return _with_headers(HttpResponse(status=304), found, tag)
            first, last, status = wanted_bytes(request.headers.get("Range", ""), found.size)
            if status == 416:
                refused = HttpResponse(status=416)
                refused["Content-Range"] = f"bytes */{found.size}"
                return refused
            stream.seek(first)
            response = HttpResponse(stream.read(last - first + 1), status=status)
        if status == 206:
            response["Content-Range"] = f"bytes {first}-{last}/{found.size}"
        return _with_headers(response, found, tag)


def _with_headers(response: HttpResponse, found: QuestionMedia, tag: str) -> HttpResponse:
    kind = "inline" if found.is_picture or found.is_audio else "attachment"
    response["Content-Type"] = found.content_type
    response["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(found.name)}"
    response["ETag"] = tag
    response["Accept-Ranges"] = "bytes"
    # Kept by the browser but asked for each time: the next person at this computer may not see it.
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
