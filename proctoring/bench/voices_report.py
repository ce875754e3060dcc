"""The figures on voices, as lines to read and as flat numbers for a file."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from proctoring.audio.exchange import Span
from proctoring.audio.speech import shared_seconds
from proctoring.bench.voices import Heard, VoiceFigures

MARGIN = 1.3
"""Share of a core left free, as for frames."""


def flat_figures(figures: VoiceFigures) -> dict[str, float]:
    """Flat keys; a share of nothing is 0."""
    heard = figures.heard
    right = [each for each in heard if each.is_flagged and each.clip.people > 1]
    flagged = sum(each.is_flagged for each in heard)
    several = sum(each.clip.people > 1 for each in heard)
    precision, recall = _share(len(right), flagged), _share(len(right), several)
    shared = sum(shared_seconds(each.truth, each.found) for each in right)
    cost = _share(sum(each.cpu_s for each in heard), sum(each.seconds for each in heard)) * 60
    return {
        "clips": len(heard),
        "minutes": round(sum(each.seconds for each in heard) / 60, 2),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(_share(2 * precision * recall, precision + recall), 4),
        "count_exact": round(_share(sum(each.people == each.clip.people for each in heard), len(heard)), 4),
        "span_precision": round(_share(shared, sum(_seconds(each.found) for each in right)), 4),
        "span_recall": round(_share(shared, sum(_seconds(each.truth) for each in right)), 4),
        "single_plain_false": sum(each.is_flagged for each in heard if each.clip.kind == "single_plain"),
        "cpu_s_per_minute": round(cost, 3),
        "candidates_per_core": round(_share(60, cost * MARGIN)),
        "rss_mb": round(figures.footprint.rss_mb, 1),
        "load_s": round(figures.footprint.load_s, 6),
        "load_cpu_s": round(figures.footprint.load_cpu_s, 2),
        "enrolled_same_least": round(min(figures.genuine, default=0.0), 3),
        "enrolled_other_most": round(max(figures.impostors, default=0.0), 3),
    }


def lines_to_read(figures: VoiceFigures) -> list[str]:
    """The tables: confusion, by kind of clip, by bit rate, enrolled voices, cost."""
    flat, heard = flat_figures(figures), figures.heard
    table = [
        [sum(1 for e in heard if (e.clip.people > 1, e.is_flagged) == (a, b)) for b in (True, False)]
        for a in (True, False)
    ]
    return [
        f"{figures.engine}: {len(heard)} clips, {flat['minutes']} minutes",
        f"several voices: {table[0][0]} found, {table[0][1]} missed; "
        f"one or none: {table[1][0]} flagged, {table[1][1]} not",
        f"precision {flat['precision']:.3f}  recall {flat['recall']:.3f}  F1 {flat['f1']:.3f}  "
        f"count exact {flat['count_exact']:.3f}",
        f"where the others spoke: precision {flat['span_precision']:.3f}, recall {flat['span_recall']:.3f}",
        "right by kind of clip:",
        *_by(heard, lambda each: each.clip.kind),
        "right by bits a second:",
        *_by(heard, lambda each: str(each.clip.bit_rate)),
        *[
            f"  wrong: {each.clip.path.name}, {each.clip.people} speak, {each.people} heard"
            for each in heard
            if _is_wrong(each)
        ],
        f"enrolled voices: {len(figures.genuine)} true pairs at least {flat['enrolled_same_least']}, "
        f"{len(figures.impostors)} false ones at most {flat['enrolled_other_most']}",
        f"{flat['cpu_s_per_minute']} CPU s for a minute on one thread: "
        f"{flat['candidates_per_core']} candidates on a core; "
        f"{flat['rss_mb']} MB, ready in {flat['load_s']:.2f} s",
        "replaced way: counting the speakers that Deepgram names needs its service, and is not measured here",
    ]


def _by(heard: Iterable[Heard], key: Callable[[Heard], str]) -> list[str]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for each in heard:
        groups[key(each)].append(not _is_wrong(each))
    return [f"  {name:16} {sum(right)} of {len(right)}" for name, right in sorted(groups.items())]


def _is_wrong(heard: Heard) -> bool:
    return heard.is_flagged != (heard.clip.people > 1)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _seconds(spans: tuple[Span, ...]) -> float:
    return sum(end - start for start, end in spans)
