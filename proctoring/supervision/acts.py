"""What a proctor does to one attempt: pause, resume, terminate, reinstate, let in. Each with its reason."""

from typing import Any

import exams.delivery.attempts as attempts  # by full name: mypy loses the submodule in a cycle
from accounts.models import User
from exams.models import Attempt
from proctoring.models.supervision import ActKind
from proctoring.permissions import require_watch
from proctoring.wording import reason_for


def pause(attempt: Attempt, *, proctor: User, reason: Any = "", reason_code: Any = "") -> Attempt:
    """Stops the clock and the exam page until `resume`. Needs a code or words; the candidate reads it."""
    require_watch(attempt, proctor)
    why = reason_for(attempt, ActKind.PAUSE, reason=reason, reason_code=reason_code, required=True)
    return attempts.pause(attempt, actor=proctor, reason=why.told, detail=why.detail)


def resume(attempt: Attempt, *, proctor: User, reason: Any = "", reason_code: Any = "") -> Attempt:
    """Lets a paused attempt go on."""
    require_watch(attempt, proctor)
    why = reason_for(attempt, ActKind.RESUME, reason=reason, reason_code=reason_code)
    return attempts.resume(attempt, actor=proctor, reason=why.told, detail=why.detail)


def terminate(attempt: Attempt, *, proctor: User, reason: Any = "", reason_code: Any = "") -> Attempt:
    """Ends the attempt before its time. A code or words are required. `reinstate` undoes it."""
    require_watch(attempt, proctor)
    why = reason_for(attempt, ActKind.TERMINATE, reason=reason, reason_code=reason_code, required=True)
    return attempts.terminate(attempt, actor=proctor, reason=why.told, detail=why.detail)


def reinstate(attempt: Attempt, *, proctor: User, reason: Any = "", reason_code: Any = "") -> Attempt:
    """Takes a termination back; the attempt is paused until `resume`."""
    require_watch(attempt, proctor)
    why = reason_for(attempt, ActKind.REINSTATE, reason=reason, reason_code=reason_code)
    return attempts.reinstate(attempt, actor=proctor, reason=why.told, detail=why.detail)


def admit(attempt: Attempt, *, proctor: User, reason: Any = "", reason_code: Any = "") -> Attempt:
    """Lets a candidate in whom check-in did not admit, for example without a camera. With a code or words."""
    require_watch(attempt, proctor)
    why = reason_for(attempt, ActKind.ADMIT, reason=reason, reason_code=reason_code, required=True)
    return attempts.admit(attempt, actor=proctor, reason=why.told, detail=why.detail)
