"""The tools that judge the source text; `./run lint` runs them one by one, test_tools.py inside the suite."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PYTHON = sys.executable
TOOLS: dict[str, list[str]] = {
    "ruff check": [_PYTHON, "-m", "ruff", "check", "."],
    "ruff format": [_PYTHON, "-m", "ruff", "format", "--check", "."],
    "mypy": [_PYTHON, "-m", "mypy"],
    "lint-imports": [str(Path(_PYTHON).with_name("lint-imports")), "--no-cache"],
    "manage.py check": [_PYTHON, "manage.py", "check", "--fail-level", "WARNING"],
    "makemigrations": [_PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
}


def run_tool(name: str) -> subprocess.CompletedProcess[str]:
    """Runs one of TOOLS with nothing of this project set in the environment but a key."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PROCTOR_", "DJANGO_")) and key not in ("DATABASE_URL", "REDIS_URL")
    }
    environment |= {"PROCTOR_SECRET_KEY": "only-for-checks-" + "x" * 40}
    if "PROCTOR_DATA_DIR" in os.environ:
        environment["PROCTOR_DATA_DIR"] = os.environ["PROCTOR_DATA_DIR"]
    return subprocess.run(TOOLS[name], cwd=ROOT, env=environment, capture_output=True, text=True)


def main() -> int:
    """Runs those that are named, or all of them; the exit status is the number that failed."""
    failed = 0
    for name in sys.argv[1:] or TOOLS:
        started = time.monotonic()
        print(f"{name} ...", end=" ", flush=True)
        done = run_tool(name)
        print("ok" if done.returncode == 0 else "FAILED", f"({time.monotonic() - started:.1f} s)")
        if done.returncode:
            failed += 1
            print(done.stdout + done.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
