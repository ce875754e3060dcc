"""The shape of one row of the permission table."""

from dataclasses import dataclass, field
from typing import Any

from exams import states


@dataclass(frozen=True)
class Row:
    """One route. `state`: of the attempt it is tried on. `body`: what is sent."""

    method: str
    pattern: str
    statuses: str
    state: str = states.IN_PROGRESS
    body: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.pattern}"
