"""`./run bench`: every measurement in one run, side by side; prints and judges nothing."""

import argparse
import os
import platform

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main() -> None:
    """Runs the measurements that were asked for, all by default."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--only", choices=["vision", "live", "results", "roster", "import", "starts"])
    parser.add_argument("--seconds", type=float, default=12.0, help="length of each phase on the real server")
    options = parser.parse_args()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, load before the run {load}")
    if options.only in (None, "vision"):
        from tests.load import bench_vision_cpu

        print("\n== CPU per frame: ours and the replaced pipeline ==", flush=True)
        bench_vision_cpu.main()
    if options.only in (None, "results"):
        from tests.load import bench_results

        print("\n== Statistics and exports of a large exam ==", flush=True)
        bench_results.main()
    if options.only in (None, "roster"):
        from tests.load import bench_roster

        print("\n== A large roster ==", flush=True)
        bench_roster.main()
    if options.only in (None, "import"):
        from tests.load import bench_import

        print("\n== Import and export of a large question bank ==", flush=True)
        bench_import.main()
    if options.only in (None, "starts"):
        from tests.load import bench_starts

        print("\n== Everybody starts at once ==", flush=True)
        bench_starts.main(options.seconds)
    if options.only in (None, "live"):
        from tests.load import bench_live

        print("\n== On a real server ==", flush=True)
        bench_live.main(options.seconds)


if __name__ == "__main__":
    main()
