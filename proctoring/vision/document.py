"""Is the face on the photo of an identity document that of the candidate? Three answers, no decision."""

from collections.abc import Sequence

from proctoring.vision import thresholds
from proctoring.vision.coaching import Coaching
from proctoring.vision.detectors.face_count import Headcount
from proctoring.vision.detectors.same_person import compare, turn_of
from proctoring.vision.engines.base import FaceEngine, Frame, Vector
from proctoring.vision.enrolment import face_sharpness
from proctoring.vision.exchange import DocumentReport, Likeness

_LIMITS = thresholds.DOCUMENT


def judge_document(
    engine: FaceEngine, frame: Frame, count: Headcount, references: Sequence[Vector]
) -> DocumentReport:
    """Report on a frame at the size for documents whose faces are known; boxes stay in its pixels.

    Light is not judged: paper is white and plastic shines. Exactly one clear face is needed, otherwise there
    are problems and no answer. Without references there is no answer either.
    """
    problems = _problems(engine, frame, count)
    similarity = None
    if not problems and references:
        similarity = compare(engine, engine.embed(frame, count.people[0]), references)
    return DocumentReport(
        ok=not problems,
        problems=tuple(code.value for code in problems),
        likeness=likeness_of(engine, similarity),
        similarity=similarity,
        face=count.main,
        engine=engine.description,
    )


def likeness_of(engine: FaceEngine, similarity: float | None) -> Likeness:
    """What a similarity says: between the engine's two thresholds, and without one, nothing."""
    if similarity is None:
        return Likeness.CANNOT_SAY
    if similarity >= engine.thresholds.same:
        return Likeness.ALIKE
    return Likeness.UNLIKE if similarity < engine.thresholds.different else Likeness.CANNOT_SAY


def _problems(engine: FaceEngine, frame: Frame, count: Headcount) -> list[Coaching]:
    face = count.main
    if face is None or face.score < engine.thresholds.identity_face:
        return [Coaching.NO_FACE]
    found = (
        (Coaching.SEVERAL_FACES, len(count.people) > 1),
        (Coaching.TOO_SMALL, face.h < _LIMITS.least_height),
        (Coaching.TURNED_AWAY, abs(turn_of(face)) > _LIMITS.most_turn),
        (Coaching.BLURRED, face_sharpness(frame, face) < _LIMITS.least_face_sharpness),
    )
    return [code for code, holds in found if holds]
