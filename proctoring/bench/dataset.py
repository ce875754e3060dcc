"""Reads a folder of labelled pictures, pairs and clips; every mistake is named by file and row."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from proctoring.observations import ObservationKind as Kind

YAWS = ("", "frontal", "left", "right", "up", "down")
OBJECTS = ("cell_phone", "book", "laptop", "paper_notes", "second_monitor")
CAMERA_STATES = ("ok", "dark", "covered", "blurred")
FLAGS: dict[str, frozenset[Kind]] = {
    "looking_away": frozenset({Kind.LOOKING_AWAY}),
    "multiple_faces": frozenset({Kind.SEVERAL_FACES, Kind.SECOND_PERSON}),
    "no_face": frozenset({Kind.NO_FACE}),
    "identity_mismatch": frozenset({Kind.DIFFERENT_PERSON}),
    "camera_blocked": frozenset({Kind.CAMERA_COVERED, Kind.CAMERA_DARK}),
    "cell_phone": frozenset({Kind.PHONE}),
    "book": frozenset({Kind.BOOK}),
    "laptop": frozenset({Kind.SECOND_SCREEN}),
    "second_monitor": frozenset({Kind.SECOND_SCREEN}),
    "paper_notes": frozenset({Kind.TEXT_SHOWN}),
    "camera_frozen": frozenset({Kind.CAMERA_FROZEN}),
    "camera_replaced": frozenset({Kind.CAMERA_REPLACED}),
    "eyes_closed": frozenset({Kind.EYES_CLOSED}),
    "face_hidden": frozenset({Kind.FACE_HIDDEN}),
    "mouth_moving": frozenset({Kind.MOUTH_MOVING}),
}
"""The labels' words for what should be flagged; any kind of a word will do."""

_SPAN = re.compile(r"^(?P<start>\d+(?:\.\d+)?)-(?P<end>\d+(?:\.\d+)?)$")
_POOR_LIGHT = re.compile(
    r"\b(dim|dimmed|darkened|low-key|back-?lit|sun glare|stage light|dark)\b(?! skin| background)"
)
_DARK_SKIN = re.compile(r"\b(dark|brown) skin\b|dark-skinned")
Item = TypeVar("Item")


class DataError(ValueError):
    """The folder is not laid out as it must be; the text names file and row."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One labelled picture. ``tolerance``: how far the number of faces may be off; 0 means certain."""

    file: str
    path: Path
    faces: int
    tolerance: int
    yaw: str
    objects: frozenset[str]
    camera_state: str
    is_altered: bool
    notes: str

    @property
    def has_poor_light(self) -> bool:
        """True when the label or its note speaks of poor light."""
        return self.camera_state == "dark" or bool(_POOR_LIGHT.search(self.notes.lower()))

    @property
    def has_dark_skin(self) -> bool:
        """True when the note says that somebody in it has dark or brown skin."""
        return bool(_DARK_SKIN.search(self.notes.lower()))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures of one or of two people. ``kind``: how the pair was made."""

    a: str
    b: str
    same: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What a clip should be flagged for: any of ``kinds``, seconds ``start`` to ``end`` of the clip.

    ``at_some_time``: nobody said when; the span is the whole clip.
    """

    name: str
    kinds: frozenset[Kind]
    start: float
    end: float
    at_some_time: bool = False


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """One clip. ``allowed``: kinds that may be flagged and need not."""

    file: str
    path: Path
    seconds: float
    reference: Path | None
    expected: tuple[Expected, ...]
    allowed: frozenset[Kind]

    @property
    def is_quiet(self) -> bool:
        """True when nothing at all should be flagged."""
        return not self.expected and not self.allowed


@dataclass(frozen=True, slots=True)
class Data:
    """All of a folder."""

    pictures: tuple[Picture, ...]
    pairs: tuple[Pair, ...]
    clips: tuple[LabelledClip, ...]


