"""Pages of a policy on which its numbers are tried on past sittings before they are saved."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Job
from accounts.naming import Names, names_for
from exams.admin.job_state import state_of
from exams.models import Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput
from proctoring.admin.read_only import zone_of
from proctoring.models import MonitoringSession, Policy
from proctoring.policies import exams_under
from proctoring.review import trials
from proctoring.review.precision_page import label_of

if TYPE_CHECKING:
    _Options = admin.ModelAdmin[Policy]
else:
    _Options = object

_OFFERED = 30


def spans_of(policy: Policy) -> list[tuple[str, str]]:
    """On what numbers can be tried: days, and the newest sittings under the policy."""
    own = Sitting.objects.filter(exam__in=exams_under(policy), is_practice=False, opens_at__lt=clock.now())
    rows = own.select_related("exam").order_by("-opens_at", "-pk")[:_OFFERED]
    days = [(f"days:{number}", f"the last {number} days") for number in trials.DAYS]
    return [*days, *((f"sitting:{each.pk}", each.heading) for each in rows)]


class PolicyTrials(_Options):
    """Mixin of the policy admin."""

    def get_urls(self) -> list[Any]:
        def named(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(view), name=f"proctoring_policy_{name}")

        return [
            named("<int:policy_id>/try/", require_POST(self.try_numbers), "try"),
            named("<int:policy_id>/try/<int:job_id>/", require_safe(self.trial), "trial"),
            named("<int:policy_id>/try/<int:job_id>/state/", require_safe(self.trial_state), "trial_state"),
            *super().get_urls(),
        ]

    def try_numbers(self, request: HttpRequest, policy_id: int) -> HttpResponse:
        """Takes the form as it is, saves nothing, and asks for the job."""
        policy = self._changeable(request, policy_id)
        form = self.get_form(request, policy, change=True)(request.POST, request.FILES, instance=policy)
        if not form.is_valid():
            # The same form with its mistakes: one that is not valid is never saved.
            return self.changeform_view(request, str(policy_id))
        actor: Any = request.user
        try:
            job = trials.ask(form.instance, on=request.POST.get("try_on", ""), actor=actor)
        except InvalidInput as refusal:
            messages.error(request, f"{refusal.message} Nothing was tried or saved.")
            return redirect("admin:proctoring_policy_change", policy_id)
        return redirect("admin:proctoring_policy_trial", policy_id, job.pk)

    def trial(self, request: HttpRequest, policy_id: int, job_id: int) -> HttpResponse:
        """How far it is, and then what was found."""
        policy = self._changeable(request, policy_id)
        job = self._job(policy, job_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Numbers of {policy.name}, tried",
            "opts": self.opts,
            "policy": policy,
            "job": job,
            "result": job.result,
            "lists": _lists_of(job.result, names_for(request.user, policy.institution)),
            "upheld": job.result.get("verdicts", {}).get("upheld", 0),
            "state_url": reverse("admin:proctoring_policy_trial_state", args=[policy.pk, job.pk]),
            "zone": zone_of(request),
        }
        return TemplateResponse(request, "admin/proctoring/policy/trial.html", context).render()

    def trial_state(self, request: HttpRequest, policy_id: int, job_id: int) -> HttpResponse:
        """For the page that waits."""
        return state_of(self._job(self._changeable(request, policy_id), job_id))

    def _changeable(self, request: HttpRequest, policy_id: int) -> Policy:
        policy = self.get_queryset(request).filter(pk=policy_id).first()
        if policy is None:
            raise Http404("There is no such policy here.")
        if not self.has_change_permission(request, policy):
            raise PermissionDenied
        return policy

    def _job(self, policy: Policy, job_id: int) -> Job:
        job = Job.objects.filter(pk=job_id, kind=trials.JOB, arguments__policy=policy.pk).first()
        if job is None:
            raise Http404("There is no such trial of this policy.")
        return job


def _lists_of(result: dict[str, Any], known: Names) -> list[dict[str, Any]]:
    """The lists of the page with names of people, who are looked up anew. One query."""
    wanted = {row["session"] for name in ("vanished", "appeared", "changed") for row in result.get(name, [])}
    sessions = MonitoringSession.objects.filter(pk__in=wanted).select_related("candidate")
    names = {each.pk: known.of(each.candidate, "outside session") for each in sessions}
    titles = (
        ("vanished", "Would not have been raised"),
        ("appeared", "Would have been raised"),
        ("changed", "Would have another severity"),
    )
    return [
        {
            "key": name,
            "title": title,
            "count": result.get("counts", {}).get(name, 0),
            "rows": [_row(row, names) for row in result.get(name, [])],
        }
        for name, title in titles
    ]


def _row(row: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    return {
        **row,
        "label": label_of(row["kind"]),
        "candidate": names.get(row["session"], "deleted"),
        "at": datetime.fromtimestamp(row["started_at"], UTC),
        "is_there": row["session"] in names,
    }
