"""The queue of a reviewer: the incident list as it was filtered when they left it, newest first."""

import copy
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from proctoring.models import Incident
from proctoring.states import UNREVIEWED

FILTERS = "_changelist_filters"
"""Django's name for the query of the list in the addresses of its rows."""


class Queue:
    """Neighbours of an incident, and addresses that keep the filters."""

    def __init__(self, model_admin: Any, request: HttpRequest) -> None:
        self.model_admin = model_admin
        self.request = request
        self.filters: str = request.GET.get(FILTERS) or request.POST.get(FILTERS) or ""
        self._rows: QuerySet[Incident] | None = None

    @property
    def rows(self) -> "QuerySet[Incident]":
        """The filtered rows; filters that make no sense count as none."""
        if self._rows is None:
            try:
                self._rows = self._filtered(self.filters)
            except IncorrectLookupParameters:
                self._rows = self._filtered("")
        return self._rows

    def _filtered(self, filters: str) -> "QuerySet[Incident]":
        as_list = copy.copy(self.request)
        as_list.GET = QueryDict(filters)  # what the list would have been asked
        rows: QuerySet[Incident] = self.model_admin.get_changelist_instance(as_list).queryset
        return rows.order_by("-pk")

    def older(self, incident: Incident) -> int | None:
        """The next one down the list."""
        return self.rows.filter(pk__lt=incident.pk).values_list("pk", flat=True).first()

    def newer(self, incident: Incident) -> int | None:
        """The one above it in the list."""
        rows = self.rows.filter(pk__gt=incident.pk).order_by("pk")
        return rows.values_list("pk", flat=True).first()

    def next_unreviewed(self, incident: Incident) -> int | None:
        """The next one down the list that nobody has looked at, else the first one from the top."""
        ids = self.rows.filter(review_state=UNREVIEWED).values_list("pk", flat=True)
        return ids.filter(pk__lt=incident.pk).first() or ids.exclude(pk=incident.pk).first()

    def page_url(self, incident_id: int | None) -> str:
        """Address of the page of an incident; "" for none."""
        if incident_id is None:
            return ""
        address = reverse("admin:proctoring_incident_change", args=[incident_id])
        if not self.filters:
            return address
        query = QueryDict(mutable=True)
        query[FILTERS] = self.filters
        return f"{address}?{query.urlencode()}"

    @property
    def list_url(self) -> str:
        """Address of the list with the filters."""
        address = reverse("admin:proctoring_incident_changelist")
        return f"{address}?{self.filters}" if self.filters else address
