"""A proctor acknowledges an incident; verdicts are given in the admin."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.naming import names_for
from accounts.tenancy import institutions_in_scope
from exams.api.base import REFUSALS, person
from proctor_site.kernel.errors import NotFound
from proctoring.api.base import WatcherView, text_in
from proctoring.api.shapes import IncidentSerializer, NoteSerializer
from proctoring.evidence import custody
from proctoring.incidents import services
from proctoring.incidents.queries import incident_shape
from proctoring.models import Incident
from proctoring.permissions import may_see_incidents


class AcknowledgeIncident(WatcherView):
    """Acknowledge an incident."""

    @extend_schema(
        operation_id="incident_acknowledge",
        request=NoteSerializer,
        responses={200: IncidentSerializer, **REFUSALS},
    )
    def post(self, request: Request, incident_id: int) -> Response:
        """Says that somebody has seen it; the verdict stays open."""
        user = person(request)
        rows = Incident.objects.filter(pk=incident_id) if institutions_in_scope() else Incident.objects.none()
        found = rows.select_related("institution", "sitting__institution", "session__candidate").first()
        if found is None or not may_see_incidents(user, found.sitting, found.institution):
            raise NotFound("There is no such incident in a sitting that you watch.")
        services.acknowledge(found, actor=user, note=text_in(request, "note"))
        names_for(user, found.institution).veil(found, "session__candidate")
        return Response(custody.with_links(incident_shape(found), user, found.institution.slug))
