"""What a time rule says, in a sentence that people who set it can check."""

from proctoring.incidents.rule_table import Rule


def rule_in_words(rule: Rule) -> str:
    """When the rule opens an incident, when it ends, and what counts as the same one."""
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
    return f"{rule.severity.value}, after {_both(rule.min_frames, rule.persist_seconds)}"


def number(value: float) -> str:
    """Without zeros that say nothing: 2 for 2.0, 1.5 for 1.5."""
    return f"{round(value, 2):g}"


def percent(share: float) -> str:
    """A share as per cent: 66 for .66."""
    return number(share * 100)


def _both(frames: int, seconds: float) -> str:
    counted = f"{frames} frame{'' if frames == 1 else 's'}"
    return f"{counted} and {number(seconds)} s" if seconds else counted
