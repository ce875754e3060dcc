"""The figures of a run: flat JSON with stable keys, and a text for people."""

from collections.abc import Callable, Iterator

from proctoring.bench import stills
from proctoring.bench.dataset import YAWS
from proctoring.bench.identity import Identity
from proctoring.bench.measure import IdentityFigures, Results
from proctoring.bench.scores import Hits
from proctoring.bench.stills import Counts, Seen
from proctoring.bench.turns import LEARN_S
from proctoring.observations import ObservationKind as Kind

KEYS = (
    *("face_count_exact", "none_precision", "none_recall", "many_precision", "many_recall"),
    *("identity_tpr", "identity_fpr", "identity_auc", "away_precision", "away_recall"),
    *("phone_precision", "phone_recall", "laptop_book_precision", "laptop_book_recall"),
    *("camera_precision", "camera_recall", "clips_expected", "clips_found", "clips_false"),
    *("cpu_ms_policy", "cpu_ms_faces", "replaced_cpu_ms_faces"),
    *("replaced_face_count_exact", "replaced_many_recall", "rss_mb"),
)
"""The keys of the JSON, for good: others may read it."""
_PLACES = {"cpu": 2, "rss": 1}

Figures = dict[str, float | int | None]
GROUPS: dict[str, Callable[[Seen], bool]] = {
    "all": lambda each: True,
    "good light": lambda each: not each.picture.has_poor_light,
    "poor light": lambda each: each.picture.has_poor_light,
    "dark or brown skin noted": lambda each: each.picture.has_dark_skin,
    "no skin tone noted": lambda each: not each.picture.has_dark_skin,
    "photographs": lambda each: not each.picture.is_altered,
    "composed or altered": lambda each: each.picture.is_altered,
}


def figures_of(results: Results) -> Figures:
    """The figures by key, rounded; None for a detector that is not there, or a part that was left out."""
    ours, theirs = stills.judge_counts(results.seen, lambda each: each.faces), replaced_counts(results.seen)
    away = stills.judge_away(results.seen) if results.choice.head else None
    phone = stills.judge_phones(results.seen) if results.choice.things else None
    laptop = stills.judge_laptops_and_books(results.seen) if results.choice.things else None
    camera = stills.judge_camera(results.seen)
    identity = results.identity.all
    found: Figures = {
        "face_count_exact": ours.exact,
        **_both("none", ours.none),
        **_both("many", ours.many),
        "identity_tpr": identity.accepted,
        "identity_fpr": identity.false_accepted,
        "identity_auc": identity.area,
        **_both("away", away),
        **_both("phone", phone),
        **_both("laptop_book", laptop),
        **_both("camera", camera),
        "clips_expected": sum(len(each.clip.expected) for each in results.clips),
        "clips_found": sum(len(each.found) for each in results.clips),
        "clips_false": sum(len(each.false) for each in results.clips),
        "cpu_ms_policy": results.policy.mean,
        "cpu_ms_faces": results.counting_ms,
        "replaced_cpu_ms_faces": results.replaced_counting_ms,
        "replaced_face_count_exact": theirs.exact if theirs else None,
        "replaced_many_recall": theirs.many.recall if theirs else None,
        "rss_mb": results.footprint.rss_mb,
    }
    return {key: _rounded(key, found[key]) for key in KEYS}


def replaced_counts(seen: list[Seen]) -> Counts | None:
    """Counts of the replaced pipeline; None when it was left out."""
    if any(each.replaced_faces is None for each in seen):
        return None
    return stills.judge_counts(seen, lambda each: each.replaced_faces or 0)


def missing_of(results: Results) -> list[str]:
    """Sentences about what was not measured, and why."""
    said = []
    for engine, path, keys in (
        ("head", results.choice.head, "away_precision and away_recall are"),
        ("things", results.choice.things, "phone_* and laptop_book_* are"),
    ):
        if not path:
            said.append(f"No engine for {engine} is set: {keys} null.")
    if replaced_counts(results.seen) is None:
        said.append("The replaced pipeline was left out: replaced_* are null.")
    return said


def lines_of(results: Results) -> Iterator[str]:
    """The text, line by line."""
    yield f"engines: {results.engines}"
    yield from _count_lines(results.seen)
    yield from _identity_lines(results)
    yield from _still_lines(results)
    yield from _clip_lines(results)
    yield from _cost_lines(results)
    yield from ("", *missing_of(results))


def _count_lines(seen: list[Seen]) -> Iterator[str]:
    yield "\nFace counts where the number is certain: exact; precision/recall of none, one, more than one"
    for name, belongs in GROUPS.items():
        group = [each for each in seen if belongs(each)]
        ours = stills.judge_counts(group, lambda each: each.faces)
        if ours.pictures:
            yield f"  {name:<26}{ours.pictures:4}  ours      {_counts(ours)}"
        theirs = replaced_counts(group)
        if theirs and theirs.pictures:
            yield f"  {'':<30}  replaced  {_counts(theirs)}"
    for each in seen:
        if each.picture.tolerance == 0 and each.faces != each.picture.faces:
            found = f"has {each.picture.faces}, found {each.faces}"
            yield f"  wrong: {each.picture.file} {found} ({each.picture.notes})"


