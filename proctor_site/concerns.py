"""What an operator should look at now, worst first, each with what to do: the top of the operator's page."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from accounts.jobs.queries import JobFigures
from proctor_site.last_errors import Fault
from proctor_site.processes import Process, Step
from proctoring.evidence.spool_state import SpoolState

JOBS_WAIT_S = 300.0
FAULTS_WITHIN = timedelta(minutes=10)
ROLES = ("web", "capture", "worker")
_WITHOUT = {
    "web": "Nobody answers pages or saves answers; browsers keep them.",
    "capture": "No picture or recording is looked at; exams go on.",
    "worker": "No e-mail leaves the house, and attempts whose time is up end only when their page says so.",
}


def concerns(
    running: Sequence[Process],
    steps: Sequence[Step],
    jobs: JobFigures,
    spool: SpoolState,
    faults: Sequence[Fault],
    now: datetime,
) -> list[str]:
    """Sentences; none while all is well."""
    found = [f"No process of the role {role} is at work. {_WITHOUT[role]}" for role in missing(running)]
    if spool.not_kept:
        found.append(
            f"Pictures of {spool.not_kept} incidents were lost: no disk took them. Make room on the disk "
            "of the data folder."
        )
    if not spool.is_well and spool.waiting:
        found.append(
            f"{spool.waiting} files of evidence wait on this host for their store, the oldest for "
            f"{spool.oldest_s} s. Look at the store; nothing is lost while the disk has room."
        )
    found += [f"{step.name}: {step.words}" for step in steps if step.gives_way]
    if jobs.oldest_s > JOBS_WAIT_S:
        found.append(
            f"{jobs.due} jobs wait, the oldest for {jobs.oldest_s / 60:.0f} minutes: e-mails, imports and "
            "reports are late. Does a worker run?"
        )
    recent = [each for each in faults if now - datetime.fromisoformat(each.at) < FAULTS_WITHIN]
    if recent:
        found.append(f"{len(recent)} kinds of faults in the last ten minutes; they are listed below.")
    return found


def missing(running: Sequence[Process]) -> list[str]:
    """Roles that nobody has, where the work is shared; none where one process does everything."""
    there = {each.role for each in running}
    if not there or "all" in there or settings.ROLE == "all":
        return []
    return [role for role in ROLES if role not in there]
