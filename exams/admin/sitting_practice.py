"""Makes a practice sitting of a sitting: which exam, when, for how long its data is kept, for whom."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from exams import timing
from exams.admin.sitting_form import WallClockField
from exams.models import Exam, Sitting
from exams.scheduling.practice import make_practice, shows_secrets
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput

_LOCAL = {"opens_at": "opens", "closes_at": "closes", "duration_minutes": "closes"}
_OPEN_FOR = timedelta(days=7)


class PracticeForm(forms.Form):
    """What differs from the sitting; everything else is taken from it."""

    exam: Any = forms.ModelChoiceField(
        None,  # the exams of the institution, within the request
        label="Questions of",
        empty_label=None,
        help_text="Another exam keeps the questions of this one secret. Its own policy says what is watched.",
    )
    shows_real = forms.BooleanField(
        label="Candidates may see these questions before the exam",
        required=False,
        help_text="Only asked for when the chosen exam is still to be taken in earnest.",
    )
    opens = WallClockField(label="Opens")
    closes = WallClockField(label="Closes")
    practice_days = forms.IntegerField(
        label="Days until practice data is thrown away",
        min_value=1,
        max_value=90,
        initial=7,
        help_text="Counted from the end of each attempt. Candidates are told, and can do it earlier.",
    )
    with_candidates = forms.BooleanField(
        label="Enrol the same candidates, with their allowances",
        required=False,
        initial=True,
    )

    def __init__(self, sitting: Sitting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = sitting.zone
        exams: Any = self.fields["exam"]
        exams.queryset = Exam.objects.filter(is_template=False).order_by("title", "pk")
        now = clock.now()
        until = sitting.opens_at if sitting.opens_at > now + timedelta(days=1) else now + _OPEN_FOR
        for name, moment in (("opens", now), ("closes", until)):
            shown = moment.astimezone(self.zone).replace(tzinfo=None, second=0, microsecond=0)
            self.initial.setdefault(name, shown)
            self.fields[name].help_text = f"On the clocks of {self.zone.key}."
        self.initial.setdefault("exam", sitting.exam_id)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("opens", "closes"):
            if cleaned.get(name):
                try:
                    cleaned[name] = timing.from_wall_clock(cleaned[name], self.zone)
                except InvalidInput as refusal:
                    self.add_error(name, refusal.message)
        exam = cleaned.get("exam")
        if exam is not None and shows_secrets(exam) and not cleaned.get("shows_real"):
            self.add_error(
                "shows_real",
                f"“{exam}” is still to be taken in earnest, and practice shows its real questions. Choose "
                "another exam, or tick this if they may be seen.",
            )
        return cleaned


def practice_page(model_admin: Any, request: HttpRequest, sitting_id: int) -> HttpResponse:
    """GET: the form. POST: makes the practice sitting and leads to it."""
    sitting = model_admin.get_object(request, str(sitting_id))
    if sitting is None:
        raise Http404("There is no such sitting.")
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    form = PracticeForm(sitting, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = _make(request, sitting, form)
        if made is not None:
            return redirect(reverse("admin:exams_sitting_change", args=[made.pk]))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Practice sitting of {sitting}",
        "opts": model_admin.opts,
        "sitting": sitting,
        "form": form,
        "shows_secrets": shows_secrets(sitting.exam),
    }
    return TemplateResponse(request, "admin/exams/sitting/practice.html", context)


def _make(request: HttpRequest, sitting: Sitting, form: PracticeForm) -> Sitting | None:
    actor: Any = request.user
    given = form.cleaned_data
    try:
        made = make_practice(
            sitting,
            actor=actor,
            exam=given["exam"],
            opens_at=given["opens"],
            closes_at=given["closes"],
            practice_days=given["practice_days"],
            with_candidates=given["with_candidates"],
        )
    except InvalidInput as refusal:
        field = _LOCAL.get(refusal.field or "", refusal.field)
        form.add_error(field if field in form.fields else None, refusal.message)
        return None
    count = made.enrolments.count()
    who = f"{count} candidate{'' if count == 1 else 's'} enrolled" if count else "nobody enrolled yet"
    messages.success(request, f"“{made}” is made, with the settings of the exam’s sitting and {who}.")
    return made
