"""Notes attempts to do what the law forbids, also when the transaction they were made in is not saved."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from accounts import audit
from accounts.models import Institution, User
from accounts.tenancy import within

log = logging.getLogger(__name__)
VERB = "law.refused"


@dataclass(frozen=True, slots=True)
class _Attempt:
    institution: Institution
    guard: str
    why: str
    way: str


_pending: ContextVar[list[_Attempt] | None] = ContextVar("law_refusals", default=None)


def note(institution: Institution, guard: str, why: str, *, way: str) -> None:
    """Writes one entry about the institution: which guard refused, why, and on which way in (`way`).

    Within a request it is written when the request is over: whatever it did may be rolled back. Outside of
    one it is written at once, and lost (but for the server's log) with a transaction that is rolled back.
    """
    attempt = _Attempt(institution, guard, why, way)
    log.warning("law guard %s refused (%s) in institution %s", guard, way, institution.pk)
    waiting = _pending.get()
    if waiting is None:
        _write(attempt, None)
    elif attempt not in waiting:
        waiting.append(attempt)


def _write(attempt: _Attempt, actor: User | None) -> None:
    here = attempt.institution
    detail = {"guard": attempt.guard, "why": attempt.why, "way": attempt.way}
    with within(here), transaction.atomic():
        audit.record(here, here, VERB, actor=actor, detail=detail)


class LawRefusalMiddleware:
    """Writes what was noted during a request, in a transaction of its own, with the person as the actor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        waiting: list[_Attempt] = []
        token = _pending.set(waiting)
        try:
            return self.get_response(request)
        finally:
            _pending.reset(token)
            actor = request.user if isinstance(request.user, User) else None
            if connection.needs_rollback and waiting:
                log.error("%s refused attempts could not be noted", len(waiting))
            else:
                for attempt in waiting:
                    _write(attempt, actor)
