"""What is rehearsed: how many, how long, at which pace, and what is planned to happen (pure)."""

import time
from dataclasses import dataclass

MOST_CANDIDATES = 5_000
MOST_MINUTES = 240.0
ENDED_BEFORE_S = 15.0
"""What is planned begins at least so long before the end, of long rehearsals."""
EVENLY = 0.618
"""Multiples of the golden ratio, without their whole part, never come close together."""
DEVICE = "rehearsal"
KIND = "several_faces"
"""Kind of the planned incidents."""


@dataclass(frozen=True)
class Plan:
    """Seconds, unless a name says otherwise."""

    candidates: int
    seconds: float
    proctors: int = 1
    starts_within: float = 5.0
    save_every: float = 10.0
    clip_every: float = 30.0
    clip_seconds: int = 15
    event_every: float = 20.0
    check_ins_at_once: int = 8
    two_faces_for: float = 6.0
    gone_for: float = 3.0
    incident_in: int = 10
    """One candidate in so many is seen with a second face."""

    def has_incident(self, place: int) -> bool:
        """Whether this candidate is seen with a second face; the first one is."""
        return place % self.incident_in == 0

    def incident_after(self, place: int) -> float:
        """When, from the candidate's start: spread out, and so that all has ended at the end."""
        last = max(0.5, 1 - ENDED_BEFORE_S / self.seconds)
        return self.seconds * (0.25 + (last - 0.25) * (place * EVENLY % 1))

    def breaks_down(self, place: int) -> bool:
        """Whether the candidate's browser is killed and comes back: one in ten, the second too."""
        return place % 10 == 1

    def breaks_down_after(self, place: int) -> float:
        """When, from the candidate's start."""
        return self.seconds * (0.4 + 0.2 * (place % 5) / 5)


@dataclass
class End:
    """When the exam is over, by `time.perf_counter`; it may be brought forward while it runs."""

    at: float = float("inf")

    def left(self) -> float:
        """Seconds; none left: 0 or less."""
        return self.at - time.perf_counter()


@dataclass(frozen=True)
class Candidate:
    """A made-up candidate. `place`: from 0; `cookie`: of a session that is signed in."""

    place: int
    enrolment: int
    cookie: str


@dataclass(frozen=True)
class Stage:
    """Where the rehearsal takes place, and who may go there. `proctors`: their cookies."""

    address: str
    slug: str
    institution: int
    sitting: int
    candidates: tuple[Candidate, ...]
    proctors: tuple[str, ...]
    session_cookie: str
    csrf_cookie: str

    @property
    def socket_address(self) -> str:
        """The same address for sockets."""
        return self.address.replace("http", "ws", 1)
