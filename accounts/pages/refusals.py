"""Turns refusals of services into words on a page: beside the field, or as a page of their own."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from proctor_site.kernel.errors import Refusal


def add_to_form(form: forms.BaseForm, refusal: Refusal) -> None:
    """Shows the refusal at the field it names, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)


def refused_page(request: HttpRequest, refusal: Refusal, **context: Any) -> HttpResponse:
    """A page that says what was refused and what to do, with the refusal's status."""
    return render(request, "refused.html", {"refusal": refusal, **context}, status=refusal.status)
