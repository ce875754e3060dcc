"""What the operations of proctors share: only attempts and sittings that the person watches."""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api.parsers import LimitedJSONParser
from accounts.tenancy import institutions_in_scope
from exams.api.base import person
from exams.models import Attempt, Sitting
from proctor_site.kernel.errors import InvalidInput
from proctoring.permissions import require_watching


class WatcherView(APIView):
    """An operation on a sitting that the person watches; everything else is 404 to them."""

    parser_classes = [LimitedJSONParser]

    def watched_attempt(self, request: Request, attempt_id: int) -> Attempt:
        """The attempt, if the person watches its sitting. Raises NotFound, NotAllowed ("reads_blind")."""
        user = person(request)
        attempt = (
            scoped(Attempt)
            .filter(pk=attempt_id)
            .select_related("institution", "enrolment__candidate", "enrolment__sitting__institution")
            .first()
        )
        require_watching(user, attempt.enrolment.sitting if attempt else None, "attempt in a sitting")
        assert attempt is not None
        return attempt

    def watched_sitting(self, request: Request, sitting_id: int) -> Sitting:
        """The sitting, if the person watches it. Raises NotFound, NotAllowed ("reads_blind")."""
        user = person(request)
        sitting = scoped(Sitting).filter(pk=sitting_id).select_related("institution", "exam").first()
        require_watching(user, sitting)
        assert sitting is not None
        return sitting


def fields_in(request: Request) -> Mapping[str, Any]:
    """The fields of the body, whatever form it came in; none when there is no body."""
    return request.data if isinstance(request.data, Mapping) else {}


def text_in(request: Request, field: str) -> str:
    """A text of the body; missing counts as empty, the service says whether it may. Raises InvalidInput."""
    value = fields_in(request).get(field, "")
    if not isinstance(value, str):
        raise InvalidInput("This must be a text.", field=field)
    return value


def scoped(model: Any) -> Any:
    """Rows of the institutions of the signed-in person; none when they belong to none."""
    return model.objects.all() if institutions_in_scope() else model._base_manager.none()
