"""The states of a job and the moves between them."""

from proctor_site.kernel.states import MoveTable, move

WAITING = "waiting"
RUNNING = "running"
DONE = "done"
FAILED = "failed"

JOB_STATES = (WAITING, RUNNING, DONE, FAILED)

JOB = MoveTable(
    name="job",
    states=JOB_STATES,
    moves=(
        move("start", [WAITING], RUNNING),
        move("finish", [RUNNING], DONE),
        move("put_off", [RUNNING], WAITING),
        move("fail", [RUNNING], FAILED),
        move("try_again", [FAILED], WAITING),
    ),
)
