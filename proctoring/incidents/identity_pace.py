"""When the face is compared with the reference: gently in calm, at once after what could be a swap."""

from dataclasses import replace

from proctoring.incidents.rule_state import IdentityPace, RuleState
from proctoring.observations import FrameReport, ObservationKind

# A comparison costs twice a detection, and people do not change places without moving.
CALM_S = 20.0
# Between two frames: shift of the face's centre in face heights, and growth, beyond which it may be another
# face. On the development clips a still person moves .05, a person turning .2, the swap .51.
_JUMP_SHIFT = 0.35
_JUMP_GROWTH = 1.5
_INTERRUPTIONS = (
    ObservationKind.NO_FACE,
    ObservationKind.SEVERAL_FACES,
    ObservationKind.CAMERA_COVERED,
)


def identity_due(state: RuleState, at: float) -> bool:
    """True when the frame of ``at`` (seconds since the epoch) should be compared with the reference.

    That is: never compared yet, ``CALM_S`` seconds ago, or something unsettled (absence, cover, several
    faces, a jump of the face, or a last comparison that was not clearly "same").
    """
    pace = state.identity
    return pace.compared_at < 0 or pace.unsettled or not 0 <= at - pace.compared_at < CALM_S


def follow_identity(pace: IdentityPace, report: FrameReport, mismatch_is_open: bool) -> IdentityPace:
    """The pace after one more frame; ``mismatch_is_open``: an incident ``different_person`` is open now."""
    face = _place(report)
    interrupted = any(
        item.present and item.informative and item.kind in _INTERRUPTIONS for item in report.observations
    )
    pace = replace(
        pace,
        unsettled=pace.unsettled or interrupted or _has_jumped(pace.face, face),
        face=face or pace.face,
    )
    look = report.observation(ObservationKind.DIFFERENT_PERSON)
    if look is None or "similarity" not in look.measurements:
        return pace  # not asked, or the frame was not good enough
    # Seen as expected (same while calm, different while the incident is open): back to the calm pace.
    expected = look.informative and look.present == mismatch_is_open
    return replace(pace, compared_at=report.captured_at, unsettled=not expected)


def _place(report: FrameReport) -> tuple[float, ...]:
    """Centre and height of the main face in heights of the picture; empty without a face."""
    if not report.faces or report.height <= 0:
        return ()
    face = report.faces[0]
    height = report.height
    return ((face.x + face.w / 2) / height, (face.y + face.h / 2) / height, face.h / height)


def _has_jumped(before: tuple[float, ...], now: tuple[float, ...]) -> bool:
    if not before or not now:
        return False
    size = max(before[2], 1e-6)
    shift = max(abs(now[0] - before[0]), abs(now[1] - before[1])) / size
    growth = now[2] / size
    return shift > _JUMP_SHIFT or growth > _JUMP_GROWTH or growth < 1 / _JUMP_GROWTH
