"""What has changed since the last frame, and where: decides what need not be looked at again."""

import cv2
import numpy as np
from numpy.typing import NDArray

from proctoring.observations import FaceBox
from proctoring.seen import Body
from proctoring.vision import thresholds
from proctoring.vision.detectors.same_person import turn_of
from proctoring.vision.engines.base import Frame
from proctoring.vision.image import shrink
from proctoring.vision.last_look import GREY_SIZE, LastLook

_LIMITS = thresholds.MOTION
_BLOCKS = (16, 12)

Changes = NDArray[np.float32]
"""12 rows of 16 blocks (40 pixels square in a frame of 640x480): by how many grey levels each has changed."""


def shrink_grey(frame: Frame) -> bytes:
    """The frame as a tiny grey picture, row by row."""
    return cv2.cvtColor(shrink(frame, GREY_SIZE), cv2.COLOR_BGR2GRAY).tobytes()


def measure_changes(before: bytes, now: bytes) -> Changes:
    """Where two tiny pictures differ; a change of the light as a whole is taken out."""
    shape = GREY_SIZE[::-1]
    first = np.frombuffer(before, np.uint8).reshape(shape).astype(np.float32)
    difference = np.frombuffer(now, np.uint8).reshape(shape) - first
    difference = np.abs(difference - np.median(difference))
    return np.asarray(cv2.resize(difference, _BLOCKS, interpolation=cv2.INTER_AREA), np.float32)


def stir_of(last: LastLook, now: bytes, body: Body) -> float:
    """``Body.stir`` against the last frame, for a body in working pixels. A change of the light as a whole
    on it is taken out; noise is not."""
    shape, across, down = GREY_SIZE[::-1], GREY_SIZE[0] / last.width, GREY_SIZE[1] / last.height
    left, top = max(0, int(body.x * across)), max(0, int(body.y * down))
    right, bottom = int(-(-(body.x + body.w) * across // 1)), int(-(-(body.y + body.h) * down // 1))
    first, second = (
        np.frombuffer(each, np.uint8).reshape(shape)[top:bottom, left:right].astype(np.float32)
        for each in (last.grey, now)
    )
    if not first.size:
        return 0.0
    difference = second - first
    return float(np.percentile(np.abs(difference - np.median(difference)), 98))


def needs_whole_look(last: LastLook, changes: Changes, at: float) -> bool:
    """True unless the last frame showed one clear face, nothing but that person moved, and the last whole
    look is young: then it is enough to look where the face was."""
    if last.face is None or not 0 <= at - last.whole_at < _LIMITS.whole_every_s:
        return True
    face = last.face
    person = (
        face.x - _LIMITS.beside * face.w,
        face.y - _LIMITS.above * face.h,
        face.x + (1 + _LIMITS.beside) * face.w,
        float(last.height),
    )
    return bool((_without(changes, last, person) > _LIMITS.block).any())


def has_moved(last: LastLook, changes: Changes) -> bool:
    """True when more than the face itself moved: hands, arms, things or other people."""
    if last.face is None:
        return int((changes > _LIMITS.block).sum()) >= _LIMITS.least_blocks
    face = last.face
    edge_x, edge_y = _LIMITS.around_face * face.w, _LIMITS.around_face * face.h
    head = (face.x - edge_x, face.y - edge_y, face.x + face.w + edge_x, face.y + face.h + edge_y)
    return int((_without(changes, last, head) > _LIMITS.block).sum()) >= _LIMITS.least_blocks


def may_be_another(last: LastLook, changes: Changes) -> bool:
    """True when so much has changed, in all or where the face was, that somebody else may sit there now."""
    if last.face is None:
        return bool((changes > _LIMITS.block).any())
    left, top, right, bottom = _blocks(
        last, (last.face.x, last.face.y, last.face.x + last.face.w, last.face.y + last.face.h)
    )
    face = changes[top:bottom, left:right]
    share = float((face > _LIMITS.face_block).mean()) if face.size else 1.0
    scene = float((changes > _LIMITS.block).mean())
    return share >= _LIMITS.other_face_share or scene >= _LIMITS.other_scene_share


def is_same_face(before: FaceBox, now: FaceBox) -> bool:
    """True when ``now`` can be the face of the last frame: about the same place and size."""
    shift = max(
        abs(now.x + now.w / 2 - before.x - before.w / 2), abs(now.y + now.h / 2 - before.y - before.h / 2)
    )
    growth = now.h / max(before.h, 1.0)
    return shift <= _LIMITS.most_shift * before.h and 1 / _LIMITS.most_growth < growth < _LIMITS.most_growth


def has_turned(before: FaceBox | None, now: FaceBox | None) -> bool:
    """True when the five points say that the head is held otherwise than when it was last measured."""
    if before is None or now is None:
        return before is not now
    return (
        abs(turn_of(now) - turn_of(before)) > _LIMITS.turn
        or abs(_nod_of(now) - _nod_of(before)) > _LIMITS.turn
        or not is_same_face(before, now)
    )


def _nod_of(face: FaceBox) -> float:
    """How far the nose is below the eyes, in heights of the space between eyes and mouth."""
    if len(face.landmarks) < 5:
        return 0.0
    ys = [y for _, y in face.landmarks]
    eyes, mouth = (ys[0] + ys[1]) / 2, (ys[3] + ys[4]) / 2
    return (ys[2] - eyes) / max(mouth - eyes, 1.0)


def _without(changes: Changes, last: LastLook, box: tuple[float, float, float, float]) -> Changes:
    """``changes`` without the blocks that touch the box."""
    left, top, right, bottom = _blocks(last, box)
    rest = changes.copy()
    rest[top:bottom, left:right] = 0
    return rest


def _blocks(last: LastLook, box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """The box (left, top, right, bottom in working pixels) in blocks, those that it touches included."""
    across, down = last.width / _BLOCKS[0], last.height / _BLOCKS[1]
    left, top = max(0, int(box[0] // across)), max(0, int(box[1] // down))
    return left, top, max(0, int(-(-box[2] // across))), max(0, int(-(-box[3] // down)))
