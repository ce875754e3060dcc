"""Text held towards the camera: several large lines, one below the other, where none were at first.

Finding blocks is for the analysing process; whether a block is new needs the session's first look, so that
``observe_new_text`` runs where the session's memory is.
"""

from collections.abc import Sequence

from proctoring.observations import FaceBox, FrameReport, Observation, ObservationKind
from proctoring.seen import TextBlock
from proctoring.vision import thresholds
from proctoring.vision.engines.base import Box, Frame

_LIMITS = thresholds.TEXT


def find_blocks(lines: Sequence[Box], faces: Sequence[FaceBox], frame: Frame) -> tuple[TextBlock, ...]:
    """Blocks of at least three large lines, most lines first, from lines and faces in pixels of ``frame``.

    Single words and small print in the background are not meant, and what lies on a face is no text.
    """
    height, width = frame.shape[:2]
    large = [
        line
        for line in lines
        if line.h >= _LIMITS.least_line_height * height
        and line.w >= _LIMITS.least_line_width * width
        and line.w >= line.h
        and not any(_covers(face, line) for face in faces)
    ]
    blocks: list[list[Box]] = []
    for line in sorted(large, key=lambda each: each.y):
        home = next((block for block in blocks if _goes_on(block[-1], line)), None)
        if home is None:
            blocks.append([line])
        else:
            home.append(line)
    found = [_block(block, width, height) for block in blocks if len(block) >= _LIMITS.least_lines]
    return tuple(sorted(found, key=lambda block: -block.lines))


def observe_text(blocks: Sequence[TextBlock], usable: bool) -> Observation:
    """``text_shown`` of one frame taken alone. ``usable``: the quality gate's verdict."""
    lines = max((block.lines for block in blocks), default=0)
    return Observation(
        ObservationKind.TEXT_SHOWN, bool(blocks), 0.8, {"lines": lines}, informative=bool(blocks) or usable
    )


def observe_new_text(
    background: tuple[TextBlock, ...] | None, report: FrameReport
) -> tuple[tuple[TextBlock, ...] | None, Observation | None]:
    """What the session's first look saw, and ``text_shown`` for what was not there then.

    The first look decides nothing: posters and banners hang there, and what is held will move. None, None
    when nobody looked for text.
    """
    look = report.observation(ObservationKind.TEXT_SHOWN)
    if look is None or not look.informative:
        return background, look
    if background is None:
        return report.blocks, Observation(look.kind, False, 0.0, look.measurements, informative=False)
    new = [block for block in report.blocks if not any(_lies_in(block, old) for old in background)]
    return background, observe_text(new, usable=True)


def _covers(face: FaceBox, line: Box) -> bool:
    across, down = line.x + line.w / 2, line.y + line.h / 2
    return face.x <= across <= face.x + face.w and face.y <= down <= face.y + face.h


def _goes_on(above: Box, line: Box) -> bool:
    """True when ``line`` is the next line below ``above``: close, of similar height, and under it."""
    taller = max(above.h, line.h)
    gap = line.y - (above.y + above.h)
    overlap = min(above.x + above.w, line.x + line.w) - max(above.x, line.x)
    return (
        -0.5 * taller <= gap <= _LIMITS.most_gap * taller
        and taller <= _LIMITS.most_height_ratio * min(above.h, line.h)
        and overlap >= 0.5 * min(above.w, line.w)
    )


def _block(lines: Sequence[Box], width: int, height: int) -> TextBlock:
    left, right = min(line.x for line in lines), max(line.x + line.w for line in lines)
    top, bottom = min(line.y for line in lines), max(line.y + line.h for line in lines)
    return TextBlock(left / width, top / height, (right - left) / width, (bottom - top) / height, len(lines))


def _lies_in(block: TextBlock, old: TextBlock) -> bool:
    """True when most of ``block`` was text in the first look: a banner half hidden by a head is no news."""
    across = min(block.x + block.w, old.x + old.w) - max(block.x, old.x)
    down = min(block.y + block.h, old.y + old.h) - max(block.y, old.y)
    return across > 0 and down > 0 and across * down >= _LIMITS.same_place * block.w * block.h
