"""API tokens in the admin: made, shown once, rotated and revoked, each on a page that says what it does."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_variables

from accounts.admin.read_only import NeverByHand
from accounts.admin.shown_once import ShownOnce, actor_of, bound, told, tried
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.api_scopes import SCOPES
from accounts.models import ApiToken, Institution
from accounts.services import api_tokens
from proctor_site.kernel import clock

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
class ApiTokenAdmin(ShownOnce, NeverByHand, TenantAdmin):
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
    pages = ("rotate", "revoke")
    number = "token_id"
    folder = "admin/accounts/apitoken"
    change_form_template = "admin/accounts/apitoken/change_form.html"
    change_list_template = "admin/accounts/apitoken/change_list.html"

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

    def is_live(self, token: ApiToken) -> bool:
        return self.standing(token).startswith("works")

    @sensitive_variables("secret")
    def new_page(self, request: HttpRequest, here: Institution) -> HttpResponse:
        """GET: the form. POST: makes the token and shows its secret, this one time."""
        form = bound(TokenForm, request)
        made = tried(form, lambda data: api_tokens.make_token(here, actor=actor_of(request), **data))
        if made is not None:
            return self._show(request, *made)
        return self.page(request, "form", "New API token", {"form": form, "button": "Make the token"})

    @sensitive_variables("secret")
    def rotate_page(self, request: HttpRequest, token: ApiToken) -> HttpResponse:
        """GET: what rotating means. POST: makes the new secret and shows it, this one time."""
        form = bound(RotateForm, request)
        made = tried(form, lambda data: api_tokens.rotate_token(token, actor=actor_of(request), **data))
        if made is not None:
            return self._show(request, *made)
        more = {"form": form, "row": token, "button": "Rotate it"}
        return self.page(request, "form", f"Rotate “{token.name}”", more)

    def revoke_page(self, request: HttpRequest, token: ApiToken) -> HttpResponse:
        """GET: asks. POST: revokes."""
        if request.method == "POST":
            done = f"“{token}” no longer works."
            told(request, lambda: api_tokens.revoke_token(token, actor=actor_of(request)), done)
            return redirect("admin:accounts_apitoken_changelist")
        return self.page(request, "revoke", f"Revoke “{token.name}”?", {"row": token})

    def _show(self, request: HttpRequest, token: ApiToken, secret: str) -> HttpResponse:
        more = {"row": token, "secret": secret}
        return self.page(request, "secret", f"The token for “{token.name}”", more)
