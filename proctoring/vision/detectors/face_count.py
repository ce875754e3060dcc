"""Nobody, one, or several people in view."""

from collections.abc import Sequence
from dataclasses import dataclass

from proctoring.observations import FaceBox, Observation, ObservationKind
from proctoring.vision import thresholds
from proctoring.vision.engines.base import EngineThresholds

_LIMITS = thresholds.FACE_COUNT


@dataclass(frozen=True, slots=True)
class Headcount:
    """Boxes sorted into people and doubts. ``people``: the main face first, then clear further faces.

    ``doubtful``: scores of a possible main face (when ``people`` is empty) or of possible further ones.
    """

    people: tuple[FaceBox, ...]
    doubtful: tuple[float, ...]

    @property
    def main(self) -> FaceBox | None:
        """The largest clear face, or None."""
        return self.people[0] if self.people else None


def count_people(faces: Sequence[FaceBox], frame_height: int, scores: EngineThresholds) -> Headcount:
    """Sort the boxes an engine found (pixels of a frame ``frame_height`` high) into people and doubts.

    The main face is the largest that reaches ``scores.face``. Further faces need a higher score, a least
    height and a least share of the main face's height, because dogs, patterns, passers-by far behind and
    pictures on the wall are found too. Weaker ones become doubts, never people.
    """
    seen = [face for face in faces if face.h >= _LIMITS.least_height * frame_height]
    clear = [face for face in seen if face.score >= scores.face]
    if not clear:
        return Headcount((), tuple(face.score for face in seen))
    main = max(clear, key=lambda face: face.area)
    least = max(_LIMITS.least_extra_height * frame_height, _LIMITS.least_extra_of_main * main.h)
    large = [face for face in seen if face is not main and face.h >= least]
    extra = [face for face in large if face.score >= scores.extra_face]
    doubtful = tuple(face.score for face in large if face.score < scores.extra_face)
    return Headcount((main, *extra), doubtful)


def observe_face_count(count: Headcount, usable: bool) -> tuple[Observation, Observation]:
    """The observations ``no_face`` and ``several_faces`` of one frame.

    ``usable``: the quality gate's verdict. Without a clear face an unusable frame, or a weak trace of a
    face, says nothing about either kind. Confidence is the score of the weakest counted face, or one minus
    the strongest doubt.
    """
    doubt = max(count.doubtful, default=0.0)
    people = len(count.people)
    if not people:
        sure = usable and not count.doubtful
        numbers = {"faces": 0, "best_score": round(doubt, 3)}
        return (
            Observation(ObservationKind.NO_FACE, sure, 0.95 if sure else 0.0, numbers, informative=sure),
            Observation(
                ObservationKind.SEVERAL_FACES, False, 0.95 if sure else 0.0, numbers, informative=sure
            ),
        )
    weakest = min(face.score for face in count.people)
    numbers = {
        "faces": people,
        "smallest_px": round(min(face.h for face in count.people)),
        "largest_px": round(max(face.h for face in count.people)),
    }
    several = people > 1
    return (
        Observation(ObservationKind.NO_FACE, False, count.people[0].score, numbers),
        Observation(
            ObservationKind.SEVERAL_FACES,
            several,
            weakest if several else 1.0 - doubt,
            numbers,
            # One clear face and perhaps another: neither alarm nor all-clear.
            informative=several or not count.doubtful,
        ),
    )
