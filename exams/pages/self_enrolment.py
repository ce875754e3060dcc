"""The page behind the link by which people enrol themselves."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.tenancy import within
from exams.models import SelfEnrolment
from exams.scheduling import self_enrolment as service
from exams.scheduling.verdicts import places_left
from proctor_site.kernel.errors import Refusal


class DoorForm(forms.Form):
    """The code where there is one, and the address of people who are not signed in."""

    email = forms.EmailField(label="Your e-mail address", max_length=254)
    code = forms.CharField(label="Code", max_length=40, help_text="Your teacher or exam office has told it.")

    def __init__(self, *args: object, door: SelfEnrolment, is_signed_in: bool) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        if is_signed_in:
            del self.fields["email"]
        if not door.code:
            del self.fields["code"]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def self_enrolment(request: HttpRequest, secret: str) -> HttpResponse:
    """GET says what one enrols in; POST enrols the signed-in person, or sends an invitation to an address."""
    door = service.find_door(secret)
    user = request.user if isinstance(request.user, User) else None
    form = DoorForm(request.POST or None, door=door, is_signed_in=user is not None)
    closed = ""
    try:
        service.require_open(door)
    except Refusal as refusal:
        closed = refusal.message
    if request.method == "POST" and form.is_valid():
        try:
            return _enter(request, door, user, form)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    with within(door.institution):
        left = places_left(door.sitting)
    sitting = door.sitting
    zone = (user.time_zone if user else "") or door.institution.time_zone
    context = {
        "door": door,
        "sitting": sitting,
        "form": form,
        "closed": closed,
        "left": left,
        "until": service.closes_at(door),
        "zone": zone,
        "has_other_zone": zone != sitting.time_zone,
        "sign_in_url": f"{reverse('account_login')}?next={request.path}",
    }
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "exams/self_enrolment.html", context, status=status)


def _enter(request: HttpRequest, door: SelfEnrolment, user: User | None, form: DoorForm) -> HttpResponse:
    given, caller = form.cleaned_data, request.META.get("REMOTE_ADDR", "")
    code = given.get("code", "")
    if user is not None:
        enrolment = service.enter(door, user, code=code, caller=caller)
        messages.success(request, "You are enrolled.")
        return redirect(reverse("enrolment", args=[door.institution.slug, enrolment.pk]))
    service.ask_for_invitation(door, given["email"], code=code, caller=caller)
    messages.success(
        request,
        f"An e-mail to {given['email']} is on its way: open the link in it to be enrolled. If you have an "
        "account here already, no e-mail comes: sign in instead, then open this page again.",
    )
    return redirect(request.path)
