"""What the measurements share: one step in a process of its own, with its time and memory; the machine."""

import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_CHILD = "import sys; from tests.load import steps; steps.child(*sys.argv[1:])"
Action = Callable[[], str]


def machine() -> str:
    """Date, cores, memory, Python and load: without them a figure says nothing."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}, load before {load}"
    )


def run(module: str, name: str, folder: str, *arguments: object) -> dict[str, Any]:
    """Runs what `module.prepare(name, *arguments)` returns in a process of its own, on data in `folder`.

    Returns what `child` measured. Raises RuntimeError with the end of the log when it fails.
    """
    environment = os.environ | {"PROCTOR_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", _CHILD, module, name, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def child(module: str, name: str, *arguments: str) -> None:
    """Measures one step in this process and prints it as JSON: seconds, CPU, queries and memory."""
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    action: Action = importlib.import_module(module).prepare(name, *arguments)
    before, started, busy = peak_mb(), time.perf_counter(), time.process_time()
    with CaptureQueriesContext(connection) as queries:
        said = action()
    found = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - busy}
    found |= {"queries": len(queries), "megabytes": peak_mb() - before, "peak": peak_mb(), "said": said}
    print(json.dumps(found))


def line(label: str, found: dict[str, Any], *, width: int = 38) -> str:
    """One measured step as a line."""
    return (
        f"{label:<{width}} {found['seconds']:6.2f} s ({found['cpu']:6.2f} s CPU) {found['queries']:5} queries"
        f"  +{found['megabytes']:4.0f} MB, peak {found['peak']:4.0f} MB  {found['said']}"
    )


def peak_mb(who: int = resource.RUSAGE_SELF) -> float:
    """Most memory that this process (or the largest of its ended children) has held, in MB."""
    return resource.getrusage(who).ru_maxrss / 1024


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least `share` of them do not exceed (nearest rank); inf for none."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)] if ordered else float("inf")
