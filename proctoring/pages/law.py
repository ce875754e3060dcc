"""Pages about the law: what it does not allow here, documents made from the settings, and the public page."""

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Institution
from accounts.pages import refusals
from accounts.pages.guards import here_of, person_of, require_right
from accounts.services import privacy
from accounts.tenancy import within
from proctor_site.kernel.errors import Refusal
from proctoring import law_guards
from proctoring.law import versions
from proctoring.law.texts import MAKERS
from proctoring.models import LawDocument

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Institution]
else:
    _ModelForm = forms.ModelForm

_TITLES = {
    "notice": "Privacy notice",
    "records": "Record of processing",
    "dpia": "Impact assessment (draft)",
    "model_card": "Model card",
    "fria": "Fundamental rights (draft)",
}


class TermsForm(_ModelForm):
    """What the documents say about the controller."""

    class Meta:
        model = Institution
        fields = privacy.FIELDS
        widgets = {
            "controller_address": forms.Textarea(attrs={"rows": 3}),
            "privacy_notes": forms.Textarea(attrs={"rows": 5}),
        }


@require_http_methods(["GET", "POST"])
@require_right("proctoring.view_lawdocument")
def law(request: HttpRequest, slug: str) -> HttpResponse:
    """Switches, terms and documents; terms are changed by admins and data protection officers."""
    here = here_of(request)
    may_change = request.user.has_perm("proctoring.change_privacy", here)
    twin = Institution.objects.get(pk=here.pk)
    form = TermsForm(request.POST if request.method == "POST" else None, instance=twin)
    if request.method == "POST" and may_change and form.is_valid():
        try:
            changed = privacy.change_terms(here, form.cleaned_data, actor=person_of(request))
        except Refusal as refusal:
            refusals.add_to_form(form, refusal)
        else:
            messages.success(request, "Saved." if changed else "Nothing was changed.")
            return redirect("law", slug=slug)
    elif request.method == "POST" and not may_change:
        return render(request, "403.html", status=403)
    made = versions.refresh(here)
    context = {
        "form": form if may_change else None,
        "may_change": may_change,
        "guards": [(each, each.why_not(here)) for each in law_guards.GUARDS],
        "documents": [(kind, _TITLES[kind], versions.newest(here, kind)) for kind in MAKERS],
        "changed": [each for each in made if each.number > 1],
        "missing": privacy.missing(here),
        "here": here,
    }
    return render(request, "proctoring/law.html", context, status=400 if form.errors else 200)


@require_POST
@require_right("proctoring.change_privacy")
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Makes the privacy page public (`public` = 1), or takes it back."""
    is_public = request.POST.get("public") == "1"
    try:
        privacy.publish(here_of(request), actor=person_of(request), is_public=is_public)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "The page is public now." if is_public else "The page is no longer public.")
    return redirect("law", slug=slug)


@require_GET
@require_right("proctoring.view_lawdocument")
def law_document(request: HttpRequest, slug: str, kind: str, number: int) -> HttpResponse:
    """One version as a page, or with `as` md or json as a file."""
    row = _version(here_of(request), kind, number)
    wanted = request.GET.get("as", "")
    if wanted in ("md", "json"):
        plain = {
            **row.content,
            "version": row.number,
            "made_at": row.made_at.isoformat(),
            "sha256": row.sha256,
        }
        body = row.text if wanted == "md" else json.dumps(plain, indent=2, ensure_ascii=False) + "\n"
        kind_of = "text/markdown; charset=utf-8" if wanted == "md" else "application/json"
        name = f"{kind}-{slug}-{number}.{wanted}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(body, content_type=kind_of, headers=headers)
    others = LawDocument.objects.filter(institution=row.institution, kind=kind).defer("content", "text")
    context = {"row": row, "document": versions.document_of(row), "versions": others[:50]}
    return render(request, "proctoring/law_document.html", context)


@require_GET
@require_right("proctoring.view_lawdocument")
def law_changes(request: HttpRequest, slug: str, kind: str, number: int) -> HttpResponse:
    """What a version says otherwise than the one before, side by side."""
    row = _version(here_of(request), kind, number)
    before = _version(here_of(request), kind, number - 1)
    context = {"row": row, "before": before, "changes": list(versions.compare(before.text, row.text))}
    return render(request, "proctoring/law_changes.html", context)


@require_GET
def public_privacy(request: HttpRequest, slug: str) -> HttpResponse:
    """Notice and retention schedule of an institution that has published them, for anybody."""
    here = get_object_or_404(Institution, slug=slug, privacy_published_at__isnull=False)
    with within(here):
        row = versions.newest(here, "notice")
    if row is None:
        raise Http404("There is no such page.")
    context: dict[str, Any] = {"row": row, "document": versions.document_of(row), "whose": here}
    return render(request, "proctoring/public_privacy.html", context)


def _version(here: Institution, kind: str, number: int) -> LawDocument:
    row = LawDocument.objects.filter(institution=here, kind=kind, number=number).first()
    if row is None:
        raise Http404("There is no such version.")
    return row
