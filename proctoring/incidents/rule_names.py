"""Short names of the numbers by which a detector opens incidents, so that figures tell them apart (pure)."""

import hashlib
from dataclasses import asdict

from proctoring.browser.terms import Terms
from proctoring.incidents.rule_table import Rule

LENGTH = 12
# How grave an incident is, and what is said of it, changes nothing about whether it is right.
_NOT_NUMBERS = {"severity", "mild_severity", "template"}


def rule_name(rule: Rule) -> str:
    """The same for the same numbers, whatever the severity."""
    return _name(asdict(rule))


def terms_name(kind: str, terms: Terms) -> str:
    """The same for what the page of an exam notes."""
    return _name({"kind": kind, "times": terms.times, "seconds": terms.seconds})


def _name(numbers: dict[str, object]) -> str:
    told = ";".join(f"{name}={value}" for name, value in sorted(numbers.items()) if name not in _NOT_NUMBERS)
    return hashlib.sha256(told.encode()).hexdigest()[:LENGTH]
