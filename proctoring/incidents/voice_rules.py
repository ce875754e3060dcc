"""When what is heard in recordings becomes an incident, goes on, and is over.

Pure: state and what was heard in, new state and findings out. Recordings may come late and out of order.
The numbers are in `rule_table` (there "frames" are recordings), their reasons in decision 0096.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any

from proctoring.audio.exchange import Span
from proctoring.incidents.decisions import (
    Decision,
    EndIncident,
    ExtendIncident,
    OpenIncident,
    RepeatIncident,
)
from proctoring.incidents.explanations import explain
from proctoring.incidents.heard_clips import HeardClip
from proctoring.incidents.rule_state import Spell
from proctoring.incidents.rule_table import Rule
from proctoring.incidents.sightings import Sighting, sighting_of
from proctoring.observations import ObservationKind, Severity

_MOST_VOICES = 4
_MOST_PENDING = 50
_OVERLAP = (
    "Two people were heard at once for {overlap_s} s in a clip of {clip_seconds} s ({span}), "
    "confidence {confidence}"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A decision and where in the recording it shows; no spans: there is nothing to listen to."""

    decision: Decision
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class KindMemory:
    """`pending`: (begin, seconds) of sightings in a row that are no incident yet. `voices`: numbers of the
    other voices of the spell (`known_voices`)."""

    spell: Spell | None = None
    pending: tuple[tuple[float, float], ...] = ()
    voices: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class VoiceState:
    """Everything `judge` must know of the recordings before this one."""

    kinds: Mapping[ObservationKind, KindMemory] = field(default_factory=dict)

    def open_kinds(self) -> tuple[ObservationKind, ...]:
        """Kinds with an incident open now."""
        return tuple(kind for kind, each in self.kinds.items() if each.spell and each.spell.is_open)

    def closed(self) -> "VoiceState":
        """The same with nothing open or pending, and no voice known again: the session has ended."""
        kinds = {}
        for kind, each in self.kinds.items():
            spell = each.spell
            if spell is not None and spell.is_open:
                spell = replace(spell, ended_at=spell.last_seen_at)
            kinds[kind] = KindMemory(spell)
        return VoiceState(kinds)

    def to_data(self) -> dict[str, Any]:
        """Plain values for the cache."""
        return {
            kind.value: [each.spell.to_json() if each.spell else None, each.pending, each.voices]
            for kind, each in self.kinds.items()
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "VoiceState":
        """Inverse of :meth:`to_data`."""
        kinds = {}
        for kind, (spell, pending, voices) in data.items():
            kinds[ObservationKind(kind)] = KindMemory(
                Spell.from_json(spell) if spell else None,
                tuple((float(at), float(seconds)) for at, seconds in pending),
                tuple(int(voice) for voice in voices),
            )
        return cls(kinds)


def judge(
    state: VoiceState,
    clip: HeardClip,
    rules: Mapping[ObservationKind, Rule],
    muted: frozenset[ObservationKind] = frozenset(),
    zone: tzinfo = UTC,
) -> tuple[VoiceState, list[Finding]]:
    """The state after one recording and what it decides. `zone`: in which times of day are told.

    A recording that cannot say changes nothing; one older than the last sighting ends nothing.
    """
    kinds = dict(state.kinds)
    findings: list[Finding] = []
    for kind, rule in rules.items():
        memory = kinds.get(kind, KindMemory())
        seen = clip.observation(kind)
        if kind in muted:
            kinds[kind], made = _end(rule, memory, "muted")
        elif seen is None or not seen.informative:
            continue
        elif seen.present:
            kinds[kind], made = _take(rule, memory, sighting_of(rule, seen, clip, zone))
        else:
            kinds[kind], made = _clear(rule, memory, clip)
        findings += made
    return VoiceState(kinds), findings


def _take(rule: Rule, memory: KindMemory, sighting: Sighting) -> tuple[KindMemory, list[Finding]]:
    spell = memory.spell
    if spell is not None and spell.is_open:
        grown = _grown(spell, sighting)
        memory = replace(memory, spell=grown, voices=_voices(memory, sighting))
        return memory, [Finding(_extend(rule, grown, sighting), sighting.spans)]
    pending = _pending(rule, memory.pending, sighting)
    memory = replace(memory, pending=pending)
    if not _is_enough(rule, pending):
        return memory, []
    return _open(rule, memory, sighting)


def _pending(
    rule: Rule, pending: tuple[tuple[float, float], ...], sighting: Sighting
) -> tuple[tuple[float, float], ...]:
    """Sightings with this one, as far as they have to do with it, in order of time."""
    near = [each for each in pending if abs(sighting.begin - each[0]) <= rule.gap_seconds]
    return tuple(sorted([*near, (sighting.begin, sighting.seconds)])[-_MOST_PENDING:])


def _is_enough(rule: Rule, pending: tuple[tuple[float, float], ...]) -> bool:
    if len(pending) < rule.min_frames:
        return False
    if rule.kind is ObservationKind.ANOTHER_VOICE:
        return True  # a weak one is told for review
    if rule.kind is ObservationKind.MICROPHONE_SILENT:
        return sum(seconds for _, seconds in pending) >= rule.persist_seconds
    return pending[-1][1] >= rule.persist_seconds


def _open(rule: Rule, memory: KindMemory, sighting: Sighting) -> tuple[KindMemory, list[Finding]]:
    count, seconds = len(memory.pending), sum(each for _, each in memory.pending)
    begin = min(sighting.begin, *(at for at, _ in memory.pending)) if count > 1 else sighting.begin
    last = memory.spell
    if last is not None and _is_same(rule, memory, last, sighting):
        spell = replace(_grown(last, sighting), repeats=last.repeats + 1, ended_at=None, clear_looks=0)
        decision: Decision = RepeatIncident(
            rule.kind, _graver(rule, spell, sighting), spell.confidence, begin, spell.last_seen_at,
            spell.count, spell.repeats, False, _words(rule, spell), _plain(spell),
        )  # fmt: skip
        voices = _voices(memory, sighting)
    else:
        spell = Spell(
            started_at=begin,
            last_seen_at=sighting.end,
            looks=count,
            count=count,
            seconds=seconds,
            confidence=sighting.seen.confidence,
            measurements={**sighting.measurements, "severity": sighting.severity.value},
        )
        decision = OpenIncident(
            rule.kind, sighting.severity, spell.confidence, begin, sighting.end, count, _words(rule, spell),
            _plain(spell),
        )  # fmt: skip
        voices = _voices(KindMemory(), sighting)
    return KindMemory(spell, (), voices), [Finding(decision, sighting.spans)]


def _is_same(rule: Rule, memory: KindMemory, last: Spell, sighting: Sighting) -> bool:
    """Within the cool-down, or the same other voice as before however late."""
    if abs(sighting.begin - last.last_seen_at) <= rule.cooldown_seconds:
        return True
    return bool({*sighting.voices} & {*memory.voices})


def _grown(spell: Spell, sighting: Sighting) -> Spell:
    """The spell with one more recording; its numbers are those of the clearest one."""
    before = Severity(str(spell.measurements["severity"]))
    is_clearer = (sighting.severity.rank, sighting.seen.confidence) >= (before.rank, spell.confidence)
    numbers = dict(sighting.measurements if is_clearer else spell.measurements)
    numbers["severity"] = max(before, sighting.severity, key=lambda each: each.rank).value
    return replace(
        spell,
        last_seen_at=max(spell.last_seen_at, sighting.end),
        looks=spell.looks + 1,
        count=spell.count + 1,
        seconds=spell.seconds + sighting.seconds,
        confidence=max(spell.confidence, sighting.seen.confidence),
        measurements=numbers,
        clear_looks=0,
    )


def _extend(rule: Rule, spell: Spell, sighting: Sighting) -> ExtendIncident:
    return ExtendIncident(
        rule.kind, _graver(rule, spell, sighting), spell.confidence, spell.last_seen_at, spell.count,
        _words(rule, spell), _plain(spell),
    )  # fmt: skip


def _graver(rule: Rule, spell: Spell, sighting: Sighting) -> Severity:
    """The severity so far; a policy that was made milder meanwhile holds from now on."""
    before = Severity(str(spell.measurements["severity"]))
    worst = max(before, sighting.severity, key=lambda each: each.rank)
    return min(
        worst, max(rule.severity, Severity.INFO, key=lambda each: each.rank), key=lambda each: each.rank
    )


def _clear(rule: Rule, memory: KindMemory, clip: HeardClip) -> tuple[KindMemory, list[Finding]]:
    """A recording without it: what was pending is nothing, and an open spell may be over."""
    spell = memory.spell
    memory = replace(memory, pending=tuple(each for each in memory.pending if each[0] > clip.at))
    if spell is None or not spell.is_open or clip.at < spell.last_seen_at - clip.seconds:
        return memory, []
    spell = replace(spell, clear_looks=spell.clear_looks + 1)
    memory = replace(memory, spell=spell)
    return _end(rule, memory, "clear") if spell.clear_looks >= rule.clear_frames else (memory, [])


def _end(rule: Rule, memory: KindMemory, reason: str) -> tuple[KindMemory, list[Finding]]:
    spell = memory.spell
    if spell is None or not spell.is_open:
        return replace(memory, pending=()), []
    spell = replace(spell, ended_at=spell.last_seen_at, clear_looks=0)
    decision = EndIncident(
        rule.kind, spell.confidence, spell.last_seen_at, spell.count, spell.repeats, reason,
        _words(rule, spell), _plain(spell),
    )  # fmt: skip
    return replace(memory, spell=spell, pending=()), [Finding(decision)]


def _words(rule: Rule, spell: Spell) -> str:
    """Of the clearest recording, in numbers that people can check by listening."""
    numbers = spell.measurements
    template = rule.template
    if rule.kind is ObservationKind.ANOTHER_VOICE and not float(numbers.get("second_seconds", 0) or 0):
        template = _OVERLAP
    shown = {**numbers, "loudness": _loudness(numbers.get("second_level_db"))}
    text = explain(template, replace(spell, measurements=shown, repeats=0))
    if numbers.get("severity") == Severity.INFO and rule.kind is ObservationKind.ANOTHER_VOICE:
        text += "; so short that it may be a mistake: for review"
    if spell.count > 1 and rule.kind is not ObservationKind.MICROPHONE_SILENT:
        text += f"; heard in {spell.count} recordings"
    if spell.repeats:
        text += f"; came back {spell.repeats} {'time' if spell.repeats == 1 else 'times'}"
    return text


def _loudness(level: Any) -> str:
    if not isinstance(level, int | float):
        return ""
    if abs(level) < 1:
        return ", as loud as the first"
    return f", {abs(level):.0f} dB {'quieter' if level < 0 else 'louder'} than the first"


def _plain(spell: Spell) -> dict[str, Any]:
    return {name: value for name, value in spell.measurements.items() if name != "severity"}


def _voices(memory: KindMemory, sighting: Sighting) -> tuple[int, ...]:
    """The voices of the spell and those of this recording that are not among them."""
    return tuple(dict.fromkeys([*memory.voices, *sighting.voices]))[:_MOST_VOICES]
