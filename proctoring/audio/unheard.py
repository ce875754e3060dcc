"""What follows from a piece of time of which no recording came: only how loud it was is known."""

from dataclasses import dataclass

from proctoring.audio import thresholds
from proctoring.audio.exchange import ClipReport, ClipRequest
from proctoring.observations import Measure, Observation, ObservationKind

NO_SIGNAL_DB = -80.0
"""Below this nothing comes from a microphone, as in `levels`: one that is on hears at least its own noise."""
_SURE = 0.95
_BY_LOUDNESS_ALONE = 0.5


@dataclass(frozen=True, slots=True)
class Unheard:
    """A piece that the browser did not send: nothing was above the noise of the room, or nothing came at all.

    ``level_db``: its loudest moment, in decibels of full scale.
    """

    seconds: float
    level_db: float

    @property
    def is_silent(self) -> bool:
        """Whether the microphone gave no signal: muted, unplugged, not allowed."""
        return self.level_db < NO_SIGNAL_DB


def report_of(piece: Unheard, request: ClipRequest) -> ClipReport:
    """The piece as a report: in a quiet room nobody spoke; where nothing came, nothing else is known."""
    level = round(piece.level_db, 1)
    measured: dict[str, Measure] = {"level_db": level, "seconds": round(piece.seconds, 1)}
    is_told = not piece.is_silent or piece.seconds >= thresholds.LEAST_SILENCE_S
    kind = ObservationKind.MICROPHONE_SILENT
    found = [Observation(kind, piece.is_silent, _SURE if is_told else 0.0, measured, informative=is_told)]
    if not piece.is_silent:
        heard = (ObservationKind.ANOTHER_VOICE, ObservationKind.SPEECH)
        found += [Observation(each, False, _BY_LOUDNESS_ALONE, measured) for each in heard]
    return ClipReport(
        captured_at=request.captured_at,
        sequence=request.sequence,
        container="",
        duration_s=piece.seconds,
        truncated=False,
        channels=0,
        level_db=piece.level_db,
        noise_db=piece.level_db,
        clipped_share=0.0,
        silent=piece.is_silent,
        observations=tuple(each for each in found if each.kind in request.detectors),
        engine="browser",
    )
