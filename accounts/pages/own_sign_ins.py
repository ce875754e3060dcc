"""The page where a person sees where they are signed in, and ends sessions (decision 0200)."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import queries, sign_ins
from accounts.pages.guards import person_of
from accounts.zones import zone_for


@login_required
@require_http_methods(["GET", "POST"])
@reauthentication_required(allow_get=True)
def own_sign_ins(request: HttpRequest) -> HttpResponse:
    """GET: sessions and the last sign-ins. POST: ends `session`, or all others; the password is asked again.

    What would be interrupted is said first, and has to be confirmed (`understood`).
    """
    person = person_of(request)
    here = request.session.session_key
    live = sign_ins.live_of(person)
    warnings = sign_ins.warnings_for(person)
    wanted = request.POST.get("session", "")
    is_unconfirmed = bool(warnings) and request.method == "POST" and "understood" not in request.POST
    if request.method == "POST" and not is_unconfirmed:
        if wanted == "others":
            count = sign_ins.end_all(person, but=here or "")
            messages.success(request, f"Sessions that were ended: {count}.")
        else:
            row = next((each for each in live if str(each.pk) == wanted), None)
            if row is None or row.session_key == here:
                raise Http404("There is no such session of yours elsewhere.")
            sign_ins.end(row)
            messages.success(request, f"{row.device or 'That device'} is signed out.")
        return redirect("sign_ins")
    context = {
        "here": [each for each in live if each.session_key == here],
        "elsewhere": [each for each in live if each.session_key != here],
        "latest": sign_ins.latest_of(person),
        "warnings": warnings,
        "is_unconfirmed": is_unconfirmed,
        "zone": zone_for(person, next(iter(queries.own_institutions(request)), None)),
        "kept_days": sign_ins.KEPT.days,
    }
    return render(request, "accounts/sign_ins.html", context, status=400 if is_unconfirmed else 200)
