"""Webcam-like pictures and clips with real faces, drawn rooms, darkness and covered lenses, made on the spot.

The faces come from the source package of a dependency (see ``fetch_media.py``); everything else is drawn.
Randomness is seeded: the same call gives the same bytes.
"""

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from proctoring.analysis.head_memory import HeadMemory, follow_head
from proctoring.incidents.rules import (
    EndIncident,
    ExtendIncident,
    OpenIncident,
    RepeatIncident,
    RuleState,
    advance,
    finish,
)
from proctoring.incidents.work_pace import work_due, work_if_moved
from proctoring.observations import ObservationKind
from proctoring.vision.exchange import Work
from proctoring.vision.image import encode_jpeg
from proctoring.vision.looking_back import Past, look_back
from proctoring.vision.pipeline import FrameRequest, Pipeline
from tests import fetch_media

SIZE = (640, 480)
CLIP_FPS = 6
# Face box (x, y, w, h) of each portrait in its own pixels.
_FACES = {
    "obama": (371, 91, 239, 328),
    "obama2": (201, 229, 275, 404),
    "obama3": (645, 274, 265, 345),
    "biden": (416, 176, 302, 404),
}
CLIPS = ("quiet", "nobody", "two_people", "swap_person", "covered")


@dataclass(frozen=True)
class Person:
    """Who stands where: centre of the face as shares of the picture, face height as a share of its height."""

    name: str = "obama"
    x: float = 0.5
    y: float = 0.42
    face: float = 0.3


@dataclass(frozen=True)
class Clip:
    """JPEG frames at ``fps``; the event lasts from ``event_at`` seconds to the end."""

    name: str
    frames: list[bytes]
    expected: ObservationKind | None
    event_at: float
    reference: bytes
    fps: int = CLIP_FPS

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.frames) / self.fps


@dataclass
class SeenIncident:
    """An incident as a clip run saw it; times in seconds of the clip."""

    kind: ObservationKind
    opened_at: float
    started_at: float
    last_seen_at: float
    explanation: str
    count: int
    repeats: int = 0
    decisions: list[object] = field(default_factory=list)


def development_data() -> Path | None:
    """The folder of labelled development pictures and clips, or None where it is absent.

    ``TEST_DATA_DIR`` names it; otherwise it is looked for next to the repository. Nothing of it is
    committed, and no test needs it.
    """
    root = Path(__file__).resolve().parent.parent
    folder = Path(os.environ.get("TEST_DATA_DIR") or root / "../shared/data") / "vision"
    return folder if (folder / "labels.csv").is_file() else None


def portrait_path(name: str) -> Path:
    """File of a portrait in ``var/test_media``, fetched first if missing (RuntimeError if it cannot be)."""
    path = fetch_media.FOLDER / f"{name}.jpg"
    if not path.is_file():
        fetch_media.fetch()
    return path


@cache
def _cut_out(name: str) -> tuple[np.ndarray, np.ndarray, tuple[float, float, float]]:
    """Head and shoulders with a soft mask, and its face: centre x, centre y, height in its pixels."""
    picture = cv2.imread(str(portrait_path(name)))
    x, y, w, h = _FACES[name]
    left, top = max(0, int(x - 0.9 * w)), max(0, int(y - 0.45 * h))
    right, bottom = min(picture.shape[1], int(x + 1.9 * w)), min(picture.shape[0], int(y + 2.1 * h))
    cut = picture[top:bottom, left:right]
    centre = (x + w / 2 - left, y + h / 2 - top)
    mask = np.zeros(cut.shape[:2], np.float32)
    head = (int(centre[0]), int(centre[1] - 0.08 * h))
    cv2.ellipse(mask, head, (int(0.68 * w), int(0.74 * h)), 0, 0, 360, 1.0, -1)
    shoulders = (int(centre[0]), int(centre[1] + 1.75 * h))
    cv2.ellipse(mask, shoulders, (int(1.35 * w), int(1.05 * h)), 0, 0, 360, 1.0, -1)
    return cut, cv2.GaussianBlur(mask, (0, 0), 0.03 * h), (*centre, float(h))


