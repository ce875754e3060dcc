"""The figures of this server for Prometheus: what its processes counted, and what stands in the database."""

import hmac
import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from accounts.jobs import queries as jobs
from proctoring.evidence import spool_state

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED")
_LOOPBACK = ("127.0.0.1", "::1")


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The figures as text; 404 for whoever may not read them, so that nobody learns that they are here.

    With PROCTOR_METRICS_TOKEN: who sends it as bearer. Without: who asks from this machine, past any proxy.
    """
    if not _may_read(request):
        raise Http404("There is no such page.")
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        told = request.META.get("HTTP_AUTHORIZATION", "")
        wanted = f"Bearer {settings.METRICS_TOKEN}"
        return hmac.compare_digest(told.encode(), wanted.encode())
    is_forwarded = any(name in request.META for name in _FORWARDED)
    return request.META.get("REMOTE_ADDR") in _LOOPBACK and not is_forwarded


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        forget_dead(Path(folder))
        MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(Stored())
    return registry


def forget_dead(folder: Path) -> None:
    """Takes what is counted while it lasts (open sockets) off processes that ended without saying so."""
    for path in folder.glob("gauge_live*_*.db"):
        number = path.stem.rpartition("_")[2]
        if number.isdigit() and not Path(f"/proc/{number}").exists():
            mark_process_dead(int(number), str(folder))  # type: ignore[no-untyped-call]


class Stored(Collector):
    """What is true for the whole installation or this host, asked when it is read."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Jobs of all institutions, and files that wait on this host for their store."""
        waiting = jobs.figures()
        spool = spool_state.state()
        yield _gauge("proctor_jobs_waiting", "Jobs that are due and not begun.", waiting.due)
        yield _gauge("proctor_jobs_oldest_seconds", "Age of the oldest of them.", waiting.oldest_s)
        yield _gauge("proctor_jobs_running", "Jobs under way.", waiting.running)
        yield _gauge("proctor_jobs_failed", "Jobs that failed in the last 24 hours.", waiting.failed)
        yield _gauge("proctor_spool_waiting", "Files of evidence on this host that wait.", spool.waiting)
        yield _gauge("proctor_spool_oldest_seconds", "Age of the oldest of them.", spool.oldest_s)
        yield _gauge("proctor_evidence_not_kept", "Captures that no disk took in 24 hours.", spool.not_kept)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)
