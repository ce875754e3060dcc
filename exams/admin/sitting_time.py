"""Time for a whole sitting: extra minutes for everybody, shown first, confirmed, and taken back if wrong."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEntry
from accounts.naming import names_for
from exams import states
from exams.admin.time_form import ExtraTimeForm, LostTimeForm, TakeBackForm
from exams.delivery import allowances, lost_time
from exams.delivery.allowances import Given
from exams.models import Allowance, Attempt, CandidateGroup, Enrolment, LostTime, Sitting
from proctor_site.kernel.errors import Refusal

SHOWN = 200


def time_page(model_admin: Any, request: HttpRequest, sitting_id: int) -> HttpResponse:
    """GET: what was given so far, and the form. POST: shows whom it would reach, then gives or takes back."""
    sitting = model_admin.get_object(request, str(sitting_id))
    if sitting is None:
        raise Http404("There is no such sitting.")
    if not request.user.has_perm("exams.add_allowance", sitting):
        raise PermissionDenied
    form = ExtraTimeForm(sitting, request.POST if request.POST.get("act") in ("look", "give") else None)
    confirming = False
    act = request.POST.get("act")
    lost = LostTimeForm(sitting.zone, request.POST if act in ("look_lost", "credit") else None)
    if request.method == "POST":
        if request.POST.get("act") == "take_back":
            return _take_back(request, sitting)
        if form.is_valid() and request.POST.get("act") == "give":
            return _give(request, sitting, form)
        if act == "credit" and lost.is_valid():
            return _credit(request, sitting, lost)
        confirming = form.is_valid()
    group = form.cleaned_data.get("group") if confirming else None
    enrolled = _enrolled(sitting, group)
    running = Attempt.objects.filter(enrolment__in=enrolled, state__in=states.RUNNING).count()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Time in {sitting}",
        "opts": model_admin.opts,
        "sitting": sitting,
        "form": form,
        "confirming": confirming,
        "group": group,
        "lost": lost,
        "confirming_lost": act == "look_lost" and lost.is_valid(),
        "ledger": names_for(request.user, sitting.institution).veil_all(
            _ledger(sitting), "attempt__enrolment__candidate"
        ),
        "enrolled_count": len(enrolled),
        "running_count": running,
        "given": _given_so_far(sitting),
    }
    return TemplateResponse(request, "admin/exams/sitting/time.html", context)


def _enrolled(sitting: Sitting, group: CandidateGroup | None = None) -> list[Enrolment]:
    rows = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None)
    if group is not None:
        rows = rows.filter(candidate__in=group.members.values("candidate"))
    return list(rows.select_related("candidate", "institution", "sitting").order_by("id"))


def _given_so_far(sitting: Sitting) -> list[Any]:
    rows = Allowance.objects.filter(enrolment__sitting=sitting, batch__isnull=False)
    by_batch = rows.values("batch").annotate(
        minutes=Max("extra_minutes"), people=Count("pk"), at=Min("created_at"), reason=Max("reason")
    )
    stream, verb = audit.stream_of(sitting), "sitting.extra_time_given"
    notes = AuditEntry.objects.filter(stream=stream, verb=verb).values_list("detail", flat=True)
    groups = {note["batch"]: note.get("group", "") for note in notes}
    return [each | {"group": groups.get(str(each["batch"]), "")} for each in by_batch.order_by("at")]


def _ledger(sitting: Sitting) -> list[LostTime]:
    rows = LostTime.objects.filter(attempt__enrolment__sitting=sitting).order_by("-started_at", "attempt_id")
    return list(rows.select_related("attempt__enrolment__candidate")[:SHOWN])


def _credit(request: HttpRequest, sitting: Sitting, form: LostTimeForm) -> HttpResponse:
    actor: Any = request.user
    given = form.cleaned_data
    done = lost_time.credit_sitting(
        sitting, given["started"], given["ended"], actor=actor, reason=given["why"]
    )
    count = sum(each.seconds > 0 for each in done)
    had = len(done) - count
    messages.success(
        request, f"Time was given back to {count} candidate{'' if count == 1 else 's'} who are working."
    )
    if had:
        messages.info(request, f"{had} had this interval given back already, or started after it.")
    return _back(sitting)


def _give(request: HttpRequest, sitting: Sitting, form: ExtraTimeForm) -> HttpResponse:
    actor: Any = request.user
    given = form.cleaned_data
    try:
        done = allowances.give_everybody(
            sitting,
            _enrolled(sitting),
            minutes=given["minutes"],
            reason=given["reason"],
            batch=given["batch"],
            actor=actor,
            group=given.get("group"),
        )
    except Refusal as refusal:
        messages.error(request, f"Nothing was given: {refusal.message}")
        return _back(sitting)
    working = sum(each.moved_seconds > 0 for each in done)
    messages.success(
        request,
        f"{given['minutes']} minutes more for {len(done)} candidate{'' if len(done) == 1 else 's'}; "
        f"{working} of them {'is working and sees' if working == 1 else 'are working and see'} it now.",
    )
    _name_refused(request, done)
    return _back(sitting)


def _take_back(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    actor: Any = request.user
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose what to take back from the list.")
        return _back(sitting)
    batch: uuid.UUID = form.cleaned_data["batch"]
    done = allowances.take_back(sitting, batch, actor=actor)
    count = sum(not each.refused for each in done)
    messages.success(request, f"Taken back from {count} candidate{'' if count == 1 else 's'}.")
    _name_refused(request, done)
    return _back(sitting)


def _name_refused(request: HttpRequest, done: list[Given]) -> None:
    for each in done:
        if each.refused:
            messages.warning(request, f"{each.enrolment.candidate}: {each.refused}")


def _back(sitting: Sitting) -> HttpResponse:
    return redirect(reverse("admin:exams_sitting_time", args=[sitting.pk]))
