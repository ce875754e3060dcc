"""Jobs in the admin: what is under way, what failed and why, and the button to try again."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest

from accounts import states
from accounts.admin.read_only import NeverByHand
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.jobs import services
from accounts.models import Job
from proctor_site.kernel.errors import Refusal

_WORDS = {
    states.WAITING: "waiting",
    states.RUNNING: "under way",
    states.DONE: "done",
    states.FAILED: "failed",
}


class StateFilter(admin.SimpleListFilter):
    """By what became of them."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(_WORDS.items())

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() in _WORDS else queryset


@admin.register(Job, site=site)
class JobAdmin(NeverByHand, TenantAdmin):
    """Work that runs by itself: e-mails, imports, reports."""

    list_display = ("title", "in_words", "progress", "reason", "who", "created_at", "finished_at")
    list_select_related = ("created_by",)
    list_filter = (StateFilter,)
    search_fields = ("title", "=kind")
    search_help_text = "Searches titles."
    fields = (
        "title",
        "in_words",
        "progress",
        "reason",
        "outcome",
        "who",
        "created_at",
        "due_at",
        "started_at",
        "finished_at",
        "tries",
    )
    readonly_fields = fields
    actions = ("try_again",)

    @admin.display(description="state", ordering="state")
    def in_words(self, job: Job) -> str:
        if job.state == states.WAITING and job.tries:
            return "waiting for another try"
        return _WORDS[job.state]

    @admin.display(description="progress")
    def progress(self, job: Job) -> str:
        return f"{job.done} of {job.total}" if job.total else "-"

    @admin.display(description="asked for by", ordering="created_by__name")
    def who(self, job: Job) -> str:
        return str(job.created_by) if job.created_by else "the system"

    @admin.display(description="outcome")
    def outcome(self, job: Job) -> str:
        facts = (f"{name.replace('_', ' ')}: {value}" for name, value in job.result.items())
        return "; ".join(facts) or "-"

    def has_try_again_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("accounts.try_job_again"))

    @admin.action(description="Try the chosen failed jobs again", permissions=["try_again"])
    def try_again(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        actor: Any = request.user
        for job in queryset:
            try:
                services.try_again(job, actor=actor)
                messages.success(request, f"{job}: will be tried again.")
            except Refusal as refusal:
                messages.error(request, f"{job}: {refusal.message}")
