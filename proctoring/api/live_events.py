"""What a provider of live video reports by itself (webhooks): no session, no CSRF, only its signature."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exams.api.base import REFUSALS
from proctor_site.kernel.errors import InvalidInput, NotFound, NotSignedIn, TooLarge
from proctoring.meetings import reports
from proctoring.meetings.providers.base import NoWebhooks, UnreadableReport, WrongSignature
from proctoring.meetings.providers.guarded import provider

MOST_BYTES = 65_536


class LiveEvents(APIView):
    """Reports of the provider of live video."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(
        operation_id="live_events",
        request={"application/json": OpenApiTypes.OBJECT},
        responses={204: None, **REFUSALS},
        auth=[],
    )
    def post(self, request: Request, provider_name: str) -> Response:
        """Takes a signed report of the configured provider in its own form; each counts once."""
        service = provider()
        if service is None or service.name != provider_name:
            raise NotFound("This server does not use that provider of live video.")
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > MOST_BYTES:
            raise TooLarge(f"At most {MOST_BYTES} bytes are accepted.")
        raw = request._request.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise TooLarge(f"At most {MOST_BYTES} bytes are accepted.")
        try:
            events = service.parse_webhook(
                {key.lower(): value for key, value in request.headers.items()}, raw
            )
        except NoWebhooks as error:
            raise NotFound("This provider of live video reports nothing.") from error
        except WrongSignature as error:
            raise NotSignedIn("The signature is missing or wrong.", code="wrong_signature") from error
        except UnreadableReport as error:
            raise InvalidInput("The report cannot be read.", code="unreadable") from error
        reports.note_events(events)
        return Response(status=204)
