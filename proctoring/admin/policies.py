"""Policies: which detectors run and how strictly; and which policy an exam has, on the exam's own page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.site import site
from accounts.admin.tenant import TenantStackedInline
from exams.admin.enrolments import DETECTOR_CHOICES
from exams.admin.exams import ExamAdmin
from proctor_site.kernel.errors import InvalidInput
from proctoring.admin.read_only import ProctoringAdmin
from proctoring.models import Policy, PolicyAssignment
from proctoring.observations import ObservationKind
from proctoring.policies import check_overrides, rules_for

_EXAMPLE = '{"no_face": {"persist_seconds": 5, "severity": "low"}}'


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Checks the changes to the time rules as the analysis reads them."""

    class Meta:
        model = Policy
        fields = "__all__"  # noqa: DJ007  (the admin's fieldsets name them)

    def clean_rules(self) -> Any:
        rules = self.cleaned_data["rules"]
        if rules is None:
            return {}
        try:
            check_overrides(rules)
        except InvalidInput as refusal:
            raise forms.ValidationError(f"{refusal.field}: {refusal.message}") from refusal
        return rules

    def clean(self) -> Any:
        cleaned = super().clean()
        if "rules" in self.cleaned_data:
            try:
                rules_for(Policy(rules=self.cleaned_data["rules"]))
            except InvalidInput as refusal:
                self.add_error("rules", f"{refusal.field}: {refusal.message}")
        return cleaned


@admin.register(Policy, site=site)
class PolicyAdmin(ProctoringAdmin):
    """Policies. Capture is announced to candidates and fixed; interpretation may change."""

    form = PolicyForm
    list_display = ("name", "is_default", "camera_required", "reference_photo_required", "warns_candidate")
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "is_default")}),
        (
            "What is captured",
            {
                "fields": ("camera_required", "reference_photo_required"),
                "description": "Candidates read this before they agree. It cannot be widened during an exam.",
            },
        ),
        (
            "What is looked for",
            {
                "fields": (
                    *(kind.value for kind in ObservationKind),
                    "warns_candidate",
                ),
                "description": "Incidents are questions to people; no detector ends an exam. Advisory ones "
                "are shown with severity info.",
            },
        ),
        (
            "Time rules",
            {
                "fields": ("rules",),
                "classes": ("collapse",),
                "description": "Changes to the default rules, as JSON by detector. Numbers: min_frames, "
                "persist_seconds, share, clear_frames, clear_seconds, merge_seconds, cooldown_seconds, "
                f"gap_seconds; and severity. Example: {_EXAMPLE}",
            },
        ),
    )


class PolicyAssignmentInline(TenantStackedInline):
    """The policy of one exam."""

    model = PolicyAssignment
    fields = ("policy",)
    max_num = 1
    verbose_name = "proctoring policy"
    verbose_name_plural = "proctoring policy"

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["help_text"] = "Without one, the default policy of the institution holds."
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


ExamAdmin.inlines = [*ExamAdmin.inlines, PolicyAssignmentInline]

# Exams knows no detectors: the allowance form offers what stands here, in the policy form's words.
_LABELS = {field.name: str(field.verbose_name) for field in Policy._meta.fields}
DETECTOR_CHOICES[:] = [(kind.value, _LABELS[kind.value]) for kind in ObservationKind]
