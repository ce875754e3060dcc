"""One act on one or many attempts: each in its own transaction, repeated by key without harm, and undone."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import AuditEntry, User
from accounts.transitions import lock
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, Refusal
from proctoring.models import ActResult, ActRun, CandidateWarning, TimeGift
from proctoring.permissions import may_watch
from proctoring.supervision import acts, time_gifts, warnings

MOST_ATTEMPTS = 500
LONGEST_KEY = 64
_MOVES = [
    f"attempt.{verb}"
    for verb in ("pause", "resume", "terminate", "reinstate", "admit", "submit", "take_break", "end_break")
]
Effect = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be done. `minutes` for give_time, `text` or `ready` for warn, a reason for the others."""

    act: str
    reason: Any = ""
    reason_code: Any = ""
    minutes: Any = None
    text: Any = ""
    ready: Any = None

    def to_json(self) -> dict[str, Any]:
        """Plain values, to compare a repeat with."""
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) not in ("", None)}


def act_on(sitting: Sitting, attempts: Any, asked: Asked, *, key: Any, proctor: User) -> ActRun:
    """Does it to each attempt of the list; `run.results` says what became of each.

    Who cannot be acted on (ended, of another sitting, one's own) does not stop the others. The same `key`
    again gives the same results, and does what an interruption left undone. Raises NotFound, InvalidInput
    (`action`, `attempts`, `key`, and what is wrong for all: `reason`, `reason_code`, `minutes`, `text`),
    Conflict `key_reused`.
    """
    if not may_watch(proctor, sitting):
        raise NotFound("There is no such sitting that you watch.")
    if asked.act not in _ACTS:
        raise InvalidInput(f"This is one of: {', '.join(_ACTS)}.", field="action")
    ids = _ids(attempts)
    run = _run(sitting, proctor, _key(key), asked.act, _storable(asked), None)
    found = _attempts(sitting, ids)
    try:
        for pk in ids:
            _do_one(run, pk, found.get(pk), lambda attempt: _ACTS[asked.act](attempt, asked, proctor))
    except InvalidInput:
        if not ActResult.objects.filter(run=run).exists():
            run.delete()  # nothing was done: the key may be used with what is mended
        raise
    if len(found) > 1:
        _note(run, sitting, proctor)
    return run


def _storable(asked: Asked) -> dict[str, Any]:
    """What was asked as it is kept. Raises InvalidInput for NUL, which PostgreSQL takes in no text."""
    kept = asked.to_json()
    for name, value in kept.items():
        if "\\u0000" in json.dumps(value).replace("\\\\", ""):
            field = "ready_text" if name == "ready" else name
            raise InvalidInput("This has a character that no text may have.", field=field)
    return kept


def _note(run: ActRun, sitting: Sitting, proctor: User) -> None:
    """The sitting's audit log says once that many were acted on; each attempt's own says what was done."""
    done = ActResult.objects.filter(run=run, is_done=True).count()
    stream = audit.stream_of(sitting)
    rows = AuditEntry.objects.filter(institution=sitting.institution, stream=stream)
    if not rows.filter(verb="sitting.acted_on_many", detail__run=run.pk, detail__done=done).exists():
        detail = {"run": run.pk, "act": run.act, "done": done}
        audit.record(sitting.institution, sitting, "sitting.acted_on_many", actor=proctor, detail=detail)


def undo(run: ActRun, *, proctor: User) -> ActRun:
    """Takes back what a run did, for each attempt that nobody has moved since; once, however often asked.

    A pause is resumed, a resume paused again, a termination reinstated (paused), a reinstatement terminated
    again, time taken back, a message withdrawn (or corrected, where it was read). Raises NotFound,
    Conflict `cannot_undo`.
    """
    if not may_watch(proctor, run.sitting):
        raise NotFound("There is no such act in a sitting that you watch.")
    if run.undoes_id is not None or run.act not in _UNDO:
        raise Conflict("This cannot be undone.", code="cannot_undo")
    undone = _run(run.sitting, proctor, f"undo-{run.pk}", f"undo_{run.act}"[:12], {"run": run.pk}, run)
    rows = list(ActResult.objects.filter(run=run, is_done=True))
    found = _attempts(run.sitting, [each.attempt_id for each in rows])
    for row in rows:
        work = partial(_undo_one, run, row.effect, proctor)
        _do_one(undone, row.attempt_id, found.get(row.attempt_id), work)
    return undone


def is_undoable(act: str) -> bool:
    """Whether a run of this act can be taken back at all."""
    return act in _UNDO


def results_of(run: ActRun) -> list[ActResult]:
    """What became of each attempt, with its candidate, in the order of the list."""
    return list(ActResult.objects.filter(run=run).select_related("attempt__enrolment__candidate"))


def _do_one(run: ActRun, pk: int, attempt: Attempt | None, work: Callable[[Attempt], Effect]) -> None:
    """One attempt, in one transaction with its result; what has a result already is left alone."""
    if attempt is None:
        return  # not of this sitting: `missing` says so, without a row that would name it
    try:
        with transaction.atomic():
            row = ActResult(institution=run.institution, run=run, attempt=attempt, is_done=True)
            row.save(force_insert=True)  # first: a second request for the same waits here, and then finds it
            try:
                with transaction.atomic():
                    row.effect = work(attempt)
            except InvalidInput as refusal:
                if refusal.field in _FOR_ALL:
                    raise
                row.is_done, row.code, row.detail = False, refusal.code, refusal.message[:500]
            except Refusal as refusal:
                row.is_done, row.code, row.detail = False, refusal.code, refusal.message[:500]
            row.save(update_fields=["is_done", "code", "detail", "effect"])
    except IntegrityError:
        if not ActResult.objects.filter(run=run, attempt=attempt).exists():
            raise


