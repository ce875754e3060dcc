"""Further pages of policies: start from a preset, copy or file; export; rules in words while typing."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Institution
from accounts.tenancy import current_institution
from proctor_site.kernel.errors import InvalidInput
from proctoring.admin import browser_form
from proctoring.admin.policy_form import RuleForm, summary_of, words_of
from proctoring.incidents.rule_table import DEFAULT_RULES
from proctoring.models import Policy
from proctoring.models.policy import DetectorMode
from proctoring.observations import ObservationKind
from proctoring.policy_files import copy_of, from_file, store_new, to_file
from proctoring.policy_presets import PRESETS, Preset, default_mode, differences, find_preset

if TYPE_CHECKING:
    _Options = admin.ModelAdmin[Policy]
else:
    _Options = object

MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class OfferedPreset:
    """A preset on the page, with what it changes."""

    preset: Preset
    changes: list[str]


class PolicyFileForm(forms.Form):
    """The file of an exported policy."""

    file = forms.FileField(label="File", help_text="JSON, as the export of a policy gives it.")

    def clean_file(self) -> Any:
        """The parsed content."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"The file is larger than {MOST_BYTES // 1000} kB: it is no policy.")
        try:
            return json.loads(file.read().decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(f"This is not JSON: {error}.") from error


class PolicyPages(_Options):
    """Mixin of the policy admin."""

    def get_urls(self) -> list[Any]:
        def named(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(view), name=f"proctoring_policy_{name}")

        return [
            named("start/", require_http_methods(["GET", "HEAD", "POST"])(self.start), "start"),
            named("words/", require_POST(self.words), "words"),
            named("<int:policy_id>/copy/", require_POST(self.copy), "copy"),
            named("<int:policy_id>/export/", require_safe(self.export), "export"),
            *super().get_urls(),
        ]

    def start(self, request: HttpRequest) -> HttpResponse:
        """Presets with what they change, and the upload of a file; each makes a new policy."""
        here = self._writable(request)
        form = PolicyFileForm(request.POST or None, request.FILES or None)
        if request.method == "POST":
            made = self._made(request, here, form)
            if made is not None:
                return made
        context = {
            **self.admin_site.each_context(request),
            "title": "New policy from a preset or a file",
            "opts": self.opts,
            "offers": [OfferedPreset(each, differences(each.policy(here))) for each in PRESETS],
            "form": form if request.FILES or "preset" not in request.POST else PolicyFileForm(),
        }
        status = 400 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/proctoring/policy/start.html", context, status=status)

    def _made(self, request: HttpRequest, here: Institution, form: PolicyFileForm) -> HttpResponse | None:
        key = request.POST.get("preset", "")
        preset = find_preset(key) if key else None
        if preset is not None:
            return self._store(request, preset.policy(here), f"preset: {preset.name}")
        if form.is_valid():
            try:
                policy = from_file(form.cleaned_data["file"], here)
            except InvalidInput as refusal:
                form.add_error("file", f"{refusal.field}: {refusal.message}")
                return None
            return self._store(request, policy, "file")
        return None

    def _store(self, request: HttpRequest, policy: Policy, source: str) -> HttpResponse:
        actor: Any = request.user
        made = store_new(policy, actor=actor, source=source)
        messages.success(
            request, f"{made.name} was made. No exam uses it yet: choose it on the page of an exam."
        )
        return redirect("admin:proctoring_policy_change", made.pk)

    def copy(self, request: HttpRequest, policy_id: int) -> HttpResponse:
        """A new policy with the same content."""
        self._writable(request)
        policy = self._found(request, policy_id)
        try:
            twin = copy_of(policy)
        except InvalidInput as refusal:
            messages.error(request, f"Not copied. {refusal.field}: {refusal.message}")
            return redirect("admin:proctoring_policy_change", policy.pk)
        return self._store(request, twin, f"policy {policy.name}")

    def export(self, request: HttpRequest, policy_id: int) -> HttpResponse:
        """The policy as a JSON file; for everybody who may read it."""
        policy = self._found(request, policy_id)
        if not self.has_view_permission(request, policy):
            raise PermissionDenied
        body = json.dumps(to_file(policy), indent=2, ensure_ascii=False) + "\n"
        name = slugify(policy.name) or "policy"
        headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
        return HttpResponse(body, content_type="application/json", headers=headers)

    def words(self, request: HttpRequest) -> JsonResponse:
        """What the form would do: `{detector: {words, summary, differs, errors}}`; stores nothing."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        detectors = {kind.value: _told(request, kind) for kind in DEFAULT_RULES}
        noted = browser_form.forms_of(request.POST, Policy())
        detectors |= {kind.value: browser_form.told(form) for kind, form in noted.items()}
        return JsonResponse({"detectors": detectors})

    def _writable(self, request: HttpRequest) -> Institution:
        here = current_institution()
        if here is None or not self.has_add_permission(request):
            raise PermissionDenied
        return here

    def _found(self, request: HttpRequest, policy_id: int) -> Policy:
        found = self.get_queryset(request).filter(pk=policy_id).first()
        if found is None:
            raise Http404("There is no such policy here.")
        return found


def _told(request: HttpRequest, kind: ObservationKind) -> dict[str, Any]:
    default = default_mode(kind)
    mode = request.POST.get(kind.value, default)
    form = RuleForm(request.POST, DEFAULT_RULES[kind], {})
    if not form.is_valid() or mode not in DetectorMode.values:
        return {"errors": {name: " ".join(map(str, texts)) for name, texts in form.errors.items()}}
    rule = form.changed_rule()
    return {
        "words": words_of(mode, rule),
        "summary": summary_of(mode, rule),
        "differs": mode != default or rule != form.rule,
        "errors": {},
    }
