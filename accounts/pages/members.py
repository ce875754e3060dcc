"""The members page of an institution: who belongs to it, who is invited, invite, withdraw, end."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Invitation, Membership
from accounts.pages import refusals
from accounts.pages.forms import InviteForm, NumberForm
from accounts.pages.guards import here_of, person_of, require_right
from accounts.roles import Role
from accounts.services import candidate_numbers, invitations, memberships
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Refusal

_PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@require_right("accounts.view_membership")
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Lists members and open invitations; a POST invites."""
    here, person = here_of(request), person_of(request)
    offered = memberships.roles_to_give(person, here)
    form = InviteForm(request.POST or None, offered=offered) if offered else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            made = invitations.invite_member(here, actor=person, **form.cleaned_data)
        except Refusal as refusal:
            refusals.add_to_form(form, refusal)
        else:
            _say_sent(request, made[0])
            return redirect("members", slug=slug)
    refused = request.method == "POST"
    return render(request, "accounts/members.html", _lists(request, form), status=400 if refused else 200)


def _lists(request: HttpRequest, form: InviteForm | None) -> dict[str, object]:
    wanted = request.GET.get("q", "").strip()
    role = request.GET.get("role", "")
    rows = Membership.objects.filter(ended_at=None).select_related("user").order_by("user__name", "id")
    if wanted:
        said = Q(user__name__icontains=wanted) | Q(user__email__icontains=wanted)
        rows = rows.filter(said | Q(external_id__icontains=wanted))
    if role in Role.values:
        rows = rows.filter(role=role)
    waiting = Invitation.objects.filter(accepted_at=None, withdrawn_at=None).select_related("invited_by")
    return {
        "form": form,
        "page": Paginator(rows, _PER_PAGE).get_page(request.GET.get("page")),
        "invitations": waiting[:200],
        "may_end": request.user.has_perm("accounts.delete_membership"),
        "may_number": request.user.has_perm("accounts.number_candidate"),
        "now": clock.now(),
        "roles": Role.choices,
        "wanted": wanted,
        "role": role,
    }


def _say_sent(request: HttpRequest, invitation: Invitation) -> None:
    if invitation.mail_failed_at is None:
        messages.success(request, f"Invitation sent to {invitation.email}.")
    else:
        messages.warning(
            request,
            f"The invitation for {invitation.email} is stored, but the e-mail could not be sent. "
            "Check the address and the mail server, then use “Send again”.",
        )


@require_POST
@require_right("accounts.change_invitation")
def resend(request: HttpRequest, slug: str, invitation: int) -> HttpResponse:
    """Sends an invitation again."""
    found = get_object_or_404(Invitation, pk=invitation)
    try:
        invitations.resend_invitation(found, actor=person_of(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        _say_sent(request, found)
    return redirect("members", slug=slug)


@require_POST
@require_right("accounts.change_invitation")
def withdraw(request: HttpRequest, slug: str, invitation: int) -> HttpResponse:
    """Takes an invitation back."""
    found = get_object_or_404(Invitation, pk=invitation)
    try:
        invitations.withdraw_invitation(found, actor=person_of(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"The invitation for {found.email} was withdrawn.")
    return redirect("members", slug=slug)


@require_http_methods(["GET", "POST"])
@require_right("accounts.delete_membership")
def end(request: HttpRequest, slug: str, membership: int) -> HttpResponse:
    """Asks once more, then ends one role of a person."""
    found: Membership = get_object_or_404(
        Membership.objects.select_related("user"), pk=membership, ended_at=None
    )
    if request.method == "GET":
        return render(request, "accounts/member_end.html", {"membership": found})
    try:
        memberships.end_membership(found, actor=person_of(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("members", slug=slug)
    messages.success(request, f"{found.user} is no longer {found.get_role_display()} here.")
    return redirect("/") if found.user == request.user else redirect("members", slug=slug)


@require_http_methods(["GET", "POST"])
@require_right("accounts.number_candidate")
def number(request: HttpRequest, slug: str, membership: int) -> HttpResponse:
    """The candidate number of one candidate: shown, changed or taken away."""
    candidates = Membership.objects.filter(role=Role.CANDIDATE).select_related("user", "institution")
    found: Membership = get_object_or_404(candidates, pk=membership)
    form = NumberForm(request.POST or None, initial={"external_id": found.external_id})
    if request.method == "POST" and form.is_valid():
        try:
            candidate_numbers.set_number(found, form.cleaned_data["external_id"], actor=person_of(request))
        except Refusal as refusal:
            refusals.add_to_form(form, refusal)
        else:
            said = f"has the number {found.external_id}" if found.external_id else "has no number"
            messages.success(request, f"{found.user} {said}.")
            return redirect("members", slug=slug)
    page = {"form": form, "membership": found}
    return render(request, "accounts/member_number.html", page, status=400 if form.errors else 200)
