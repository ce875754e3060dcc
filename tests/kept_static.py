"""Servers that tests start begin with static files that another has collected: that takes 17 s of CPU.

The server itself asks whether they are of today, and collects them anew if not. `python -m tests.kept_static`
collects them once, so that servers which begin together need not.
"""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "static"
_STAMP = ".collected"


def lend_static_files(data_dir: Path) -> None:
    """Copies what is kept into a data folder without any."""
    if KEPT.exists() and not (data_dir / "static").exists():
        shutil.copytree(KEPT, data_dir / "static")


def keep_static_files(data_dir: Path) -> None:
    """Keeps what a server has collected into its data folder, if it is newer than what is kept."""
    stamp, kept = data_dir / "static" / _STAMP, KEPT / _STAMP
    if not stamp.exists() or (kept.exists() and kept.read_text() == stamp.read_text()):
        return
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    draft = KEPT.with_suffix(f".{os.getpid()}")
    shutil.copytree(data_dir / "static", draft)
    shutil.rmtree(KEPT, ignore_errors=True)
    with suppress(OSError):  # another was faster
        draft.rename(KEPT)
    shutil.rmtree(draft, ignore_errors=True)


def main() -> None:
    """Collects them with the settings of a server, and keeps them."""
    import django

    with tempfile.TemporaryDirectory(prefix="proctor-static-") as name:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "proctor_site.settings",
            "PROCTOR_SECRET_KEY": "only-for-tests-" + "x" * 40,
            "PROCTOR_DATA_DIR": name,
        }
        django.setup()
        from proctor_site import serving

        lend_static_files(Path(name))
        serving.collect_static()
        keep_static_files(Path(name))


if __name__ == "__main__":
    main()
