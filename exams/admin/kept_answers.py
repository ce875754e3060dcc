"""Answers of one attempt that came after the end: seen by reviewers, counted after all by exam officers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from exams.bank import wording
from exams.delivery import late, late_rules
from exams.kinds import certainty
from exams.models import Attempt, KeptChange
from proctor_site.kernel.errors import Refusal


class AcceptForm(forms.Form):
    """Which kept answers count after all, and why."""

    kept = forms.TypedMultipleChoiceField(
        coerce=int,
        label="Answers to count",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose the answers that are to count."},
    )
    reason = forms.CharField(
        max_length=1_000, widget=forms.Textarea(attrs={"rows": 2}), help_text="Goes into the audit log."
    )

    def __init__(self, rows: list[KeptChange], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kept"]
        field.choices = [(row.pk, str(row)) for row in rows]


def kept_page(model_admin: Any, request: HttpRequest, attempt_id: int) -> HttpResponse:
    """GET: the list. POST: counts the chosen ones; that cannot be taken back, so the form says so."""
    attempt = model_admin.get_object(request, str(attempt_id))
    if attempt is None:
        raise Http404("There is no such attempt.")
    if not request.user.has_perm("exams.change_keptchange", attempt):
        raise PermissionDenied
    rows = _rows(attempt)
    open_rows = [row for row in rows if row.accepted_at is None]
    form = AcceptForm(open_rows, request.POST or None)
    if request.method == "POST" and form.is_valid() and _accept(request, attempt, form):
        return redirect(reverse("admin:exams_attempt_kept", args=[attempt.pk]))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Late answers of {attempt.enrolment.candidate}",
        "opts": model_admin.opts,
        "attempt": attempt,
        "form": form,
        "rows": [_shown(row, form) for row in rows],
        "has_open": bool(open_rows),
    }
    return TemplateResponse(request, "admin/exams/attempt/kept.html", context)


def _rows(attempt: Attempt) -> list[KeptChange]:
    rows = KeptChange.objects.filter(attempt=attempt)
    return list(rows.select_related("item__version__question", "accepted_by").order_by("sequence"))


def _shown(row: KeptChange, form: AcceptForm) -> dict[str, Any]:
    version = row.item.version
    return {
        "row": row,
        "question": f"{row.item.position}. {version.question}",
        "answer": wording.answer_html(version, row.value),
        "certainty": certainty.in_words(row.certainty) if row.item.asks_certainty else "",
        "why": late_rules.IN_WORDS.get(row.why, "Its question was closed."),
        "is_chosen": str(row.pk) in (form.data.getlist("kept") if form.is_bound else []),  # type: ignore[attr-defined]
    }


def _accept(request: HttpRequest, attempt: Attempt, form: AcceptForm) -> bool:
    actor: Any = request.user
    try:
        count = late.accept_kept(
            attempt, form.cleaned_data["kept"], actor=actor, reason=form.cleaned_data["reason"]
        )
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    messages.success(request, f"{count} answer{' counts' if count == 1 else 's count'} now, marked as late.")
    return True
