"""How far a job is, for pages that wait for it (static/js/review/job_progress.js)."""

from django.http import JsonResponse

from accounts.models import Job


def state_of(job: Job | None) -> JsonResponse:
    """`{state, done, total, is_over, reason}`; a total of 0 is not known yet."""
    if job is None:
        return JsonResponse({"state": "not_asked_for", "done": 0, "total": 0, "is_over": False, "reason": ""})
    facts = {"state": job.state, "done": job.done, "total": job.total}
    return JsonResponse(facts | {"is_over": job.is_over, "reason": job.reason})
