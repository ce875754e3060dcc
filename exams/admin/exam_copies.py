"""Copying an exam, making a template of it, and making exams from templates."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from exams.admin.exam_content import address_of
from exams.bank.copies import copy_exam
from exams.models import Exam
from proctor_site.kernel.errors import InvalidInput


class CopyForm(forms.Form):
    """The title of the copy, and whether it is to be a template."""

    title = forms.CharField(label="Title of the new exam", max_length=200)
    as_template = forms.BooleanField(
        label="Make it a template",
        required=False,
        help_text="A template is never scheduled; exams are made from it.",
    )


def copy_page(admin: Any, request: HttpRequest, exam_id: int) -> HttpResponse:
    """Asks for the title, copies on POST, and leads to the questions of the copy."""
    exam: Exam | None = admin.get_object(request, str(exam_id))
    if exam is None:
        raise Http404("There is no such exam.")
    if not admin.has_add_permission(request):
        raise PermissionDenied
    title = "" if exam.is_template else f"Copy of {exam.title}"[:200]
    form = CopyForm(request.POST if request.method == "POST" else None, initial={"title": title})
    if request.method == "POST" and form.is_valid():
        user: Any = request.user
        try:
            made = copy_exam(
                exam,
                title=form.cleaned_data["title"],
                as_template=form.cleaned_data["as_template"],
                actor=user,
            )
        except InvalidInput as refusal:
            form.add_error("title", refusal.message)
        else:
            what = "template" if made.is_template else "exam"
            messages.success(request, f"“{made}” is a new {what}. Changes here do not touch “{exam}”.")
            return redirect(address_of(made))
    context = {
        **admin.admin_site.each_context(request),
        "title": f"New exam from “{exam}”" if exam.is_template else f"Copy “{exam}”",
        "opts": admin.opts,
        "exam": exam,
        "form": form,
    }
    return TemplateResponse(request, "admin/exams/exam/copy.html", context)


def templates_page(admin: Any, request: HttpRequest) -> HttpResponse:
    """The templates of the institution; each leads to a new exam."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    context = {
        **admin.admin_site.each_context(request),
        "title": "New exam from a template",
        "opts": admin.opts,
        "templates": admin.get_queryset(request).filter(is_template=True).order_by("title", "pk")[:200],
    }
    return TemplateResponse(request, "admin/exams/exam/templates.html", context)
