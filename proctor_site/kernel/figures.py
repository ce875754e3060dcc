"""What is counted for Prometheus, by whoever does it; `proctor_site.metrics` shows it.

With PROMETHEUS_MULTIPROC_DIR, which `serve` sets, all web processes of a server count into files of that
folder, and any of them shows the sum. A count costs microseconds and never waits.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

CAPTURES = Counter(
    "proctor_captures",
    "Captures that came, by kind (frame, screen, clip, film) and what became of them.",
    ["kind", "outcome"],
)
ANALYSIS = Histogram(
    "proctor_analysis_seconds",
    "Time with a worker of the analysis, by kind (frames, sound).",
    ["kind"],
    buckets=_SECONDS,
)
SHED = Counter("proctor_shed", "Work that found no free worker in time, by kind (frames, sound).", ["kind"])
ALERT_DELAY = Histogram(
    "proctor_alert_delay_seconds",
    "From the capture that opened an incident to the commit after which pages are told.",
    buckets=(0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30),
)
SAVES = Counter("proctor_saves", "Batches of answers, by outcome: saved, refused, failed.", ["outcome"])
SAVE_SECONDS = Histogram("proctor_save_seconds", "Time to save a batch of answers.", buckets=_SECONDS)
JOBS = Counter("proctor_jobs_ended", "Tries of jobs, by kind and how they ended.", ["kind", "outcome"])
JOB_SECONDS = Histogram(
    "proctor_job_seconds", "Time of one try of a job.", buckets=(0.1, 0.5, 2, 10, 60, 300, 1_800)
)
SOCKETS = Gauge("proctor_sockets_open", "Open sockets, by kind.", ["kind"], multiprocess_mode="livesum")
REQUESTS = Counter("proctor_http_requests", "Requests, by name of the route.", ["route", "method", "status"])
REQUEST_SECONDS = Histogram(
    "proctor_http_seconds",
    "Time of a request in the application.",
    ["route"],
    buckets=(0.025, 0.1, 0.3, 1, 3, 10),
)


@contextmanager
def timed(histogram: Histogram) -> Iterator[None]:
    """Observes how long the block took, also when it raises."""
    start = time.perf_counter()
    try:
        yield
    finally:
        histogram.observe(time.perf_counter() - start)
