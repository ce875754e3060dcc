"""Pages where a person changes their own details, and an admin those of the institution."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.countries import country_name
from accounts.emotion_law import law_refusal
from accounts.middleware import SESSION_KEY
from accounts.pages import refusals
from accounts.pages.forms import PersonForm, SettingsForm
from accounts.pages.guards import here_of, person_of, require_right
from accounts.services import institutions, people
from proctor_site.kernel.errors import Refusal


@login_required
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest) -> HttpResponse:
    """Own name and time zone."""
    somebody = person_of(request)
    form = PersonForm(request.POST or None, person=somebody)
    if request.method == "POST" and form.is_valid():
        try:
            people.change_person(somebody, **form.cleaned_data)
        except Refusal as refusal:
            refusals.add_to_form(form, refusal)
        else:
            messages.success(request, "Saved.")
            return redirect("person")
    return render(request, "accounts/person.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@require_right("accounts.change_institution")
def institution_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Name, time zone, language and second-factor rule of the institution."""
    here = here_of(request)
    form = SettingsForm(request.POST or None, institution=here)
    if request.method == "POST" and form.is_valid():
        try:
            changed = institutions.change_settings(here, actor=person_of(request), **form.cleaned_data)
        except Refusal as refusal:
            refusals.add_to_form(form, refusal)
        else:
            messages.success(request, "Saved." if changed else "Nothing was changed.")
            return redirect("institution_settings", slug=slug)
    context = {"form": form, "country_name": country_name(here.country), "law": law_refusal(here)}
    return render(request, "accounts/settings.html", context, status=400 if form.errors else 200)


@require_GET
@require_right("accounts.view_institution")
def open_admin(request: HttpRequest, slug: str) -> HttpResponse:
    """Opens the admin site with this institution shown."""
    request.session[SESSION_KEY] = here_of(request).pk
    return redirect("admin:index")
