"""The admin site of an institution: members with a staff role enter, and see only its rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.views.decorators.http import require_POST

from accounts import queries
from accounts.middleware import SESSION_KEY
from accounts.permissions import is_staff_of
from accounts.zones import zone_for


@dataclass(frozen=True, slots=True)
class Note:
    """A line above the list of pages: how something is, with the page about it."""

    words: str
    url: str
    link: str
    is_warning: bool = False


class InstitutionAdminSite(AdminSite):
    """Django's admin, entered by role and not by the is_staff flag.

    Sign-in, sign-out and passwords are django-allauth's pages, so the second factor holds here too.
    """

    site_title = "Proctor"
    site_header = "Proctor"
    index_title = "Exams and review"
    site_url = "/"
    enable_nav_sidebar = True

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.notes: list[Callable[[HttpRequest], Note | None]] = []
        """What packages above this one say on the first page; None: nothing to this person."""

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The first page, with what somebody should know."""
        found = [note for tell in self.notes if (note := tell(request)) is not None]
        return super().index(request, {"notes": found, **(extra_context or {})})

    def has_permission(self, request: HttpRequest) -> bool:
        institution = getattr(request, "institution", None)
        return institution is not None and request.user.is_active and is_staff_of(request.user, institution)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        # "View on site" looks objects up without the scope of an institution; nothing here needs it.
        urls = [each for each in super().get_urls() if getattr(each, "name", None) != "view_on_site"]
        return [path("switch/", self.admin_view(require_POST(self.switch)), name="switch"), *urls]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **super().each_context(request),
            "staffed_institutions": queries.staffed_institutions(request.user),
            "admin_zone": zone_for(request.user, getattr(request, "institution", None)),
        }

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Signed out: the sign-in page. Signed in without a staff role: refused, in words."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied(
                "The admin pages are for people who work for an institution. "
                "Ask its admin for a role, or sign in with another account."
            )
        index = reverse("admin:index")
        if self.has_permission(request):
            return redirect(index)
        return redirect_to_login(request.GET.get("next") or index)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")

    def switch(self, request: HttpRequest) -> HttpResponse:
        """Shows another institution of the person from now on; one they do not work for is refused."""
        wanted = request.POST.get("institution", "")
        chosen = next(
            (each for each in queries.staffed_institutions(request.user) if str(each.pk) == wanted), None
        )
        if chosen is None:
            messages.error(request, "You do not work for that institution. Nothing was changed.")
        else:
            request.session[SESSION_KEY] = chosen.pk
        return redirect(f"{self.name}:index")


site = InstitutionAdminSite(name="admin")
