"""The page behind an invitation link."""

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Invitation, User
from accounts.pages import refusals
from accounts.pages.forms import AcceptForm
from accounts.services import invitations as service
from accounts.services import people
from proctor_site.kernel.errors import Refusal


@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """New people set name and password; people with an account sign in and accept."""
    try:
        invitation = service.find_by_link(secret)
    except Refusal as refusal:
        return refusals.refused_page(request, refusal)
    person = people.find_person(invitation.email)
    if person is not None and not request.user.is_authenticated:
        messages.info(request, f"Sign in as {invitation.email} to accept the invitation.")
        return redirect_to_login(request.path)
    if request.user.is_authenticated and request.user != person:
        return _page(request, invitation, None, is_other_person=True)
    form = AcceptForm(request.POST or None, initial={"name": invitation.name}) if person is None else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            return _accept(request, secret, form.cleaned_data if form else {})
        except Refusal as refusal:
            if form is None:
                return refusals.refused_page(request, refusal)
            refusals.add_to_form(form, refusal)
    return _page(request, invitation, form)


def _page(
    request: HttpRequest, invitation: Invitation, form: AcceptForm | None, *, is_other_person: bool = False
) -> HttpResponse:
    context = {
        "invitation": invitation,
        "roles": [each.get_role_display() for each in service.offered_with(invitation)],
        "form": form,
        "is_other_person": is_other_person,
    }
    status = 400 if form is not None and form.errors else 200
    return render(request, "accounts/invitation.html", context, status=status)


def _accept(request: HttpRequest, secret: str, given: dict[str, Any]) -> HttpResponse:
    signed_in = request.user if isinstance(request.user, User) else None
    here, person = service.accept_invitation(secret, user=signed_in, **given)
    messages.success(request, f"Welcome to {here.name}.")
    if signed_in is not None:
        return redirect("/")
    answer: Any = perform_login(request, person, redirect_url="/")
    return answer
