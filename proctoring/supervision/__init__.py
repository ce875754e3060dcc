"""What a proctor does to attempts while they run: to one, or to many at once, and how it is undone."""

from proctoring.supervision.acts import admit, pause, reinstate, resume, terminate
from proctoring.supervision.time_gifts import MOST_MINUTES, give_time, take_time_back
from proctoring.supervision.warnings import (
    acknowledge_warning,
    note_shown,
    open_warnings,
    reads_warnings,
    warn,
    warning_shape,
    withdraw_warning,
)
from proctoring.wording import MOST_CHARACTERS

__all__ = [
    "MOST_CHARACTERS",
    "MOST_MINUTES",
    "acknowledge_warning",
    "admit",
    "give_time",
    "note_shown",
    "open_warnings",
    "pause",
    "reads_warnings",
    "reinstate",
    "resume",
    "take_time_back",
    "terminate",
    "warn",
    "warning_shape",
    "withdraw_warning",
]
