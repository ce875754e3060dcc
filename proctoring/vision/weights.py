"""Finds the model files, checks their hashes, and says clearly when one is missing or damaged."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VENDORED = Path(__file__).resolve().parent.parent / "weights"
MANIFEST = VENDORED / "MANIFEST.toml"


class WeightsError(RuntimeError):
    """A model file is unknown, missing or damaged; detection must not start without it."""


@dataclass(frozen=True, slots=True)
class WeightsEntry:
    """One line of the manifest: what the file is, which engine reads it, where it came from, its SHA-256."""

    file: str
    model: str
    sha256: str
    source: str
    licence: str
    licence_file: str
    made: str
    engine: str  # dotted path

    @property
    def version(self) -> str:
        """First eight hex digits of the hash: enough to tell versions apart in a report."""
        return self.sha256[:8]


@dataclass(frozen=True, slots=True)
class WeightsStatus:
    """The result of checking one file; ``problem`` is empty when it can be used."""

    entry: WeightsEntry
    path: Path | None
    problem: str

    @property
    def is_usable(self) -> bool:
        """True when the file is there and unharmed."""
        return not self.problem


@cache
def read_manifest() -> dict[str, WeightsEntry]:
    """Entries of the vendored manifest by file name; WeightsError when it cannot be read."""
    try:
        data = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))
        return {item["file"]: WeightsEntry(**item) for item in data["weights"]}
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise WeightsError(f"the weights manifest {MANIFEST.name} cannot be read: {error}") from error


def resolve_weights(file: str, weights_dir: Path | None = None) -> tuple[Path, WeightsEntry]:
    """Path and manifest entry of a verified model file: the operator's folder first, then the vendored one.

    WeightsError when the manifest does not know the file, it is in neither folder, or the one found has
    another SHA-256. A damaged file in the operator's folder is an error, not skipped: whoever put it there
    believes that it is being used.
    """
    entry = read_manifest().get(file)
    if entry is None:
        raise WeightsError(f"{file} is not in the weights manifest")
    folders = [folder for folder in (weights_dir, VENDORED) if folder is not None]
    path = next((folder / file for folder in folders if (folder / file).is_file()), None)
    if path is None:
        places = " nor ".join(str(folder) for folder in folders)
        raise WeightsError(f"model file {file} is missing: not in {places}. Restore it from the repository.")
    found = _sha256(path)
    if found != entry.sha256:
        raise WeightsError(
            f"model file {path} is damaged: its SHA-256 is {found[:12]}..., expected {entry.sha256[:12]}..."
        )
    return path, entry


def check_weights(weights_dir: Path | None = None) -> list[WeightsStatus]:
    """Status of every file in the manifest, in its order; WeightsError when the manifest is unreadable."""
    return [_status(entry, weights_dir) for entry in read_manifest().values()]


def _status(entry: WeightsEntry, weights_dir: Path | None) -> WeightsStatus:
    try:
        path, _ = resolve_weights(entry.file, weights_dir)
    except WeightsError as error:
        return WeightsStatus(entry, None, str(error))
    return WeightsStatus(entry, path, "")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
