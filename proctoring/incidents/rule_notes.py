"""Rules as they are kept beside observations, and back (pure but for the set of rules itself)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Protocol

from proctoring.incidents.rule_table import DEFAULT_RULES, Rule
from proctoring.observations import ObservationKind, Severity

_NUMBERS = tuple(each.name for each in fields(Rule) if each.name not in ("kind", "template"))


class Rules(Protocol):
    """What `policies.RuleSet` has."""

    @property
    def rules(self) -> Mapping[ObservationKind, Rule]:
        """By kind."""

    @property
    def muted(self) -> frozenset[ObservationKind]:
        """Looked at, but silent."""

    @property
    def advisory(self) -> frozenset[ObservationKind]:
        """Of severity info because people disagreed with them too often."""


@dataclass(frozen=True, slots=True)
class HeldRules:
    """Rules that held once."""

    rules: Mapping[ObservationKind, Rule]
    muted: frozenset[ObservationKind] = frozenset()
    advisory: frozenset[ObservationKind] = frozenset()


def rules_to_json(held: Rules) -> dict[str, Any]:
    """Plain values; words are not kept."""
    return {
        "rules": {
            kind.value: {name: getattr(rule, name) for name in _NUMBERS} for kind, rule in held.rules.items()
        },
        "muted": sorted(held.muted),
        "advisory": sorted(held.advisory),
    }


def rules_from_json(data: Mapping[str, Any]) -> HeldRules:
    """Inverse of `rules_to_json`. ValueError for a kind that is gone, TypeError for numbers that are."""
    rules = {}
    for name, numbers in data["rules"].items():
        kind = ObservationKind(name)
        severities = {
            each: Severity(numbers[each]) for each in ("severity", "mild_severity") if each in numbers
        }
        rules[kind] = Rule(kind=kind, template=DEFAULT_RULES[kind].template, **{**numbers, **severities})
    return HeldRules(
        rules,
        frozenset(ObservationKind(each) for each in data["muted"]),
        frozenset(ObservationKind(each) for each in data["advisory"]),
    )


def digest_of(held: Rules) -> str:
    """Names a set of rules; the same for the same ones."""
    return _digest(tuple(held.rules.items()), held.muted, held.advisory)


@lru_cache(maxsize=512)
def _digest(
    rules: tuple[tuple[ObservationKind, Rule], ...],
    muted: frozenset[ObservationKind],
    advisory: frozenset[ObservationKind],
) -> str:
    told = rules_to_json(HeldRules(dict(rules), muted, advisory))
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
