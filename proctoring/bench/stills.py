"""Looks at every labelled picture as at a single frame, with our pipeline and with the replaced one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from proctoring.bench import films, replaced
from proctoring.bench.dataset import Picture
from proctoring.bench.scores import Hits, count_hits, share
from proctoring.observations import FrameReport, QualityReason
from proctoring.observations import ObservationKind as Kind
from proctoring.vision.exchange import KINDS_OF, FrameRequest, Work
from proctoring.vision.pipeline import Pipeline

BLOCKED = {Kind.CAMERA_COVERED: "covered", Kind.CAMERA_DARK: "dark"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture and what was said about it. ``replaced_faces``: None when the replaced one was left out."""

    picture: Picture
    report: FrameReport
    replaced_faces: int | None

    @property
    def faces(self) -> int:
        """Number of faces we found."""
        return len(self.report.faces)

    @property
    def camera_state(self) -> str:
        """What we say of the camera, in the labels' words."""
        for kind, state in BLOCKED.items():
            if self.says(kind):
                return state
        if self.report.quality.usable:
            return "ok"
        return "blurred" if QualityReason.BLURRED in self.report.quality.reasons else "dark"

    def says(self, *kinds: Kind) -> bool:
        """True when any of the kinds is said to be there."""
        return any(each.kind in kinds and each.present for each in self.report.observations)


def look_at_all(pipeline: Pipeline, pictures: Sequence[Picture], with_replaced: bool) -> list[Seen]:
    """Every picture, each on its own: nothing of the one before is known, and there is no baseline."""
    seen = []
    for number, picture in enumerate(pictures):
        data, frame = films.read_picture(picture.path)
        report = _look_for_all(pipeline, data, number)
        theirs = replaced.count_faces(replaced.encode_request(frame)) if with_replaced else None
        seen.append(Seen(picture, report, theirs))
    return seen


def _look_for_all(pipeline: Pipeline, data: bytes, number: int) -> FrameReport:
    """One report with all kinds: a single frame has no room for all the dear work (``vision.budget``)."""
    report = pipeline.analyse(data, FrameRequest(float(number), number, due=(Work.HEAD,)))
    for work in (Work.THINGS, Work.TEXT):
        more = pipeline.analyse(data, FrameRequest(float(number), number, due=(work,)))
        found = tuple(each for each in more.observations if each.kind in KINDS_OF[work])
        report = replace(report, observations=(*report.observations, *found))
    return report


@dataclass(frozen=True, slots=True)
class Counts:
    """How well faces are counted on some pictures whose number is certain."""

    pictures: int
    exact: float | None
    none: Hits
    one: Hits
    many: Hits


def judge_counts(seen: Iterable[Seen], found: Callable[[Seen], int]) -> Counts:
    """Counts of the pictures whose number of faces is certain; ``found``: ours or the replaced one's."""
    pairs = [(each.picture.faces, found(each)) for each in seen if each.picture.tolerance == 0]

    def hits(holds: Callable[[int], bool]) -> Hits:
        return count_hits((holds(truth), holds(said)) for truth, said in pairs)

    return Counts(
        len(pairs),
        share(truth == said for truth, said in pairs),
        none=hits(lambda count: count == 0),
        one=hits(lambda count: count == 1),
        many=hits(lambda count: count > 1),
    )


def judge_camera(seen: Iterable[Seen]) -> Hits:
    """Hits of "the camera shows nothing that can be judged": dark, covered or blurred."""
    return count_hits((each.picture.camera_state != "ok", each.camera_state != "ok") for each in seen)


def judge_away(seen: Iterable[Seen]) -> Hits:
    """Hits of "turned away" on pictures with a labelled direction and a face that was found."""
    return count_hits(
        (each.picture.yaw != "frontal", each.says(Kind.LOOKING_AWAY)) for each in seen if each.picture.yaw
    )


def judge_phones(seen: Iterable[Seen]) -> Hits:
    """Hits of phones on all pictures."""
    return count_hits(("cell_phone" in each.picture.objects, each.says(Kind.PHONE)) for each in seen)


def judge_laptops_and_books(seen: Iterable[Seen]) -> Hits:
    """Hits of laptops and books. A picture whose only label of that sort is another screen is left out:
    finding that is right, and is not what is asked here."""
    wanted = {"laptop", "book"}
    return count_hits(
        (bool(wanted & each.picture.objects), each.says(Kind.BOOK, Kind.SECOND_SCREEN))
        for each in seen
        if wanted & each.picture.objects or "second_monitor" not in each.picture.objects
    )
