"""Rubrics of questions, and the phrases that a marker keeps for comments, as pages."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.pages.guards import person_of, require_right
from exams.marking import rubrics
from exams.models import QuestionVersion
from exams.pages.marking_forms import RubricForm, rubric_as_text
from proctor_site.kernel.errors import Refusal


@require_http_methods(["GET", "POST"])
@require_right("exams.change_rubric")
def rubric(request: HttpRequest, slug: str, version_id: int) -> HttpResponse:
    """Sets or takes away the rubric of a question version."""
    version: QuestionVersion = get_object_or_404(
        QuestionVersion.objects.select_related("question"), pk=version_id
    )
    in_use = rubrics.rubric_for(version)
    form = RubricForm(
        request.POST if request.method == "POST" else None, initial={"rubric": rubric_as_text(in_use)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            rubrics.set_rubric(version, form.cleaned_data["rubric"], actor=person_of(request))
        except Refusal as refusal:
            form.add_error("rubric", _with_place(refusal))
        else:
            messages.success(request, "The rubric is saved." if form.cleaned_data["rubric"] else "No rubric.")
            return redirect("marking_rubric", slug=slug, version_id=version.pk)
    context = {"form": form, "version": version, "rubric": in_use}
    return render(request, "exams/marking/rubric.html", context, status=400 if form.errors else 200)


def _with_place(refusal: Refusal) -> str:
    parts = (refusal.field or "").split(".")
    places = [f"{name} {int(number) + 1}" for name, number in zip(parts[::2], parts[1::2], strict=False)]
    words = ", ".join(places).replace("criteria", "Criterion").replace("levels", "level")
    return f"{words}: {refusal.message}" if words else refusal.message


@require_http_methods(["GET", "POST"])
@require_right("exams.mark_answers")
def phrases(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own phrases; a POST deletes one (`phrase`)."""
    person = person_of(request)
    if request.method == "POST":
        given = request.POST.get("phrase", "")
        if given.isdecimal() and len(given) < 18:
            rubrics.drop_phrase(int(given), marker=person)
        messages.success(request, "Deleted.")
        return redirect("marking_phrases", slug=slug)
    return render(request, "exams/marking/phrases.html", {"phrases": rubrics.phrases_of(person)})
