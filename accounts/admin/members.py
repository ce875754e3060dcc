"""Members and invitations in the admin: read, invite, send again, withdraw; always through the services."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.read_only import NeverByHand
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.models import Institution, Invitation, Membership, User
from accounts.roles import Role
from accounts.services import invitations, memberships
from accounts.tenancy import current_institution
from accounts.zones import day_in_words
from proctor_site.kernel import clock
from proctor_site.kernel.errors import NotAllowed, Refusal

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Invitation]
else:
    _ModelForm = forms.ModelForm


def _here() -> Institution:
    here = current_institution()
    if here is None:
        raise NotAllowed("No institution is chosen.")
    return here


class CurrentFilter(admin.SimpleListFilter):
    """Members of now, or those whose role has ended."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("current", "Current"), ("ended", "Ended")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() in ("current", "ended"):
            return queryset.filter(ended_at__isnull=self.value() == "current")
        return queryset


@admin.register(Membership, site=site)
class MembershipAdmin(NeverByHand, TenantAdmin):
    """Members, to read. A role is given by invitation and ended on the members page, which asks once more."""

    list_display = ("user", "address", "role", "external_id", "created_at", "ended")
    list_select_related = ("user", "institution")
    list_filter = ("role", CurrentFilter)
    search_fields = ("user__name", "user__email", "external_id")
    search_help_text = "Searches names, e-mail addresses and candidate numbers."
    fields = ("user", "address", "role", "external_id", "created_at", "ended")
    readonly_fields = fields

    @admin.display(description="e-mail address", ordering="user__email")
    def address(self, membership: Membership) -> str:
        return membership.user.email

    def get_list_display(self, request: HttpRequest) -> Any:
        """Those who may give numbers or end a role get the links to it."""
        numbers = ("number_link",) if request.user.has_perm("accounts.number_candidate") else ()
        ends = ("end_link",) if self.may("delete", request) else ()
        return (*super().get_list_display(request), *numbers, *ends)

    @admin.display(description="ended", ordering="ended_at")
    def ended(self, membership: Membership) -> str:
        return day_in_words(membership.ended_at) if membership.ended_at else "-"

    @admin.display(description="number")
    def number_link(self, membership: Membership) -> str:
        if membership.role != Role.CANDIDATE:
            return "-"
        url = reverse("member_number", args=[membership.institution.slug, membership.pk])
        return format_html('<a href="{}">Change the number…</a>', url)

    @admin.display(description="end")
    def end_link(self, membership: Membership) -> str:
        if membership.ended_at is not None:
            return "-"
        url = reverse("member_end", args=[membership.institution.slug, membership.pk])
        return format_html('<a href="{}">End this role…</a>', url)


class InvitationForm(_ModelForm):
    """Whom to invite as what. `actor` is set by the admin page."""

    actor: User

    class Meta:
        model = Invitation
        fields = ("email", "name", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:  # absent on the page that only shows an invitation
            offered = memberships.roles_to_give(self.actor, _here())
            self.fields["role"] = forms.ChoiceField(choices=[(role.value, role.label) for role in offered])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                invitations.check_offer(
                    _here(), email=given["email"], roles=[given["role"]], actor=self.actor
                )
            except Refusal as refusal:
                self.add_error("role" if refusal.field == "roles" else refusal.field, refusal.message)
        return given

    def validate_constraints(self) -> None:
        """Left to the service: it renews an open invitation that has expired."""


@admin.register(Invitation, site=site)
class InvitationAdmin(TenantAdmin):
    """Invitations. Adding one sends it; afterwards it can be sent again or withdrawn, never edited."""

    form = InvitationForm
    list_display = ("email", "name", "role", "invited_by", "created_at", "state")
    list_select_related = ("invited_by",)
    list_filter = ("role",)
    search_fields = ("email", "name")
    search_help_text = "Searches names and e-mail addresses."
    fields = ("email", "name", "role")
    actions = ("send_again", "withdraw")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        made.actor = request.user  # the class is made anew for each request
        return made

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj is None else (*self.fields, "invited_by", "created_at", "state")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_invite_permission(self, request: HttpRequest) -> bool:
        """Asked by the actions below."""
        return self.may("change", request)

    @admin.display(description="state")
    def state(self, invitation: Invitation) -> str:
        if invitation.accepted_at:
            return f"accepted {day_in_words(invitation.accepted_at)}"
        if invitation.withdrawn_at:
            return f"withdrawn {day_in_words(invitation.withdrawn_at)}"
        if invitation.mail_failed_at:
            return "the e-mail could not be sent"
        ends = day_in_words(invitation.expires_at)
        return f"expired {ends}" if invitation.expires_at <= clock.now() else f"waiting until {ends}"

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        actor: Any = request.user
        [made] = invitations.invite_member(
            _here(), email=obj.email, name=obj.name, roles=[obj.role], actor=actor
        )
        obj.pk, obj.email = made.pk, made.email

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The service has written the audit entry."""
        return None

    def response_add(
        self, request: HttpRequest, obj: Invitation, post_url_continue: Any = None
    ) -> HttpResponse:
        # The e-mail leaves after the commit, so whether it was sent is known on the next page, in the list.
        messages.success(request, f"Invited: {obj.email} as {obj.get_role_display()}.")
        return redirect("admin:accounts_invitation_changelist")

    @admin.action(description="Send the selected invitations again", permissions=["invite"])
    def send_again(self, request: HttpRequest, chosen: models.QuerySet[Invitation]) -> None:
        """Sends new links; the earlier ones stop working."""
        self._each(request, chosen, invitations.resend_invitation, "Sent again")

    @admin.action(description="Withdraw the selected invitations", permissions=["invite"])
    def withdraw(self, request: HttpRequest, chosen: models.QuerySet[Invitation]) -> None:
        """Ends the offers."""
        self._each(request, chosen, invitations.withdraw_invitation, "Withdrawn")

    @staticmethod
    def _each(
        request: HttpRequest, chosen: models.QuerySet[Invitation], act: Callable[..., None], done: str
    ) -> None:
        for each in chosen:
            try:
                act(each, actor=request.user)
            except Refusal as refusal:
                messages.error(request, f"Not done for {each}: {refusal.message}")
            else:
                messages.success(request, f"{done}: {each}.")
