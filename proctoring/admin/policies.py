"""Policies: which detectors run and how strictly; and which policy an exam has, on the exam's own page."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from accounts.admin.site import site
from accounts.admin.tenant import TenantStackedInline
from accounts.tenancy import current_institution
from exams.admin.enrolments import DETECTOR_CHOICES
from exams.admin.exams import ExamAdmin
from proctoring import emotions, policies
from proctoring.admin.limits import limits_panel
from proctoring.admin.policy_form import PolicyForm, browser_panels_of, panels_of
from proctoring.admin.policy_pages import PolicyPages
from proctoring.admin.policy_trials import PolicyTrials, spans_of
from proctoring.admin.read_only import ProctoringAdmin
from proctoring.browser.events import BrowserKind
from proctoring.browser.words import WORDS
from proctoring.models import Policy, PolicyAssignment
from proctoring.observations import ObservationKind
from proctoring.review.precision_page import advisory_words


@admin.register(Policy, site=site)
class PolicyAdmin(PolicyPages, PolicyTrials, ProctoringAdmin):
    """Policies. Capture is announced to candidates and fixed; interpretation may change."""

    form = PolicyForm
    change_form_template = "admin/proctoring/policy/change_form.html"
    change_list_template = "admin/proctoring/policy/change_list.html"
    list_display = ("name", "is_default", "camera_required", "reference_photo_required", "warns_candidate")
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "is_default", "warns_candidate", "chat")}),
        (
            "What is captured",
            {
                "fields": (
                    "camera_required",
                    "reference_photo_required",
                    "document",
                    "document_days",
                    "liveness",
                    "live_video",
                    "record_calls",
                    "room_scan",
                    "photo_again",
                    "record_live",
                    "full_screen",
                ),
                "description": "Candidates read this before they agree; what they were told holds for their "
                "whole attempt.",
            },
        ),
        (
            "Sound",
            {
                "fields": ("sound", "clip_seconds", "skips_quiet", "diarizer", "voice_enrolment"),
                "description": "Only recordings around incidents are kept. What is listened for is chosen "
                "below, with the other detectors.",
            },
        ),
        (
            "Screen",
            {
                "fields": ("screen", "screen_seconds", "screen_clips"),
                "description": "No program looks at the screen: pictures and films of it are for people, and "
                "only those around incidents are kept.",
            },
        ),
        # Shown by the template itself, each with its rule.
        (
            "What is looked for",
            {"fields": [kind.value for kind in ObservationKind], "classes": ["detectors"]},
        ),
        (
            "What cannot be detected",
            {"fields": (), "classes": ["collapse"], "description": limits_panel()},
        ),
    )

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        policy = kwargs.get("obj")
        context["panels"] = panels_of(context["adminform"].form)
        context["browser_panels"] = browser_panels_of(context["adminform"].form)
        context["advisory_words"] = advisory_words(here) if (here := current_institution()) else ""
        context["emotions_why_not"] = emotions.why_not(here) if (here := current_institution()) else ""
        context["may_copy"] = self.has_add_permission(request)
        if policy is not None:
            context["exams"] = policies.exams_under(policy)
            context["running"] = policies.running_under(policy)
            context["spans"] = spans_of(policy)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Policy, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        running = policies.running_under(obj) if change and form.changed_data else 0
        if running:
            messages.warning(
                request,
                f"{running} attempt{'' if running == 1 else 's'} under this policy "
                f"{'is' if running == 1 else 'are'} running. The new numbers hold for them within half a "
                "minute. What their candidates were not told of stays off until their next attempt.",
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
_AGREED = {
    ObservationKind.ANOTHER_VOICE: "another person's voice is expected (carer, interpreter, reader); "
    "mutes the different voice and anybody speaking as well",
    ObservationKind.DIFFERENT_VOICE: "the own voice may sound otherwise (illness, speech computer)",
    ObservationKind.SPEECH: "the candidate may read aloud or dictate",
    ObservationKind.SECOND_PERSON: "another person sits there (carer, interpreter, reader)",
    ObservationKind.SEVERAL_FACES: "another person may be in the picture",
}
_MORE = {BrowserKind.SCREEN_SHARE_STOPPED: ": the candidate is not asked to share it, no picture is taken"}
DETECTOR_CHOICES[:] = [
    *(
        (kind.value, f"{_LABELS[kind.value]}{': ' + _AGREED[kind] if kind in _AGREED else ''}")
        for kind in ObservationKind
    ),
    *((kind.value, f"{WORDS[kind].label}{_MORE.get(kind, '')}") for kind in BrowserKind),
]
