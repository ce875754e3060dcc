"""All measurements on one folder of labelled data, one after the other, in one run."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from proctoring.analysis.worker import make_pipeline
from proctoring.bench import cost, films, stills
from proctoring.bench.clips import Played, play
from proctoring.bench.cost import PolicyCost
from proctoring.bench.dataset import Data, DataError
from proctoring.bench.footprint import Footprint, footprint
from proctoring.bench.identity import Compared, Identity, compare_all, judge_pairs
from proctoring.bench.stills import Seen
from proctoring.bench.turns import Turns, judge_turns
from proctoring.vision.engines.base import FaceEngine
from proctoring.vision.engines.dlib_faces import DlibFaces
from proctoring.vision.exchange import EngineChoice


@dataclass(frozen=True, slots=True)
class IdentityFigures:
    """Identity over all pairs and by kind of pair. ``label``: name of the engine."""

    label: str
    all: Identity
    by_kind: dict[str, Identity]


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that was measured. What starts with ``replaced`` is None when that was left out.

    ``frames_per_second``: the default policy on ``workers`` processes.
    """

    choice: EngineChoice
    engines: str
    seen: list[Seen]
    identity: IdentityFigures
    replaced_identity: IdentityFigures | None
    clips: list[Played]
    turns: Turns | None
    policy: PolicyCost
    counting_ms: float
    replaced_counting_ms: float | None
    frames_per_second: float
    workers: int
    footprint: Footprint


def measure(data: Data, choice: EngineChoice, *, with_replaced: bool, say: Callable[[str], None]) -> Results:
    """Measures everything; ``say`` is told before each part. DataError when ``data`` lacks a part."""
    quiet = next((clip for clip in data.clips if clip.is_quiet), None)
    if not data.pictures or not data.pairs or quiet is None:
        raise DataError("there must be at least one picture, one pair, and a clip that expects none")
    say("engines")
    needs = footprint(choice)
    pipeline = make_pipeline(choice)
    # The product's limits are about frames; labelled pictures are photographs of any size.
    pipeline.limits = films.ANY_SIZE
    say(f"{len(data.pictures)} pictures")
    seen = stills.look_at_all(pipeline, data.pictures, with_replaced)
    say(f"{len(data.pairs)} pairs")
    ours = _identity(pipeline.engines.faces, data)
    theirs = _identity(DlibFaces(), data) if with_replaced else None
    say(f"{len(data.clips)} clips")
    played = [play(pipeline, clip) for clip in data.clips]
    turns = judge_turns(pipeline, data.clips) if choice.head else None
    say("CPU time")
    frames = cost.sample_frames(data.clips)
    workers = os.cpu_count() or 1
    return Results(
        choice,
        pipeline.engines.description,
        seen,
        ours,
        theirs,
        played,
        turns,
        cost.cost_of_policy(pipeline, quiet),
        cost.cost_of_counting(pipeline, frames),
        cost.replaced_cost_of_counting(frames) if with_replaced else None,
        cost.frames_per_second(choice, workers, cost.quiet_frames(quiet)),
        workers,
        needs,
    )


def _identity(engine: FaceEngine, data: Data) -> IdentityFigures:
    compared = compare_all(engine, data.pairs, {each.file: each for each in data.pictures})
    kinds = sorted({each.pair.kind for each in compared})

    def of_kind(kind: str) -> list[Compared]:
        return [each for each in compared if each.pair.kind == kind]

    return IdentityFigures(
        engine.name,
        judge_pairs(compared, engine),
        {kind: judge_pairs(of_kind(kind), engine) for kind in kinds},
    )
