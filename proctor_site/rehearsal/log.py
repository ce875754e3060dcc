"""What the made-up candidates and proctors saw. Moments are `time.perf_counter`."""

import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Change:
    """A change of an answer that the server said it has saved."""

    number: int
    item: int
    value: str


@dataclass
class Log:
    """One for all; written by one event loop only."""

    began: float = field(default_factory=time.perf_counter)
    checked_in_s: list[float] = field(default_factory=list)
    first_question_s: list[float] = field(default_factory=list)
    saved_s: list[float] = field(default_factory=list)
    """From the first try to the acknowledgement, with all repeats."""
    repeated_saves: int = 0
    acknowledged: dict[int, list[Change]] = field(default_factory=dict)
    """By attempt."""
    analysed: int = 0
    shed: int = 0
    frame_codes: Counter[str] = field(default_factory=Counter)
    clips_heard: int = 0
    clips_put_off: int = 0
    answered_pings_s: list[float] = field(default_factory=list)
    """From a ping to the server's time, by which pages set their timer."""
    events_taken: int = 0
    planned: set[int] = field(default_factory=set)
    """Attempts in which two faces were shown for long enough, or an answer said so."""
    shown_from: dict[int, float] = field(default_factory=dict)
    """Attempt: when the first frame with two faces was sent."""
    raised_at: dict[int, float] = field(default_factory=dict)
    """Attempt: when the first frame was sent whose answer named the planned incident."""
    told: dict[int, float] = field(default_factory=dict)
    """Attempt: when the first proctor heard of its planned incident."""
    heard: list[Counter[int]] = field(default_factory=list)
    """For each proctor: how many different events of planned incidents, by attempt."""
    lost_lines: int = 0
    back_s: list[float] = field(default_factory=list)
    """From the loss of a socket to the next greeting."""
    away: set[int] = field(default_factory=set)
    """Attempts whose socket is down now."""
    came_back: int = 0
    answers_missing_on_return: int = 0
    handed_in: set[int] = field(default_factory=set)
    failed: dict[int, str] = field(default_factory=dict)
    """Place of a candidate who could not go on: why."""
    errors: Counter[str] = field(default_factory=Counter)
    bytes_up: int = 0
    attempts: dict[int, int] = field(default_factory=dict)
    """Place: attempt."""

    def alerts_s(self) -> list[float]:
        """From the frame that made a planned incident to the proctor's screen."""
        return [
            max(0.0, at - self.raised_at[attempt])
            for attempt, at in self.told.items()
            if attempt in self.raised_at
        ]

    def noticed_s(self) -> list[float]:
        """From the first frame that shows a planned incident to the proctor's screen."""
        shown = self.shown_from
        return [at - shown[attempt] for attempt, at in self.told.items() if attempt in shown]

    def line(self, phase: str, of: int) -> str:
        """Where the rehearsal is, in one line."""
        saves = sum(len(each) for each in self.acknowledged.values())
        return (
            f"{time.perf_counter() - self.began:5.0f} s  {phase}: {len(self.attempts)} of {of} there, "
            f"{saves} answers saved, {self.analysed} pictures looked at, {self.shed} put off, "
            f"{len(self.told)} alerts, {len(self.away)} lines down, {sum(self.errors.values())} errors"
        )
