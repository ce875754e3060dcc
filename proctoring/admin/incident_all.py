"""A decision about all incidents that fit a filter, however many: confirmed, made by a job, taken back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Institution, Job, User
from accounts.tenancy import current_institution
from exams.admin.job_state import state_of
from proctor_site.kernel.errors import NotAllowed, Refusal
from proctoring.admin.incident_page import VERBS
from proctoring.admin.incident_queue import FILTERS
from proctoring.admin.listed import listed
from proctoring.admin.read_only import zone_of
from proctoring.incidents import many, runs
from proctoring.models import DecisionRun

_PATH = "admin/proctoring/incident/"


class AllDecisions:
    """Mixin of the incident pages."""

    admin_site: Any
    opts: Any

    def all_urls(self) -> list[Any]:
        def named(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(never_cache(view)), name=f"proctoring_{name}")

        one = "runs/<int:decision_run_id>/"
        return [
            named("many/all/", require_POST(self.all_view), "incident_all"),
            named(one, require_safe(self.decision_run_view), "decision_run"),
            named(f"{one}state/", require_safe(self.decision_run_state_view), "decision_run_state"),
            named(f"{one}undo/", require_POST(self.decision_run_undo_view), "decision_run_undo"),
        ]

    def all_view(self, request: HttpRequest) -> HttpResponse:
        """Shows what would change, in numbers; with `sure`, asks for the job."""
        here, actor = _here(request)
        query, verb = request.POST.get(FILTERS, "")[:2000], request.POST.get("verb", "")
        refused, sure = None, bool(request.POST.get("sure"))
        try:
            found = runs.preview(listed(actor, query), verb, actor, newest=_number(request, "newest"))
            if sure:
                row = runs.ask(
                    here,
                    found,
                    verb,
                    actor=actor,
                    reason=request.POST.get("reason", ""),
                    note=request.POST.get("note", ""),
                    query=query,
                    typed=request.POST.get("typed", ""),
                )
                return redirect("admin:proctoring_decision_run", row.pk)
        except Refusal as refusal:
            if not sure or verb not in many.VERBS or refusal.field == "filter":
                messages.error(request, f"{refusal.message} Nothing was changed.")
                return redirect(_list_url("" if refusal.field == "filter" else query))
            refused = refusal
        context = {
            "title": f"{VERBS[verb].label}: all that fit the filter",
            "found": found,
            "verb": verb,
            "label": VERBS[verb].label,
            "help": VERBS[verb].help,
            "reasons": many.REASONS.items(),
            "filters": query,
            "list_url": _list_url(query),
            "refusal": refused,
            "given": request.POST,
            "most": runs.MOST,
        }
        return self._run_page(request, "many_all.html", context, status=400 if refused else 200)

    def decision_run_view(self, request: HttpRequest, decision_run_id: int) -> HttpResponse:
        """How far it is, what became of it, and the button that takes it back."""
        row = _own(request, decision_run_id)
        is_undo = row.undo_asked_at is not None
        context = {
            "title": f"{VERBS[row.verb].label}: {row.expected} incident{pluralize(row.expected)}",
            "run": row,
            "job": row.undo_job if is_undo else row.job,
            "is_undo": is_undo,
            "is_over": row.undone_at is not None if is_undo else row.finished_at is not None,
            "done_words": VERBS[row.verb].done,
            "reason": many.REASONS[row.reason],
            "passed_over": max(0, row.expected - row.done - row.left),
            "list_url": _list_url(row.query),
            "state_url": reverse("admin:proctoring_decision_run_state", args=[row.pk]),
        }
        return self._run_page(request, "run.html", context)

    def decision_run_state_view(self, request: HttpRequest, decision_run_id: int) -> HttpResponse:
        """For the page that waits."""
        row = _own(request, decision_run_id)
        return state_of(row.undo_job or row.job)

    def decision_run_undo_view(self, request: HttpRequest, decision_run_id: int) -> HttpResponse:
        """Asks for the taking back; a run that still goes on is stopped by it."""
        row = runs.ask_undo(_own(request, decision_run_id), actor=_here(request)[1])
        return redirect("admin:proctoring_decision_run", row.pk)

    def _run_page(
        self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        more = {**self.admin_site.each_context(request), "opts": self.opts, "zone": zone_of(request)}
        return TemplateResponse(request, _PATH + template, {**more, **context}, status=status).render()


@job_kind(runs.JOB)
def decide_all(job: Job, progress: Progress) -> dict[str, Any]:
    """Part by part until nothing is left; a repeated job goes on where the last part ended."""
    number = int(job.arguments["run"])
    row = DecisionRun.objects.select_related("actor", "institution").get(pk=number)
    if not row.actor.has_perm("proctoring.decide_incident", row.institution):
        raise NotAllowed("Who asked for it decides nothing here any more.")
    rows = listed(row.actor, row.query)
    while row.finished_at is None:
        row = runs.take_part(number, rows)
        progress.tell(min(row.done + row.left, row.expected), row.expected)
    return {"done": row.done, "left": row.left}


@job_kind(runs.UNDO_JOB)
def undo_all(job: Job, progress: Progress) -> dict[str, Any]:
    """The same for the taking back."""
    number = int(job.arguments["run"])
    row = DecisionRun.objects.get(pk=number)
    while row.undone_at is None:
        row = runs.undo_part(number)
        progress.tell(min(row.undone + row.undo_left, row.done), row.done)
    return {"done": row.undone, "left": row.undo_left}


def _here(request: HttpRequest) -> tuple[Institution, User]:
    here = current_institution()
    if here is None or not isinstance(request.user, User):
        raise PermissionDenied
    if not request.user.has_perm("proctoring.decide_incident"):
        raise PermissionDenied
    return here, request.user


def _own(request: HttpRequest, run_id: int) -> DecisionRun:
    here, person = _here(request)
    rows = DecisionRun.objects.filter(institution=here, actor=person, pk=run_id)
    row = rows.select_related("job", "undo_job", "institution", "actor").first()
    if row is None:
        raise Http404("There is no such run of yours here.")
    return row


def _list_url(query: str) -> str:
    address = reverse("admin:proctoring_incident_changelist")
    return f"{address}?{query}" if query else address


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