def _counts(counts: Counts) -> str:
    return f"{_share(counts.exact)}  {_hits(counts.none)}  {_hits(counts.one)}  {_hits(counts.many)}"


def _identity_lines(results: Results) -> Iterator[str]:
    yield "\nIdentity: area under the curve; at the thresholds: accepted, falsely accepted, falsely accused"
    for figures in (results.identity, results.replaced_identity):
        if figures is not None:
            yield from _engine_lines(figures)


def _engine_lines(figures: IdentityFigures) -> Iterator[str]:
    for name, each in {"all": figures.all, **figures.by_kind}.items():
        yield f"  {figures.label:<14}{name:<22}{_identity(each)}"


def _identity(each: Identity) -> str:
    return (
        f"{_share(each.area)}  {_share(each.accepted)}  {_share(each.false_accepted)}  "
        f"{_share(each.accused)}  "
        f"({each.same} same, {each.different} different, {each.missing} without a face)"
    )


def _still_lines(results: Results) -> Iterator[str]:
    seen = results.seen
    yield "\nSingle pictures: precision/recall"
    if results.choice.head:
        yield f"  looking away       {_hits(stills.judge_away(seen))}  (without a baseline)"
        for yaw in filter(None, YAWS):
            given = [each for each in seen if each.picture.yaw == yaw]
            said = sum(each.says(Kind.LOOKING_AWAY) for each in given)
            yield f"    {yaw:<10}{said:4} of {len(given):3} said to look away"
    if results.choice.things:
        yield f"  phone              {_hits(stills.judge_phones(seen))}"
        yield f"  laptop or book     {_hits(stills.judge_laptops_and_books(seen))}"
    yield f"  camera blocked     {_hits(stills.judge_camera(seen))}"
    for state in ("ok", "dark", "covered", "blurred"):
        read = [each.camera_state for each in seen if each.picture.camera_state == state]
        counted = ", ".join(f"{read.count(name)} {name}" for name in dict.fromkeys(read))
        yield f"    {state:<10}read as {counted}"


def _clip_lines(results: Results) -> Iterator[str]:
    yield "\nClips at one frame a second, default policy"
    for each in results.clips:
        wanted = "; ".join(f"{one.name} {one.start:g}-{one.end:g}" for one in each.clip.expected) or "none"
        yield f"  {each.clip.file}: expected {wanted}; {len(each.found)} of {len(each.clip.expected)} found"
        for flag in each.flags:
            note = "  FALSE" if flag in each.false else ""
            yield f"    {flag.opened_at:4.0f} s  {flag.kind.value}: {flag.text}{note}"
    if results.turns is not None:
        turns = results.turns
        yield f"  single looks at heads, looking away ({turns.looks} looks after the first {LEARN_S:g} s):"
        yield f"    with a baseline of those {_hits(turns.with_baseline)}"
        yield f"    with those as first looks {_hits(turns.with_first_looks)}"


def _cost_lines(results: Results) -> Iterator[str]:
    policy, needs = results.policy, results.footprint
    stages = ", ".join(f"{name} {ms:.2f}" for name, ms in sorted(policy.stages.items(), key=lambda s: -s[1]))
    yield "\nCost: CPU milliseconds of one thread"
    yield f"  default policy on {policy.clip}, {policy.frames} frames at one a second:"
    yield f"  mean {policy.mean:.2f}, worst {policy.worst:.2f}"
    worst = max(results.clips, key=lambda played: played.worst_ms)
    yield f"  worst frame of all clips, once through each: {worst.worst_ms:.2f} ({worst.clip.file})"
    yield f"  by stage, mean over all frames: {stages}"
    theirs = f"; replaced {results.replaced_counting_ms:.2f}" if results.replaced_counting_ms else ""
    yield f"  counting faces: ours {results.counting_ms:.2f}{theirs}"
    yield (
        f"  {results.frames_per_second:.1f} frames a second on {results.workers} processes "
        "(wall time; what else this machine does counts)"
    )
    yield (
        f"  one process: {needs.rss_mb:.0f} MB; models ready after {needs.load_cpu_s:.2f} s of CPU, "
        f"{needs.load_s:.2f} s of wall time"
    )


def _both(name: str, hits: Hits | None) -> Figures:
    return {
        f"{name}_precision": hits.precision if hits else None,
        f"{name}_recall": hits.recall if hits else None,
    }


def _rounded(key: str, value: float | int | None) -> float | int | None:
    return (
        round(value, _PLACES.get(key.removeprefix("replaced_").split("_")[0], 4))
        if value is not None
        else None
    )


def _hits(hits: Hits) -> str:
    return f"{_share(hits.precision)}/{_share(hits.recall)}"


def _share(value: float | None) -> str:
    return "  -  " if value is None else f"{value:.3f}"
