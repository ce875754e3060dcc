"""Fetches the four portraits that tests need from the source package of a dependency, once.

Run as a script (`./run test` does). They are official photographs of the United States government, shipped
in the tests of face_recognition 1.3.0, whose wheel we use anyway; nothing of them is committed.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "face_recognition==1.3.0"
FOLDER = Path(__file__).resolve().parent.parent / "var" / "test_media"
_INSIDE = "face_recognition-1.3.0/tests/test_images/"
PORTRAITS = {
    "obama.jpg": "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
    "obama2.jpg": "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
    "obama3.jpg": "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
    "biden.jpg": "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
}


def missing() -> list[str]:
    """Names of portraits that are not in place yet, or are damaged."""
    return [name for name, digest in PORTRAITS.items() if not _is_whole(FOLDER / name, digest)]


def fetch() -> str:
    """Put every portrait into ``var/test_media`` and say so in one line.

    RuntimeError with pip's own last words when the package cannot be had.
    """
    if not missing():
        return f"test media: {len(PORTRAITS)} portraits in place"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--no-binary", ":all:", "-d", scratch, PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise RuntimeError(f"test media: pip could not download {PACKAGE}: {last}")
        archive = next(Path(scratch).glob("face_recognition-*.tar.gz"))
        with tarfile.open(archive) as package:
            for name in PORTRAITS:
                member = package.extractfile(_INSIDE + name)
                if member is None:
                    raise RuntimeError(f"test media: {name} is not in {PACKAGE}")
                (FOLDER / name).write_bytes(member.read())
    if missing():
        raise RuntimeError(f"test media: {', '.join(missing())} in {PACKAGE} differ from what tests expect")
    return f"test media: {len(PORTRAITS)} portraits fetched from {PACKAGE}"


def _is_whole(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


if __name__ == "__main__":
    try:
        print(fetch())
    except RuntimeError as error:
        sys.exit(str(error))
