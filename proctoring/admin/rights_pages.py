"""What the admin pages of rights share: who may decide, the institution, pages beside a list."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import path

from accounts.models import Institution, User
from accounts.tenancy import current_institution
from proctoring.admin.read_only import ReadOnlyAdmin, zone_of

RIGHT = "proctoring.keep_or_erase"


class RightsAdmin(ReadOnlyAdmin):
    """Own pages beside the list, each with a right of its own."""

    def page(self, request: HttpRequest, template: str, title: str, status: int = 200, **more: Any) -> Any:
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **more}
        context |= {"zone": zone_of(request), "may_decide": request.user.has_perm(RIGHT)}
        return TemplateResponse(request, f"admin/proctoring/rights/{template}.html", context, status=status)

    def own(self, address: str, view: Any, name: str) -> Any:
        return path(address, self.admin_site.admin_view(view), name=f"proctoring_{name}")

    def required(self, request: HttpRequest, object_id: str) -> Any:
        """The row, for who may decide. Raises Http404, PermissionDenied."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404("There is no such row here.")
        require_right(request)
        return row


def require_right(request: HttpRequest) -> None:
    """Raises PermissionDenied."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied("Data protection officers and admins decide on this.")


def here() -> Institution:
    institution = current_institution()
    if institution is None:
        raise PermissionDenied("No institution is chosen.")
    return institution


def person_of(request: HttpRequest) -> User:
    user: Any = request.user
    return user
