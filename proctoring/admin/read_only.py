"""Base of admin pages on rows that only services write: nothing is changed by hand, foreign ids are 404."""

from typing import Any

from django.http import Http404, HttpRequest

from accounts.admin.tenant import TenantAdmin
from accounts.permissions import roles_of
from accounts.roles import Role
from accounts.tenancy import current_institution
from accounts.zones import zone_for
from exams.models import SittingProctor

SEES_ALL = frozenset(
    role.value for role in (Role.REVIEWER, Role.EXAM_OFFICER, Role.ADMIN, Role.DATA_PROTECTION_OFFICER)
)


class ProctoringAdmin(TenantAdmin):
    """An admin page of proctoring: missing and foreign ids answer 404."""

    actions = None

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        raise Http404("There is no such row here.")


class ReadOnlyAdmin(ProctoringAdmin):
    """The same for rows that nobody writes by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        raise Http404("Rows of this kind are not made by hand.")

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        raise Http404("Rows of this kind are not deleted by hand.")


class WatchedRowsAdmin(ReadOnlyAdmin):
    """Rows of a sitting: who is a proctor only sees those of the sittings they are assigned to."""

    sitting_path = "sitting"

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        watched = self.only_sittings(request)
        if watched is None:
            return rows
        # pk__in and not a join: a join would let filters of the list meet other assignments.
        return rows.filter(**{f"{self.sitting_path}__in": watched})

    def only_sittings(self, request: HttpRequest) -> Any:
        """The sittings whose rows the person may see, or None: all."""
        here = current_institution()
        return None if here and roles_of(request.user, here) & SEES_ALL else watched_by(request)


def watched_by(request: HttpRequest) -> Any:
    """Ids of the sittings to which the signed-in person is assigned, as a subquery."""
    return SittingProctor.objects.filter(user=request.user.pk).values("sitting")


def zone_of(request: HttpRequest) -> str:
    """The time zone in which the signed-in person reads times."""
    return zone_for(request.user, current_institution())
