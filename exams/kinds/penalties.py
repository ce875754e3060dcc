"""What a wrong answer takes away, for kinds with one right answer (pure)."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from exams.kinds.shares import percent_text, share_text


def read(given: Mapping[str, Any]) -> dict[str, str]:
    """The checked penalty as its part of the clean content; empty for none. Raises InvalidInput."""
    penalty = share_text(given.get("penalty", 0), "penalty", "The penalty")
    return {} if penalty == "0" else {"penalty": penalty}


def share_of(content: Mapping[str, Any]) -> Fraction:
    """The share of the points that a wrong answer takes away, 0 to 1."""
    return Fraction(content.get("penalty", 0))


def shown(content: Mapping[str, Any]) -> dict[str, str]:
    """What a candidate is told of it: the percentage as text; empty for none."""
    return {"penalty_percent": percent_text(content["penalty"])} if "penalty" in content else {}


def dropped(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content without its penalty."""
    return {name: value for name, value in content.items() if name != "penalty"}


def in_words(content: Mapping[str, Any]) -> str:
    """For the description of a key; empty for none."""
    return f" (a wrong answer costs {percent_text(content['penalty'])} %)" if "penalty" in content else ""
