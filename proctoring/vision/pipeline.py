"""One uploaded picture in, one report out: decode, measure, find faces, compare, observe."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from proctoring.observations import FrameReport, Head, Observation, Quality
from proctoring.seen import Body, Imprint, TextBlock
from proctoring.vision import thresholds
from proctoring.vision.budget import NEAR_LOOK_MS, WHOLE_LOOK_MS, choose_work, may_settle_things
from proctoring.vision.coaching import Coaching
from proctoring.vision.detectors.camera_blocked import observe_camera
from proctoring.vision.detectors.face_count import Headcount, count_people, observe_face_count
from proctoring.vision.detectors.motion import stir_of
from proctoring.vision.detectors.same_person import (
    compare,
    could_not_compare,
    fitting_sides,
    is_comparable,
    observe_identity,
)
from proctoring.vision.detectors.text import find_blocks, observe_text
from proctoring.vision.detectors.things import ThingsSeen, find_and_observe
from proctoring.vision.document import judge_document, likeness_of
from proctoring.vision.engines.base import Engines, Frame, Vector
from proctoring.vision.enrolment import judge_enrolment
from proctoring.vision.exchange import (
    ALL_KINDS,
    KINDS_OF,
    DocumentReport,
    EnrolmentReport,
    FrameRequest,
    HeadReport,
    Likeness,
    TurnReport,
    Work,
)
from proctoring.vision.head_look import BAD_FOR_HEADS, observe_head
from proctoring.vision.image import (
    DEFAULT_LIMITS,
    ImageLimits,
    check_bytes,
    decode,
    encode_jpeg,
    encode_thumbnail,
    fit,
    halve,
    imprint_of,
    measure_light,
)
from proctoring.vision.last_look import LastLook
from proctoring.vision.quality import judge_frame, measure_face_light
from proctoring.vision.search import find_people, measure_motion, note_work

__all__ = ["ALL_KINDS", "EnrolmentReport", "FrameRequest", "Pipeline"]


@dataclass(frozen=True, slots=True)
class _Look:
    """What the early stages found, at the working size; ``scale`` leads back to uploaded pixels.

    ``half``: the frame at half that size, for what needs no more.
    """

    frame: Frame
    half: Frame
    width: int
    height: int
    scale: float
    quality: Quality
    count: Headcount
    camera: tuple[Observation, Observation]
    imprint: Imprint
    left: LastLook
    is_whole: bool


class _Stages:
    """CPU milliseconds of this thread by stage; repeated stages add up."""

    def __init__(self) -> None:
        self.cpu_ms: dict[str, float] = {}
        self._start = time.thread_time()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block as ``name``."""
        start = time.thread_time()
        yield
        self.cpu_ms[name] = self.cpu_ms.get(name, 0.0) + (time.thread_time() - start) * 1000

    def total(self) -> dict[str, float]:
        """All stages and ``total``."""
        return {**self.cpu_ms, "total": (time.thread_time() - self._start) * 1000}


