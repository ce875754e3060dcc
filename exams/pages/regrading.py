"""Regrading a question as pages: choose it, see who would change, then do it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.naming import names_for
from accounts.pages import refusals
from accounts.pages.guards import here_of, person_of, require_right
from exams.bank.wording import key_in_words
from exams.marking import regrades
from exams.models import Question, Regrade, Sitting
from exams.models.regrade import RegradeMode
from exams.scheduling.queries import marked_sittings
from proctor_site.kernel.errors import Refusal

_SHOWN = 200


class RegradeForm(forms.Form):
    """What happens to the question, and where."""

    mode = forms.ChoiceField(
        label="What happens", choices=RegradeMode.choices, widget=forms.RadioSelect, initial=RegradeMode.KEY
    )
    version = forms.ChoiceField(
        label="Key",
        required=False,
        help_text="Correct the question in the bank first: that makes a new version. “As on each paper” "
        "takes an earlier regrade back.",
    )
    points = forms.CharField(
        label="Points for the question",
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="Empty: as on the paper. On papers with certainty-based marking, right answers of those "
        "who were sure give two and three times as many.",
    )
    sittings = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose at least one sitting."}
    )
    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept with every mark that changes, and in the audit log.",
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(sitting.pk): sitting for sitting in regrades.sittings_with(question)}
        version: Any = self.fields["version"]
        version.choices = [("", "As on each paper")] + [
            (str(each.pk), f"Version {each.number}: {key_in_words(each)}"[:160])
            for each in question.versions.all()
        ]
        sittings: Any = self.fields["sittings"]
        sittings.choices = [(key, f"{each.exam.title}, {each.title}") for key, each in self.offered.items()]

    def clean_sittings(self) -> list[Sitting]:
        return [self.offered[key] for key in self.cleaned_data["sittings"]]


@require_safe
@require_right("exams.release_results")
def choose(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """The questions of a sitting that can be regraded, and the regrades so far."""
    sitting: Sitting = get_object_or_404(marked_sittings().select_related("exam"), pk=sitting_id)
    context = {
        "sitting": sitting,
        "questions": regrades.questions_on(sitting),
        "regrades": Regrade.objects.filter(sittings=sitting).select_related("question", "actor", "version"),
        "zone": person_of(request).time_zone or here_of(request).time_zone,
    }
    return render(request, "exams/results/regrade_choose.html", context)


@require_http_methods(["GET", "POST"])
@require_right("exams.release_results")
def regrade(request: HttpRequest, slug: str, question_id: int) -> HttpResponse:
    """A POST shows who would change; with the digest of that preview it carries it out."""
    question: Question = get_object_or_404(Question, pk=question_id)
    form = RegradeForm(
        request.POST if request.method == "POST" else None,
        question=question,
        initial={"sittings": [request.GET.get("sitting", "")]},
    )
    found: regrades.Preview | None = None
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            rule = regrades.checked_rule(
                question, mode=chosen["mode"], version=chosen["version"], points=chosen["points"]
            )
            if request.POST.get("digest"):
                made = regrades.regrade(
                    question,
                    chosen["sittings"],
                    rule,
                    reason=chosen["reason"],
                    digest=request.POST["digest"],
                    actor=person_of(request),
                )
                messages.success(request, _done(made))
                return redirect("regrade_choose", slug=slug, sitting_id=chosen["sittings"][0].pk)
            found = regrades.preview(question, chosen["sittings"], rule)
        except Refusal as refusal:
            refusals.add_to_form(form, refusal)
            found = None
    context = {
        "question": question,
        "newest": question.versions.first(),
        "form": form,
        "preview": found,
        "shown": _shown(request, found) if found else [],
        "sent": [(name, value) for name in form.fields for value in request.POST.getlist(name)],
    }
    return render(request, "exams/results/regrade.html", context, status=400 if form.errors else 200)


def _shown(request: HttpRequest, found: regrades.Preview) -> list[Any]:
    """Who would change, those who pass or fail by it first."""
    rows = sorted(found.changed, key=lambda each: not each.flips)[:_SHOWN]
    return names_for(request.user, here_of(request)).veil_all(rows, "attempt__enrolment__candidate")


def _done(made: Regrade) -> str:
    return (
        f"Regraded: {made.changed} attempts have other points now. Candidates see it after the next release."
    )
