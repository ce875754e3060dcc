"""The operator's page: what runs, what waits, and what gives way."""

from typing import Any

import django
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.jobs import queries as jobs
from exams.delivery import figures
from proctor_site import last_errors, processes
from proctor_site.concerns import concerns
from proctor_site.kernel import clock
from proctoring.evidence import spool_state
from proctoring.meetings.providers import guarded


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """For operators (superusers) only: it tells of all institutions together, and of no person."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not request.user.is_superuser:
        raise PermissionDenied("This page is for who runs the server.")
    running = processes.alive()
    steps = processes.ladder(running)
    waiting, spool, faults = jobs.figures(), spool_state.state(), last_errors.newest()
    now = clock.now()
    context: dict[str, Any] = {
        "at": now,
        "concerns": concerns(running, steps, waiting, spool, faults, now),
        "exams": figures.running_now(),
        "faults": faults,
        "processes": running,
        "steps": steps,
        "gives_way": [step.name for step in steps if step.gives_way],
        "jobs": waiting,
        "spool": spool,
        "live_video": _live_video(),
        "versions": _versions(),
    }
    return TemplateResponse(request, "operations.html", context)


def _live_video() -> str:
    if settings.LIVE_PROVIDER in ("off", "peer"):
        return (
            "off"
            if settings.LIVE_PROVIDER == "off"
            else "from browser to browser; no server has a part in it"
        )
    return f"{settings.LIVE_PROVIDER}: {guarded.state()}"


def _versions() -> list[tuple[str, str]]:
    names = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
    version = connection.cursor().connection.info.server_version if connection.vendor == "postgresql" else ""
    return [
        ("Django", django.get_version()),
        ("Database", f"{names.get(connection.vendor, connection.vendor)} {version}".strip()),
        ("Cache and channels", "Redis" if settings.REDIS_URL else "memory of this process"),
        ("Evidence store", settings.EVIDENCE_STORE),
    ]
