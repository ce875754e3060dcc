"""The states of attempts and of marking rounds, and the moves between them: progress, no verdict, no mark."""

from proctor_site.kernel.states import MoveTable, move

SCHEDULED = "scheduled"
CHECKING_IN = "checking_in"
READY = "ready"
IN_PROGRESS = "in_progress"
PAUSED = "paused"
OVERDUE = "overdue"
"""The time is up and the grace period runs: the candidate may hand in and change nothing."""
SUBMITTED = "submitted"
TERMINATED = "terminated"
REFUSED = "refused"
MISSED = "missed"
ABANDONED = "abandoned"
"""Was started and never handed in. Its answers are kept; they are marked once a person accepts them."""

STATES = (
    SCHEDULED,
    CHECKING_IN,
    READY,
    IN_PROGRESS,
    PAUSED,
    OVERDUE,
    SUBMITTED,
    TERMINATED,
    REFUSED,
    MISSED,
    ABANDONED,
)
WORDS = {state: state.replace("_", " ") for state in STATES} | {
    SUBMITTED: "handed in",
    OVERDUE: "time is up, to be handed in",
    ABANDONED: "not handed in",
}
"""How staff and candidates read a state."""
WAITING = (SCHEDULED, CHECKING_IN, READY)
RUNNING = (IN_PROGRESS, PAUSED, OVERDUE)
LIVE = (*WAITING, *RUNNING)
"""An enrolment has at most one attempt in these states (partial unique index)."""
ENDED = (SUBMITTED, TERMINATED, REFUSED, MISSED, ABANDONED)
MARKED = (SUBMITTED, TERMINATED)
"""Whose answers are marked."""

ATTEMPT = MoveTable(
    name="attempt",
    states=STATES,
    moves=(
        move("check_in", [SCHEDULED], CHECKING_IN),
        move("admit", [CHECKING_IN], READY),
        move("start", [READY], IN_PROGRESS),
        move("pause", [IN_PROGRESS], PAUSED),
        move("resume", [PAUSED], IN_PROGRESS),
        move("take_break", [IN_PROGRESS], PAUSED),
        move("end_break", [PAUSED], IN_PROGRESS),
        move("run_out", [IN_PROGRESS], OVERDUE),
        move("work_on", [OVERDUE], IN_PROGRESS),
        move("submit", RUNNING, SUBMITTED),
        move("abandon", [IN_PROGRESS, OVERDUE], ABANDONED),
        move("submit_late", [ABANDONED], SUBMITTED),
        move("accept", [ABANDONED], SUBMITTED),
        move("terminate", RUNNING, TERMINATED),
        move("reinstate", [TERMINATED], PAUSED),
        move("refuse", [CHECKING_IN], REFUSED),
        move("lapse", WAITING, MISSED),
    ),
)

OPEN = "open"
CLOSED = "closed"
ROUND = MoveTable(
    name="marking round",
    states=(OPEN, CLOSED),
    moves=(move("close", [OPEN], CLOSED), move("reopen", [CLOSED], OPEN)),
)
"""A marking round: while it is open its markers may mark."""

RELEASED = "released"
SUPERSEDED = "superseded"
WITHDRAWN = "withdrawn"
RELEASE = MoveTable(
    name="release",
    states=(RELEASED, SUPERSEDED, WITHDRAWN),
    moves=(move("supersede", [RELEASED], SUPERSEDED), move("withdraw", [RELEASED], WITHDRAWN)),
)
"""A release of results: at most one of a sitting is in force (partial unique index)."""
