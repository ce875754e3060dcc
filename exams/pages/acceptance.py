"""An exam officer accepts an attempt as handed in that its candidate did not hand in in time."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.pages.guards import person_of, require_right
from exams.delivery import time_up
from exams.models import Attempt
from proctor_site.kernel.errors import Refusal


@require_POST
@require_right("exams.manage_marking")
def accept_attempt(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """Accepts it, with a reason for the audit log, and leads back to its marks."""
    attempt: Attempt = get_object_or_404(Attempt.objects.select_related("institution"), pk=attempt_id)
    try:
        time_up.accept(attempt, actor=person_of(request), reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        messages.error(request, f"Not accepted: {refusal.message}")
    else:
        messages.success(request, "Accepted as handed in. What a rule can mark is marked.")
    return redirect("attempt_marks", slug=slug, attempt_id=attempt_id)
