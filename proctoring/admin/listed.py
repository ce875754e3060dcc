"""The rows of the incident list for a person and a filter, also where there is no request: in a job."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from accounts.admin.site import site
from accounts.models import User
from proctor_site.kernel.errors import InvalidInput
from proctoring.admin.read_only import zone_of
from proctoring.models import Incident


def listed(viewer: User, query: str) -> Any:
    """Exactly what the list would show them, in the institution whose scope is open; newest first.

    Raises InvalidInput for a filter that makes no sense: what fits everything is never taken for it.
    """
    asked = HttpRequest()
    asked.method, asked.user, asked.GET = "GET", viewer, QueryDict(query)
    try:
        with timezone.override(zone_of(asked)):
            rows = site.get_model_admin(Incident).get_changelist_instance(asked).queryset
    except IncorrectLookupParameters as error:
        raise InvalidInput("The filter makes no sense any more; choose it anew.", field="filter") from error
    return rows.order_by("-pk")