_FOR_ALL = ("reason", "reason_code", "minutes", "text", "ready_text")
"""What is wrong with the request itself: the first attempt says so, and nothing is done."""


def missing(run: ActRun, attempts: Any) -> list[int]:
    """Ids of the list that are no attempts of the sitting."""
    done = set(ActResult.objects.filter(run=run).values_list("attempt_id", flat=True))
    return [pk for pk in _ids(attempts) if pk not in done]


def _run(
    sitting: Sitting, proctor: User, key: str, act: str, asked: dict[str, Any], undoes: ActRun | None
) -> ActRun:
    rows = ActRun.objects.filter(sitting=sitting)
    # An undoing is one for all proctors; a key is each proctor's own.
    same = rows.filter(undoes=undoes) if undoes else rows.filter(proctor=proctor, key=key)
    found = same.first()
    if found is None:
        try:
            with transaction.atomic():
                found = ActRun.objects.create(
                    institution=sitting.institution,
                    sitting=sitting,
                    proctor=proctor,
                    key=key,
                    act=act,
                    asked=asked,
                    undoes=undoes,
                    created_at=clock.now(),
                )
        except IntegrityError:  # the same request at the same moment
            found = same.get()
    if (found.act, found.asked) != (act, asked):
        raise Conflict("This key was used for something else already.", code="key_reused", field="key")
    return found


def _attempts(sitting: Sitting, ids: Sequence[int]) -> dict[int, Attempt]:
    rows = Attempt.objects.filter(pk__in=ids, enrolment__sitting=sitting)
    related = ("institution", "enrolment__candidate", "enrolment__sitting__exam__institution")
    return {each.pk: each for each in rows.select_related(*related)}


def _ids(attempts: Any) -> list[int]:
    if not isinstance(attempts, list) or not attempts:
        raise InvalidInput("Give a list of attempts.", field="attempts")
    if len(attempts) > MOST_ATTEMPTS:
        raise InvalidInput(f"At most {MOST_ATTEMPTS} attempts at a time.", field="attempts")
    for each in attempts:
        if isinstance(each, bool) or not isinstance(each, int) or not 0 < each < 2**62:
            raise InvalidInput("Attempts are whole numbers.", field="attempts")
    return list(dict.fromkeys(attempts))


def _key(key: Any) -> str:
    if not isinstance(key, str) or not 8 <= len(key) <= LONGEST_KEY or not key.isascii() or "\x00" in key:
        raise InvalidInput(f"The key has 8 to {LONGEST_KEY} plain characters.", field="key")
    if key.startswith("undo-"):
        raise InvalidInput("Keys do not begin like this.", field="key")
    return key


def _move(verb: str) -> Callable[[Attempt, Asked, User], Effect]:
    def act(attempt: Attempt, asked: Asked, proctor: User) -> Effect:
        how: Any = getattr(acts, verb)
        how(attempt, proctor=proctor, reason=asked.reason, reason_code=asked.reason_code)
        return {"move": _last_move(attempt)}

    return act


def _warn(attempt: Attempt, asked: Asked, proctor: User) -> Effect:
    return {"warning": warnings.warn(attempt, proctor=proctor, text=asked.text, ready=asked.ready).pk}


def _give_time(attempt: Attempt, asked: Asked, proctor: User) -> Effect:
    why = {"reason": asked.reason, "reason_code": asked.reason_code}
    return {"gift": time_gifts.give_time(attempt, proctor=proctor, minutes=asked.minutes, **why).pk}


_ACTS: dict[str, Callable[[Attempt, Asked, User], Effect]] = {
    **{verb: _move(verb) for verb in ("pause", "resume", "terminate", "reinstate", "admit")},
    "warn": _warn,
    "give_time": _give_time,
}
_UNDO = {
    "pause": "resume",
    "resume": "pause",
    "terminate": "reinstate",
    "reinstate": "terminate",
    "warn": "",
    "give_time": "",
}
"""What takes an act back; "": the row that the act made is withdrawn. Letting in cannot be taken back."""
_UNDONE = "What was done just before was a mistake and is taken back."


def _undo_one(run: ActRun, effect: Effect, proctor: User, attempt: Attempt) -> Effect:
    if run.act == "warn":
        warnings.withdraw_warning(_own(CandidateWarning, effect["warning"]), proctor=proctor)
    elif run.act == "give_time":
        gift = _own(TimeGift, effect["gift"])
        gift.attempt = attempt
        time_gifts.take_time_back(gift, proctor=proctor)
    else:
        lock(attempt)
        if _last_move(attempt) != effect["move"]:
            raise Conflict(
                "Something else has happened since; it is left as it is.", code="changed_meanwhile"
            )
        getattr(acts, _UNDO[run.act])(attempt, proctor=proctor, reason=_UNDONE)
    return {"run": run.pk}


def _own(model: Any, pk: int) -> Any:
    return model.objects.get(pk=pk)


def _last_move(attempt: Attempt) -> int:
    """Place in the audit chain of the newest move, whoever made it."""
    rows = AuditEntry.objects.filter(institution=attempt.institution, stream=audit.stream_of(attempt))
    newest = rows.filter(verb__in=_MOVES).order_by("-sequence").values_list("sequence", flat=True).first()
    return newest or 0
