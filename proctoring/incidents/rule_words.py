"""What a time rule says, in a sentence that people who set it can check."""

from proctoring.incidents.rule_table import Rule
from proctoring.observations import SOUND_KINDS, ObservationKind


def rule_in_words(rule: Rule) -> str:
    """When the rule opens an incident, when it ends, and what counts as the same one."""
    if rule.kind in SOUND_KINDS:
        return _sound_in_words(rule)
    seen = "all of them" if rule.share == 1 else f"{percent(rule.share)} % of them"
    opens = _both(rule.min_frames, rule.persist_seconds)
    return (
        f"Opens an incident of severity {rule.severity.value} after {opens}, when {seen} show it. "
        f"Ends after {_both(rule.clear_frames, rule.clear_seconds)} without it. "
        f"Seen again within {number(rule.merge_seconds)} s, the same incident goes on; within "
        f"{number(rule.cooldown_seconds)} s it counts as a repeat; later it is a new incident. "
        f"After {number(rule.gap_seconds)} s without a look, counting starts again."
    )


def short_words(rule: Rule) -> str:
    """The part that matters most: severity, and what is needed to open."""
    if rule.kind in SOUND_KINDS:
        return f"{rule.severity.value}, after {_recordings(rule)}"
    return f"{rule.severity.value}, after {_both(rule.min_frames, rule.persist_seconds)}"


def _sound_in_words(rule: Rule) -> str:
    return (
        f"Opens an incident of severity {rule.severity.value} after {_recordings(rule)}. Ends after "
        f"{rule.clear_frames} recording{'' if rule.clear_frames == 1 else 's'} without it. Found again "
        f"within {number(rule.cooldown_seconds)} s it counts as a repeat; later it is a new incident."
    )


def _recordings(rule: Rule) -> str:
    counted = f"{rule.min_frames} recording{'' if rule.min_frames == 1 else 's'}"
    if not rule.persist_seconds:
        return counted
    of = "in all" if rule.kind is ObservationKind.MICROPHONE_SILENT else "of it in one"
    return f"{counted} and {number(rule.persist_seconds)} s {of}"


def number(value: float) -> str:
    """Without zeros that say nothing: 2 for 2.0, 1.5 for 1.5."""
    return f"{round(value, 2):g}"


def percent(share: float) -> str:
    """A share as per cent: 66 for .66."""
    return number(share * 100)


def _both(frames: int, seconds: float) -> str:
    counted = f"{frames} frame{'' if frames == 1 else 's'}"
    return f"{counted} and {number(seconds)} s" if seconds else counted
