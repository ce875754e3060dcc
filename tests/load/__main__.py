"""`./run bench`: every measurement but that of the eyes (`./run manage bench_vision`); judges nothing."""

import argparse
import importlib
import os
import resource
import time

import django

from tests.load import steps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

TITLES = {
    "results": ("bench_results", "Statistics and exports of a large exam"),
    "report": ("bench_report", "The report about an attempt of three hours"),
    "roster": ("bench_roster", "A large roster"),
    "import": ("bench_import", "Import and export of a large question bank"),
    "starts": ("bench_starts", "Everybody starts at once"),
    "live": ("bench_live", "On a real server"),
    "watch": ("watch_live", "Live video: first pictures, and what watching costs"),
    "clips": ("bench_clips", "Recordings on a real server"),
    "lists": ("bench_lists", "The lists of the admin with a million incidents"),
    "fuzz": ("bench_fuzz", "Input made up for the API and every decoder"),
    "wall": ("bench_wall", "The proctor's page with 200 candidates"),
    "pages": ("bench_pages", "What pages weigh, and when they show something"),
    "capacity": ("bench_capacity", "How many candidates one machine holds, and what one costs"),
    "hosts": ("bench_hosts", "Two hosts behind nginx against one, and the cost of each role"),
    "faults": ("bench_faults", "Faults in the middle of an exam"),
}


def main() -> None:
    """Runs the measurements that were asked for, all by default."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--only", choices=list(TITLES))
    parser.add_argument("--seconds", type=float, default=12.0, help="length of each phase on the real server")
    parser.add_argument("--processes", type=int, default=1, help="web processes of the start rush")
    parser.add_argument("--candidates", type=int, help="where capacity and hosts begin to look for the limit")
    parser.add_argument("--fault", default="", help="one of the faults alone, such as bad-line")
    options = parser.parse_args()
    django.setup()  # the name of the copy of today's tables is made of the apps' migrations
    print(steps.machine())
    for name, (module, title) in TITLES.items():
        if options.only not in (None, name):
            continue
        print(f"\n== {title} ==", flush=True)
        started, busy = time.perf_counter(), _cpu_seconds()
        run = importlib.import_module(f"tests.load.{module}").main
        if name == "starts":
            run(options.seconds, processes=options.processes)
        elif name == "faults":
            run(options.seconds, options.fault)
        elif name in ("capacity", "hosts") and options.candidates:
            run(options.seconds, first=options.candidates)
        elif name in ("live", "clips", "wall", "capacity", "hosts"):
            run(options.seconds)
        else:
            run()
        own, children = steps.peak_mb(), steps.peak_mb(resource.RUSAGE_CHILDREN)
        print(
            f"-- {time.perf_counter() - started:.0f} s, {_cpu_seconds() - busy:.0f} s CPU with all processes "
            f"it began; peak memory so far: {own:.0f} MB, largest other process {children:.0f} MB",
            flush=True,
        )


def _cpu_seconds() -> float:
    """CPU of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    main()