def read_data(folder: Path) -> Data:
    """The labels of ``folder``: labels.csv with images/, pairs.csv, clips.csv with clips/.

    DataError names the file, the row (as an editor counts lines) and what is wrong with it.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: there is no such folder")
    pictures = _read(folder, "labels.csv", "file n_faces n_faces_tol yaw objects camera_state", _picture)
    known = {each.file for each in pictures}

    def pair(place: Path, row: dict[str, str]) -> Pair:
        for column in ("a", "b"):
            if row[column] not in known:
                raise ValueError(f"{column}: labels.csv has no picture {row[column]!r}")
        return Pair(row["a"], row["b"], _one_of(row, "same", ("0", "1")) == "1", row["kind"])

    pairs = _read(folder, "pairs.csv", "a b same kind", pair)
    clips = _read(folder, "clips.csv", "file seconds reference_image expected_flags_seconds", _clip)
    return Data(pictures, pairs, clips)


def _read(
    folder: Path, name: str, columns: str, make: Callable[[Path, dict[str, str]], Item]
) -> tuple[Item, ...]:
    try:
        text = (folder / name).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DataError(f"{name}: the file is missing in {folder}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{name}: cannot be read as UTF-8 text: {error}") from error
    rows = csv.DictReader(text.splitlines(keepends=True))
    missing = [column for column in columns.split() if column not in (rows.fieldnames or ())]
    if missing:
        raise DataError(f"{name}, row 1: there is no column {', '.join(missing)}")
    return tuple(_rows(folder, name, rows, make))


def _rows(
    folder: Path, name: str, rows: "csv.DictReader[str]", make: Callable[[Path, dict[str, str]], Item]
) -> Iterator[Item]:
    for row in rows:
        place = f"{name}, row {rows.line_num}"
        if None in row or None in row.values():
            raise DataError(f"{place}: it has another number of columns than the first row")
        try:
            yield make(folder, {column: value.strip() for column, value in row.items()})
        except ValueError as error:
            raise DataError(f"{place}: {error}") from error


def _picture(folder: Path, row: dict[str, str]) -> Picture:
    objects = frozenset() if row["objects"] in ("", "none") else frozenset(row["objects"].split("|"))
    if objects - set(OBJECTS):
        raise ValueError(
            f"objects: {', '.join(sorted(objects - set(OBJECTS)))} is none of {', '.join(OBJECTS)}"
        )
    return Picture(
        row["file"],
        _file(folder / "images", row["file"], "file"),
        _whole(row, "n_faces"),
        _whole(row, "n_faces_tol"),
        _one_of(row, "yaw", YAWS),
        objects,
        _one_of(row, "camera_state", CAMERA_STATES),
        row.get("synthetic") == "1",
        row.get("notes", ""),
    )


def _clip(folder: Path, row: dict[str, str]) -> LabelledClip:
    seconds = _number(row["seconds"], "seconds")
    expected, allowed = _flags(row["expected_flags_seconds"], seconds)
    reference = row["reference_image"]
    return LabelledClip(
        row["file"],
        _file(folder, row["file"], "file"),
        seconds,
        _file(folder, reference, "reference_image") if reference else None,
        expected,
        allowed,
    )


def _flags(text: str, seconds: float) -> tuple[tuple[Expected, ...], frozenset[Kind]]:
    """Reads such as ``no_face 3-7; multiple_faces expected at some time; looking_away may also fire``.

    What stands in brackets is a remark, but for ``(also no_face)``: that may be flagged as well.
    """
    expected: list[Expected] = []
    allowed: set[Kind] = set()
    for remark in re.findall(r"\(also (\w+)\)", text):
        allowed |= _kinds(remark)
    for part in re.sub(r"\([^)]*\)", "", text).split(";"):
        words = part.split()
        if not words or words == ["none"]:
            continue
        span = _SPAN.match(words[1]) if len(words) == 2 else None
        if span:
            expected.append(Expected(words[0], _kinds(words[0]), float(span["start"]), float(span["end"])))
        elif words[1:] == ["expected", "at", "some", "time"]:
            expected.append(Expected(words[0], _kinds(words[0]), 0.0, seconds, at_some_time=True))
        elif words[1:] == ["may", "also", "fire"]:
            allowed |= _kinds(words[0])
        else:
            raise ValueError(
                f"expected_flags_seconds: {part.strip()!r} is not understood; write such as 'no_face 3-7', "
                "'phone expected at some time', 'looking_away may also fire', or 'none'"
            )
    return tuple(expected), frozenset(allowed)


def _kinds(name: str) -> frozenset[Kind]:
    if name in FLAGS:
        return FLAGS[name]
    if name in set(Kind):
        return frozenset({Kind(name)})
    raise ValueError(f"expected_flags_seconds: {name!r} is none of {', '.join(sorted(FLAGS))}")


def _file(folder: Path, name: str, column: str) -> Path:
    path = folder / name
    if not name or not path.is_file():
        raise ValueError(f"{column}: there is no file {name!r} in {folder}")
    return path


def _whole(row: dict[str, str], column: str) -> int:
    if not row[column].isascii() or not row[column].isdigit():
        raise ValueError(f"{column}: {row[column]!r} is not a whole number")
    return int(row[column])


def _number(text: str, column: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"{column}: {text!r} is not a number") from error


def _one_of(row: dict[str, str], column: str, known: tuple[str, ...]) -> str:
    if row[column] not in known:
        raise ValueError(f"{column}: {row[column]!r} is none of {', '.join(filter(None, known))}")
    return row[column]