def room(size: tuple[int, int] = SIZE, look: str = "room") -> np.ndarray:
    """An empty room, drawn: wall with texture, shelf with books, window or door. BGR uint8, HxWx3."""
    width, height = size
    rng = np.random.default_rng(abs(hash_text(look)))
    column = np.linspace(165, 120, height, dtype=np.float32)[:, None, None]
    tint = (
        np.array([0.95, 1.0, 1.05], np.float32) if look == "room" else np.array([1.05, 1.0, 0.92], np.float32)
    )
    wall = np.clip(column * tint + np.zeros((height, width, 1), np.float32), 0, 255)
    wall += cv2.resize(rng.normal(0, 6, (height // 4, width // 4, 1)).astype(np.float32), size)[:, :, None]
    picture = np.clip(wall, 0, 255).astype(np.uint8)
    shelf = int(0.1 * height)
    x = int(0.03 * width)
    while x < 0.28 * width:
        book = int(rng.integers(8, 22) * width / 640)
        tall = int(rng.integers(55, 90) * height / 480)
        colour = [int(value) for value in rng.integers(40, 150, 3)]
        cv2.rectangle(picture, (x, shelf + 95 - tall), (x + book, shelf + 95), colour, -1)
        x += book + 2
    cv2.rectangle(picture, (0, shelf + 95), (int(0.3 * width), shelf + 103), (60, 75, 95), -1)
    cv2.rectangle(
        picture,
        (int(0.76 * width), int(0.06 * height)),
        (int(0.97 * width), int(0.5 * height)),
        (215, 210, 200),
        -1,
    )
    for share in (0.06, 0.28, 0.5):
        cv2.line(
            picture,
            (int(0.76 * width), int(share * height)),
            (int(0.97 * width), int(share * height)),
            (80, 90, 100),
            4,
        )
    cv2.rectangle(picture, (0, int(0.9 * height)), (width, height), (70, 85, 105), -1)
    return picture


def hash_text(text: str) -> int:
    """A small stable number for a text (Python's own hash changes between runs)."""
    return sum((index + 1) * ord(letter) for index, letter in enumerate(text))


def scene(
    people: Sequence[Person | str] = (),
    size: tuple[int, int] = SIZE,
    background: str | np.ndarray = "room",
    brightness: float = 1.0,
    moment: int = 0,
    noise: float = 3.0,
) -> np.ndarray:
    """One webcam-like frame, BGR uint8 HxWx3.

    ``moment`` numbers the frame of a clip: people sway by a few pixels and the noise is new. ``brightness``
    multiplies the light before the sensor noise is added.
    """
    picture = (room(size, background) if isinstance(background, str) else background).astype(np.float32)
    for index, person in enumerate(people):
        _paste(picture, Person(person) if isinstance(person, str) else person, moment + 7 * index)
    rng = np.random.default_rng(1000 + moment)
    picture = picture * brightness + rng.normal(0, noise, picture.shape).astype(np.float32)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _paste(picture: np.ndarray, person: Person, moment: int) -> None:
    """Blend a person into a float32 picture, in place."""
    height, width = picture.shape[:2]
    cut, mask, (face_x, face_y, face_h) = _cut_out(person.name)
    factor = person.face * height / face_h
    sway_x = 0.006 * width * math.sin(moment / 5)
    sway_y = 0.004 * height * math.sin(moment / 3)
    shift_x = person.x * width + sway_x - face_x * factor
    shift_y = person.y * height + sway_y - face_y * factor
    matrix = np.array([[factor, 0, shift_x], [0, factor, shift_y]], np.float32)
    # Shrinking by warpAffine alone would alias: shrink by area first.
    small = cv2.resize(cut, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.float32)
    small_mask = cv2.resize(mask, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA)
    matrix[:, :2] = np.eye(2, dtype=np.float32)
    layer = cv2.warpAffine(small, matrix, (width, height), flags=cv2.INTER_LINEAR)
    alpha = cv2.warpAffine(small_mask, matrix, (width, height), flags=cv2.INTER_LINEAR)[:, :, None]
    picture *= 1 - alpha
    picture += alpha * layer


def covered_lens(moment: int = 0, size: tuple[int, int] = SIZE) -> np.ndarray:
    """What a camera under tape sends: black with sensor noise."""
    rng = np.random.default_rng(moment)
    return np.clip(rng.normal(4, 3, (size[1], size[0], 3)), 0, 255).astype(np.uint8)


def hand_on_lens(moment: int = 0, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A hand close to the lens: a reddish blur without detail."""
    rng = np.random.default_rng(moment)
    down = np.linspace(0, 1, size[1], dtype=np.float32)[:, None, None]
    picture = np.array([60, 70, 120], np.float32) + 40 * down + np.zeros((size[1], size[0], 3), np.float32)
    return np.clip(picture + rng.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)


def dark_room(moment: int = 0) -> np.ndarray:
    """A person in a room without light: structure is left, a face is not."""
    return scene(["obama"], brightness=0.03, moment=moment, noise=0.5)


@cache
def clip(name: str, quiet_seconds: float = 5.0, event_seconds: float = 6.0) -> Clip:
    """A named clip: the candidate alone for ``quiet_seconds``, then its event for ``event_seconds``.

    ``reference``: a check-in photo of the candidate. KeyError for a name outside ``CLIPS``.
    """
    events = {
        "quiet": (None, lambda moment: scene(["obama"], moment=moment)),
        "nobody": (ObservationKind.NO_FACE, lambda moment: scene([], moment=moment)),
        "two_people": (
            ObservationKind.SEVERAL_FACES,
            lambda moment: scene([Person("obama"), Person("biden", x=0.8, y=0.45, face=0.25)], moment=moment),
        ),
        "swap_person": (
            ObservationKind.DIFFERENT_PERSON,
            lambda moment: scene([Person("biden", x=0.58, y=0.45, face=0.27)], moment=moment),
        ),
        "covered": (ObservationKind.CAMERA_COVERED, covered_lens),
    }
    expected, event = events[name]
    start, end = round(quiet_seconds * CLIP_FPS), round((quiet_seconds + event_seconds) * CLIP_FPS)
    quiet = events["quiet"][1]
    frames = [encode_jpeg(quiet(moment)) for moment in range(start)]
    frames += [encode_jpeg(event(moment)) for moment in range(start, end)]
    return Clip(name, frames, expected, quiet_seconds, encode_jpeg(scene([Person("obama2")]), 90))


def write_mjpeg(path: Path, frames: Iterable[bytes], fps: int = CLIP_FPS) -> Path:
    """Write JPEG frames for Chromium's fake camera: one after the other, each repeated to fill 30 a second.

    Chromium plays ``.mjpeg`` at 30 frames a second and loops it.
    """
    repeat = max(1, round(30 / fps))
    with path.open("wb") as stream:
        for frame in frames:
            stream.write(frame * repeat)
    return path


def run_clip(
    pipeline: Pipeline,
    frames: Sequence[bytes],
    fps: float,
    reference: bytes | None = None,
    looks_per_second: float = 1.0,
    start: float = 0.0,
) -> list[SeenIncident]:
    """Replay frames at ``looks_per_second`` through pipeline and rules, as the product does.

    Incidents in the order they opened; the session ends with the clip.
    """
    references = None
    if reference is not None:
        enrolled = pipeline.enrol(reference)
        assert enrolled.vector is not None, f"the reference is not good enough: {enrolled.problems}"
        references = (enrolled.vector,)
    state, past, seen, left = RuleState(), Past(), {}, b""
    memory, baseline = HeadMemory(), None
    order: list[SeenIncident] = []
    at, sequence = start, 0
    while at < len(frames) / fps:
        request = FrameRequest(
            at,
            sequence,
            references,
            due=work_due(state, at),
            if_moved=work_if_moved(state, at),
            last_look=left,
            baseline=baseline,
            mouth=memory.mouth,
        )
        report = pipeline.analyse(frames[int(at * fps)], request)
        left = report.left
        past, report = look_back(past, report, request)
        if Work.HEAD in report.done:
            memory, baseline = follow_head(memory, report, baseline)
        state, decisions = advance(state, report)
        _note(decisions, at, seen, order)
        sequence += 1
        at = start + sequence / looks_per_second
    _, decisions = finish(state, at)
    _note(decisions, at, seen, order)
    return order


def _note(decisions: Iterable[object], at: float, seen: dict, order: list[SeenIncident]) -> None:
    """Apply decisions the way the incident service applies them to rows."""
    for decision in decisions:
        if isinstance(decision, OpenIncident):
            seen[decision.kind] = SeenIncident(
                decision.kind,
                at,
                decision.started_at,
                decision.last_seen_at,
                decision.explanation,
                decision.count,
            )
            order.append(seen[decision.kind])
        incident = seen[decision.kind]
        incident.decisions.append(decision)
        incident.count, incident.explanation = decision.count, decision.explanation
        if isinstance(decision, ExtendIncident | RepeatIncident):
            incident.last_seen_at = decision.last_seen_at
        if isinstance(decision, RepeatIncident | EndIncident):
            incident.repeats = decision.repeats
