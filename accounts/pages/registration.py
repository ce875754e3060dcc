"""Pages to register an institution and to confirm it."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import limits, links
from accounts.models import Registration, User
from accounts.pages import refusals
from accounts.pages.forms import ConfirmForm, RegistrationForm
from accounts.services import registration as service
from proctor_site.kernel.errors import Refusal

_SENT = "registration_id"
_HOUR = int(timedelta(hours=1).total_seconds())


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The public form."""
    form = RegistrationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            limits.count("register", get_adapter().get_client_ip(request), most=30, seconds=_HOUR)
            limits.count("register", form.cleaned_data["owner_email"].lower(), most=5, seconds=_HOUR)
            given = {each.name: form.cleaned_data[each.name] for each in fields(service.Application)}
            request.session[_SENT] = service.register_institution(service.Application(**given)).pk
        except Refusal as refusal:
            refusals.add_to_form(form, refusal)
        else:
            return redirect("register_sent")
    return render(request, "accounts/register.html", {"form": form}, status=400 if form.errors else 200)


@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """Says where the link went; offers to send it again."""
    registration = _own_registration(request)
    if registration is None:
        return redirect("register")
    return render(request, "accounts/register_sent.html", {"registration": registration})


@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Sends a new link, for the browser that registered or for the holder of an expired link."""
    secret = request.POST.get("link", "")
    try:
        registration = service.find_by_link(secret) if secret else _own_registration(request)
        if registration is None:
            raise links.unknown_link()
        limits.count("resend", str(registration.pk), most=5, seconds=_HOUR)
        service.resend_link(registration)
    except Refusal as refusal:
        return refusals.refused_page(request, refusal)
    request.session[_SENT] = registration.pk
    messages.success(request, "We have sent a new link. The earlier one does not work any more.")
    return redirect("register_sent")


def _own_registration(request: HttpRequest) -> Registration | None:
    rows = Registration.objects.with_scopes_disabled().select_related("institution")
    return rows.filter(pk=request.session.get(_SENT, 0), used_at=None).first()


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind the link: the password (or being signed in) confirms the institution."""
    try:
        registration = service.find_by_link(secret)
        links.refuse_if_over(used_at=registration.used_at, expires_at=registration.expires_at)
    except Refusal as refusal:
        expired = secret if refusal.code == "link_expired" else ""
        return refusals.refused_page(request, refusal, resend_link=expired)
    here = registration.institution
    is_owner = isinstance(request.user, User) and request.user.email == here.owner_email
    form = None if is_owner else ConfirmForm(request.POST or None)
    if request.method == "POST" and (form is None or form.is_valid()):
        password = form.cleaned_data["password"] if form else ""
        try:
            return _confirm(request, secret, password)
        except Refusal as refusal:
            if form is None:
                return refusals.refused_page(request, refusal)
            refusals.add_to_form(form, refusal)
    context: dict[str, Any] = {"institution_name": here.name, "owner_email": here.owner_email, "form": form}
    return render(
        request, "accounts/register_confirm.html", context, status=400 if form and form.errors else 200
    )


def _confirm(request: HttpRequest, secret: str, password: str) -> HttpResponse:
    limits.count("confirm", links.hash_of(secret), most=10, seconds=_HOUR)
    signed_in = request.user if isinstance(request.user, User) else None
    here, owner = service.confirm_institution(secret, user=signed_in, password=password)
    messages.success(request, f"{here.name} is ready. Invite your colleagues, then create an exam in Admin.")
    next_page = reverse("members", args=[here.slug])
    if signed_in == owner:
        return redirect(next_page)
    # Through allauth, so that a second factor is asked for where the person has one.
    answer: Any = perform_login(request, owner, redirect_url=next_page)
    return answer