class Pipeline:
    """The analysis of one process: its engines and the order of the stages. Not safe for two threads."""

    def __init__(self, engines: Engines, limits: ImageLimits = DEFAULT_LIMITS) -> None:
        self.engines = engines
        self.limits = limits

    def analyse(self, data: bytes, request: FrameRequest) -> FrameReport:
        """Report on one JPEG, PNG or WebP picture; ImageError when it cannot be read.

        Kinds outside ``request.detectors`` are left out of the report. The face is compared only when
        references are given and it is due; the other dear work likewise needs its engine and to be due, and
        a frame gets only as much of it as ``budget`` allows.
        """
        stages = _Stages()
        look = self._look(data, stages, request)
        work = choose_work(
            self._wanted(request, look.left.moved), WHOLE_LOOK_MS if look.is_whole else NEAR_LOOK_MS
        )
        observations = [*look.camera]
        blocked = any(item.present for item in look.camera)
        observations += observe_face_count(look.count, look.quality.usable and not blocked)
        if request.references and Work.IDENTITY in work:
            with stages.stage("identity"):
                observations.append(self._identity(look, request))
        blocks = self._text(look, work, stages)
        if blocks is not None:
            observations.append(observe_text(blocks, look.quality.usable and not blocked))
        things = ThingsSeen() if blocked else self._things(look, work, request, stages)
        observations += things.observations
        if things.looks > 2:  # see `may_settle_things`
            work = tuple(each for each in work if each is not Work.HEAD)
        head = None
        if Work.HEAD in work:
            head = self._head(look, stages)
            observations += self._observe_head(look, head, request)
        emotions, brows = self._emotions(look, head, request, stages)
        thumbnail = self._thumbnail(look, request, stages)
        return FrameReport(
            captured_at=request.captured_at,
            sequence=request.sequence,
            width=look.width,
            height=look.height,
            quality=look.quality,
            observations=tuple(item for item in observations if item.kind in request.detectors),
            faces=tuple(face.scaled(look.scale) for face in look.count.people),
            head=head,
            bodies=_bodies(things, look, request),
            imprint=look.imprint,
            blocks=blocks or (),
            emotions=emotions,
            brows=brows,
            coaching=_coach(look),
            cpu_ms=stages.total(),
            engine=self.engines.description,
            done=tuple(work),
            left=note_work(look.left, work).to_bytes(),
            thumbnail=thumbnail,
        )

    @staticmethod
    def _thumbnail(look: "_Look", request: FrameRequest, stages: "_Stages") -> bytes:
        if not request.thumbnail_width:
            return b""
        with stages.stage("thumbnail"):
            return encode_thumbnail(look.half, request.thumbnail_width)

    def look_at_head(self, data: bytes) -> HeadReport:
        """How the person in a check-in picture holds the head; ImageError when it cannot be read."""
        return self._head_report(data)[0]

    def look_at_turn(self, data: bytes, references: tuple[Vector, ...]) -> TurnReport:
        """How the head in a check-in picture is turned, and whether the face is that of the references, which
        are there only under consent; ImageError when the picture cannot be read."""
        head_report, look = self._head_report(data)
        faces = self.engines.faces
        report = TurnReport(None, head_report.head, head_report.coaching, engine=faces.description)
        if len(look.count.people) != 1:
            return report
        face = look.count.people[0]
        if not references or not is_comparable(look.count, look.quality, faces.thresholds):
            return replace(report, face=face, likeness=Likeness.CANNOT_SAY if references else None)
        vector = faces.embed(look.frame, face)
        likeness = likeness_of(faces, compare(faces, vector, references))
        return replace(report, face=face, likeness=likeness, vector=vector)

    def enrol(self, data: bytes, with_template: bool = True) -> EnrolmentReport:
        """Judge a reference photo at once; ImageError when it cannot be read."""
        look = self._look(data, _Stages(), FrameRequest(0.0, 0))
        covered = look.camera[0].present
        report = judge_enrolment(
            self.engines.faces, look.frame, look.count, look.quality, covered, with_template=with_template
        )
        face = report.face.scaled(look.scale) if report.face else None
        return replace(report, face=face, width=look.width, height=look.height)

    def compare_document(self, data: bytes, references: tuple[Vector, ...]) -> DocumentReport:
        """Compare the photo of an identity document with a person's vectors; ImageError as for frames."""
        long_side = thresholds.DOCUMENT.long_side
        check_bytes(data, self.limits)
        decoded = decode(data, self.limits, long_side=long_side)
        frame = fit(decoded, long_side)
        faces = self.engines.faces.detect(frame)
        count = count_people(faces, frame.shape[0], self.engines.faces.thresholds)
        report = judge_document(self.engines.faces, frame, count, references)
        return replace(report, width=frame.shape[1], height=frame.shape[0])

    def shrink(self, data: bytes, limits: ImageLimits, long_side: int, most_bytes: int) -> bytes:
        """``data`` as a JPEG of at most ``most_bytes``; b"" if it cannot be. Raises ImageError."""
        frame = fit(decode(data, limits, long_side), long_side)
        for side in (long_side, long_side // 2):
            small = encode_jpeg(fit(frame, side), 70)
            if len(small) <= most_bytes:
                return small
        return b""

    def compare(self, a: Vector, b: Vector) -> Likeness:
        """What two templates of these engines say about being one person's."""
        return likeness_of(self.engines.faces, self.engines.faces.similarity(a, b))

    def _head_report(self, data: bytes) -> tuple[HeadReport, _Look]:
        stages = _Stages()
        look = self._look(data, stages, FrameRequest(0.0, 0))
        clear = not BAD_FOR_HEADS.intersection(look.quality.reasons)
        head = self._head(look, stages) if clear else None
        return HeadReport(head, len(look.count.people), _coach(look)), look

    def _wanted(self, request: FrameRequest, moved: frozenset[Work]) -> list[Work]:
        """The dear work that this frame asks for and that can be done here, most pressing first."""
        engines = self.engines
        able = {
            Work.IDENTITY: bool(request.references),
            Work.HEAD: engines.head is not None,
            Work.THINGS: engines.things is not None,
            Work.TEXT: engines.text is not None,
        }
        asked = [*request.due, *(each for each in Work if each in moved & request.if_moved)]
        return [each for each in dict.fromkeys(asked) if able[each] and KINDS_OF[each] & request.detectors]

    def _look(self, data: bytes, stages: _Stages, request: FrameRequest) -> _Look:
        """Decode once, shrink to the working size, find faces, measure light."""
        with stages.stage("decode"):
            header = check_bytes(data, self.limits)
            decoded = decode(data, self.limits, long_side=thresholds.WORKING.long_side)
            frame = fit(decoded, thresholds.WORKING.long_side)
        scale = max(header.width, header.height) / max(frame.shape[:2])
        last = LastLook.from_bytes(request.last_look)
        with stages.stage("motion"):
            half = halve(frame)
            motion = measure_motion(frame.shape[:2], half, last, request.captured_at)
            if Work.IDENTITY in self._wanted(request, motion.moved):
                # [D] compared with landmarks of a whole look the pairs have AUC .999, with others .994
                motion = replace(motion, is_calm=False)
        with stages.stage("faces"):
            count, left = find_people(self.engines.faces, frame, last, motion, request.captured_at)
        with stages.stage("quality"):
            light = measure_light(half)
            main = count.main
            face_light = measure_face_light(frame, main) if main else None
            quality = judge_frame(light, face_light, main.h if main else None, header.coarseness)
        # EXIF may have turned the picture since the header was read.
        turned = (decoded.shape[1] > decoded.shape[0]) != (header.width > header.height)
        width, height = (header.height, header.width) if turned else (header.width, header.height)
        camera = observe_camera(light, has_face=main is not None)
        is_whole = left.whole_at == request.captured_at
        return _Look(
            frame, half, width, height, scale, quality, count, camera, imprint_of(data, half), left, is_whole
        )

    def _head(self, look: _Look, stages: _Stages) -> Head | None:
        """The head of the main face; None without an engine, a face, or points that fit."""
        main = look.count.main
        if self.engines.head is None or main is None:
            return None
        with stages.stage("head"):
            return self.engines.head.look(look.frame, main)

    def _text(self, look: _Look, work: tuple[Work, ...], stages: _Stages) -> tuple[TextBlock, ...] | None:
        """Where text is; None where it is not looked for in this frame."""
        if self.engines.text is None or Work.TEXT not in work:
            return None
        with stages.stage("text"):
            return find_blocks(self.engines.text.lines(look.frame), look.count.people, look.frame)

    def _emotions(
        self, look: _Look, head: Head | None, request: FrameRequest, stages: _Stages
    ) -> tuple[Mapping[str, float], float | None]:
        """The shares by name, and the brows of a frame whose head was measured; nothing unless asked for."""
        main = look.count.main
        if not request.reads_emotions or self.engines.emotions is None or not main or not look.quality.usable:
            return {}, None
        with stages.stage("emotions"):
            shares = self.engines.emotions.read(look.frame, main)
            if head is None or self.engines.head is None:
                return shares, None
            return shares, self.engines.head.brows(look.frame, main)

    def _things(
        self, look: _Look, work: tuple[Work, ...], request: FrameRequest, stages: _Stages
    ) -> ThingsSeen:
        """Things and other people's bodies, where they are looked for in this frame."""
        if self.engines.things is None or Work.THINGS not in work:
            return ThingsSeen()
        with stages.stage("things"):
            return find_and_observe(
                self.engines.things,
                look.frame,
                look.quality,
                look.count.main,
                request.detectors,
                may_settle=may_settle_things(work),
            )

    def _observe_head(self, look: _Look, head: Head | None, request: FrameRequest) -> list[Observation]:
        main = look.count.main
        if self.engines.head is None or main is None:
            return []
        return observe_head(head, main, look.quality, request.baseline, request.mouth, request.first_yaw)

    def _identity(self, look: _Look, request: FrameRequest) -> Observation:
        if not is_comparable(look.count, look.quality, self.engines.faces.thresholds):
            return could_not_compare()
        face = look.count.people[0]
        references = (*(request.references or ()), *fitting_sides(face, request.sides))
        return observe_identity(self.engines.faces, look.frame, face, references)


def _bodies(things: ThingsSeen, look: _Look, request: FrameRequest) -> tuple[Body, ...]:
    """Other people's bodies in pixels of the upload, with how much they have stirred since the last frame."""
    last = LastLook.from_bytes(request.last_look)
    if last is None or (last.width, last.height) != look.frame.shape[1::-1]:
        return tuple(each.scaled(look.scale) for each in things.bodies)
    return tuple(
        replace(each, stir=stir_of(last, look.left.grey, each)).scaled(look.scale) for each in things.bodies
    )


def _coach(look: _Look) -> tuple[str, ...]:
    """Codes for the candidate: the cause first; a covered camera explains everything else."""
    if look.camera[0].present:
        blurred = "note" in look.camera[0].measurements
        return ((Coaching.BLURRED if blurred else Coaching.CAMERA_COVERED).value,)
    codes = [reason.value for reason in look.quality.reasons]
    if not look.count.people and look.quality.usable:
        codes.append(Coaching.NO_FACE.value)
    if len(look.count.people) > 1:
        codes.append(Coaching.SEVERAL_FACES.value)
    return tuple(codes)
