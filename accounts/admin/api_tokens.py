"""API tokens in the admin: made, shown once, rotated and revoked, each on a page that says what it does."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.debug import sensitive_variables

from accounts.admin.read_only import NeverByHand
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.api_scopes import SCOPES
from accounts.models import ApiToken
from accounts.services import api_tokens
from accounts.tenancy import current_institution
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Refusal

_DAYS_HELP = f"1 to {api_tokens.MOST_DAYS}. Then it stops working; rotate it before."


def _days() -> forms.IntegerField:
    return forms.IntegerField(
        label="Days until it ends",
        min_value=1,
        max_value=api_tokens.MOST_DAYS,
        initial=api_tokens.DEFAULT_DAYS,
        help_text=_DAYS_HELP,
    )


class TokenForm(forms.Form):
    """A new token."""

    name = forms.CharField(
        label="Used by",
        max_length=100,
        help_text="Which system, such as: Student register. The audit log names it so.",
    )
    days = _days()
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=[(scope.code, f"{scope.words} ({scope.code})") for scope in SCOPES.values()],
        widget=forms.CheckboxSelectMultiple,
        help_text="As little as the system needs.",
    )


class RotateForm(forms.Form):
    """A new secret for a token."""

    grace_hours = forms.IntegerField(
        label="Hours for which the old secret still works",
        min_value=0,
        max_value=api_tokens.MOST_GRACE_HOURS,
        initial=api_tokens.DEFAULT_GRACE_HOURS,
        help_text=f"0 to {api_tokens.MOST_GRACE_HOURS}: as long as you need to put the new one in. "
        "If the old one may have leaked: 0.",
    )
    days = _days()


@admin.register(ApiToken, site=site)
class ApiTokenAdmin(NeverByHand, TenantAdmin):
    """Tokens by which other systems call the API. Made and ended on pages of their own."""

    list_display = ("name", "starts_with", "standing", "allowed", "last_used_at", "expires_at", "made_by")
    list_select_related = ("made_by",)
    search_fields = ("name", "prefix")
    search_help_text = "Searches names and the first signs of tokens."
    fields = (
        "name",
        "starts_with",
        "standing",
        "allowed",
        "created_at",
        "made_by",
        "expires_at",
        "last_used_at",
        "revoked_at",
        "rotated_from",
    )
    readonly_fields = fields
    change_form_template = "admin/accounts/apitoken/change_form.html"
    change_list_template = "admin/accounts/apitoken/change_list.html"

    def get_urls(self) -> list[Any]:
        """The pages that make, rotate and revoke; each checks the right itself."""
        pages: dict[str, Any] = {"rotate": self.rotate_page, "revoke": self.revoke_page}
        own = [
            path(
                f"<int:token_id>/{name}/",
                self.admin_site.admin_view(page),
                name=f"accounts_apitoken_{name}",
            )
            for name, page in pages.items()
        ]
        new = path("new/", self.admin_site.admin_view(self.new_page), name="accounts_apitoken_new")
        return [new, *own, *super().get_urls()]

    @admin.display(description="begins with", ordering="prefix")
    def starts_with(self, token: ApiToken) -> str:
        return f"{token.prefix}…"

    @admin.display(description="state")
    def standing(self, token: ApiToken) -> str:
        if token.revoked_at:
            return "revoked"
        if token.expires_at <= clock.now():
            return "ended"
        return "works, has been rotated" if token.rotated_to.exists() else "works"

    @admin.display(description="may")
    def allowed(self, token: ApiToken) -> str:
        return ", ".join(token.scopes)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """With buttons for what can be done with this token."""
        found = self.get_object(request, object_id) if object_id else None
        more = {"is_live": found is not None and self.standing(found).startswith("works")}
        return super().changeform_view(request, object_id, form_url, {**more, **(extra_context or {})})

    @sensitive_variables("secret")
    def new_page(self, request: HttpRequest) -> HttpResponse:
        """GET: the form. POST: makes the token and shows its secret, this one time."""
        self._refuse_others(request)
        here = current_institution()
        if here is None:
            raise PermissionDenied("No institution is chosen.")
        form = TokenForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            actor: Any = request.user
            try:
                token, secret = api_tokens.make_token(here, actor=actor, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            else:
                return self._show(request, token, secret)
        return self._page(request, "form", "New API token", {"form": form, "button": "Make the token"})

    @sensitive_variables("secret")
    def rotate_page(self, request: HttpRequest, token_id: int) -> HttpResponse:
        """GET: what rotating means. POST: makes the new secret and shows it, this one time."""
        token = self._token(request, token_id)
        form = RotateForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            actor: Any = request.user
            try:
                made, secret = api_tokens.rotate_token(token, actor=actor, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            else:
                return self._show(request, made, secret)
        more = {"form": form, "token": token, "button": "Rotate it"}
        return self._page(request, "form", f"Rotate “{token.name}”", more)

    def revoke_page(self, request: HttpRequest, token_id: int) -> HttpResponse:
        """GET: asks. POST: revokes."""
        token = self._token(request, token_id)
        if request.method == "POST":
            actor: Any = request.user
            try:
                api_tokens.revoke_token(token, actor=actor)
                messages.success(request, f"“{token}” no longer works.")
            except Refusal as refusal:
                messages.error(request, refusal.message)
            return redirect("admin:accounts_apitoken_changelist")
        return self._page(request, "revoke", f"Revoke “{token.name}”?", {"token": token})

    def _show(self, request: HttpRequest, token: ApiToken, secret: str) -> HttpResponse:
        more = {"token": token, "secret": secret}
        return self._page(request, "secret", f"The token for “{token.name}”", more)

    def _page(self, request: HttpRequest, name: str, title: str, more: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **more}
        return TemplateResponse(request, f"admin/accounts/apitoken/{name}.html", context)

    def _token(self, request: HttpRequest, token_id: int) -> ApiToken:
        self._refuse_others(request)
        token: ApiToken | None = self.get_object(request, str(token_id))
        if token is None:
            raise Http404("There is no such token.")
        return token

    def _refuse_others(self, request: HttpRequest) -> None:
        if not self.may("add", request):
            raise PermissionDenied("Only an institution admin can manage API tokens.")
