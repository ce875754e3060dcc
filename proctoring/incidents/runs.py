"""One decision about all incidents that fit a filter: in parts, so that a stop of the server loses nothing.

Each part (its decisions, its audit entry, the place it came to) is one transaction: a part is done or not,
and never twice, whoever repeats the job.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import QueryDict

from accounts import audit
from accounts.jobs.services import enqueue
from accounts.models import AuditEntry, Institution, User
from accounts.states import DONE, FAILED
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, IllegalMove, InvalidInput, NotFound, Refusal
from proctoring.incidents import many
from proctoring.incidents.services import decide
from proctoring.models import DecisionRun, Incident
from proctoring.states import INCIDENT_REVIEW

JOB, UNDO_JOB = "proctoring.decide_all", "proctoring.undo_all"
MOST = 100_000
"""In one run: some ten minutes of a worker. Beyond that, the numbers of the policy are what is wrong."""
AT_ONCE = 50
"""Decided in one transaction: about a quarter of a second, in which nobody else writes on SQLite."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do: how many it changes, of how many sessions and which kinds, and what stays why."""

    able: int
    sessions: int
    kinds: list[tuple[str, int]]
    left: list[tuple[str, int]]
    newest: int


def able_states(verb: str) -> list[str]:
    """States from which the verb leads on. Raises InvalidInput for what is decided one at a time."""
    if verb not in many.VERBS:
        raise InvalidInput("This is decided one incident at a time.", field="verb")
    found = []
    for state in INCIDENT_REVIEW.states:
        try:
            INCIDENT_REVIEW.target(state, verb)
        except IllegalMove:
            continue
        found.append(state)
    return found


def changeable(rows: "QuerySet[Incident]", verb: str, actor: User) -> "QuerySet[Incident]":
    """Of these rows what the verb can change; nobody decides about their own attempt."""
    return rows.filter(review_state__in=able_states(verb)).exclude(session__candidate=actor)


def preview(rows: "QuerySet[Incident]", verb: str, actor: User, *, newest: int | None = None) -> Preview:
    """Counts what a run over the rows would do; `newest`: as at an earlier look."""
    if newest is None:
        newest = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
    fit = Incident.objects.filter(pk__in=rows.filter(pk__lte=newest).order_by().values("pk")).order_by()
    able = changeable(fit, verb, actor)
    kinds = able.values_list("kind").annotate(number=Count("pk")).order_by("-number", "kind")
    labels: dict[Any, Any] = dict(Incident._meta.get_field("kind").flatchoices)
    told = [(str(labels.get(kind, kind)), number) for kind, number in kinds]
    decided = fit.exclude(review_state__in=able_states(verb)).values_list("review_state")
    left = [(f"are {state} already", number) for state, number in decided.annotate(number=Count("pk"))]
    own = fit.filter(review_state__in=able_states(verb), session__candidate=actor).count()
    if own:
        left.append(("are about your own attempt", own))
    number = sum(number for _kind, number in told)
    return Preview(number, able.values("session").distinct().count(), told, left, newest)


def ask(
    institution: Institution,
    found: Preview,
    verb: str,
    *,
    actor: User,
    reason: str,
    note: str,
    query: str,
    typed: str,
) -> DecisionRun:
    """Asks for the run that was previewed. The person types how many they are.

    Raises InvalidInput ("verb", "reason", "note", "typed"), Conflict while another run of theirs goes on.
    """
    many.check(verb, reason, note)
    if found.able > MOST:
        raise InvalidInput(f"At most {MOST} in one run: narrow the filter.", field="verb")
    if not found.able:
        raise InvalidInput("None of them can be changed this way.", field="verb")
    if typed.strip() != str(found.able):
        raise InvalidInput(f"Type the number of incidents, {found.able}, to confirm.", field="typed")
    with transaction.atomic():
        going_on = DecisionRun.objects.filter(institution=institution, actor=actor, finished_at=None)
        if going_on.exclude(job__state__in=(DONE, FAILED)).exists():
            raise Conflict("A run of yours still goes on; wait for its end.", code="under_way")
        row = DecisionRun.objects.create(
            institution=institution,
            actor=actor,
            run=uuid.uuid4().hex,
            verb=verb,
            reason=reason,
            note=note.strip(),
            query=query,
            newest=found.newest,
            expected=found.able,
            asked_at=clock.now(),
        )
        detail = {"run": row.run, "verb": verb, "reason": reason, "expected": found.able}
        audit.record(institution, row, "decision_run.asked", actor=actor, detail=detail)
        title = f"{verb.replace('_', ' ').capitalize()} {found.able} incidents"
        row.job = enqueue(institution, JOB, title=title, actor=actor, arguments={"run": row.pk})
        row.save(update_fields=["job"])
    row.refresh_from_db()
    return row


def take_part(number: int, rows: "QuerySet[Incident]") -> DecisionRun:
    """Decides the next `AT_ONCE` of the rows; `finished_at` is set when there are no more."""
    with transaction.atomic():
        row = _locked(number)
        if row.finished_at is not None:
            return row
        mine = changeable(rows.filter(pk__lte=row.newest), row.verb, row.actor)
        mine = mine if row.place is None else mine.filter(pk__lt=row.place)
        numbers = list(mine.order_by("-pk").values_list("pk", flat=True)[:AT_ONCE])
        if numbers:
            _decide(row, numbers)
            row.place = numbers[-1]
        else:
            row.finished_at = clock.now()
            row.query = _without_words(row.query)
            detail = {"run": row.run, "done": row.done, "left": row.left}
            audit.record(row.institution, row, "decision_run.finished", actor=row.actor, detail=detail)
        row.save()
    return row


def _decide(row: DecisionRun, numbers: list[int]) -> None:
    done: list[int] = []
    left: list[list[Any]] = []
    words = f"{many.REASONS[row.reason]}. {row.note}".strip()
    for incident in many.with_rights(Incident.objects.filter(pk__in=numbers)).order_by("-pk"):
        try:
            decide(incident, row.verb, actor=row.actor, note=words, run=row.run)
            done.append(incident.pk)
        except Refusal as refusal:
            left.append([incident.pk, refusal.message])
    detail = {"run": row.run, "verb": row.verb, "reason": row.reason, "note": row.note}
    detail_all = {**detail, "done": done, "left": left, "of_run": row.pk}
    audit.record(row.institution, row.actor, many.DECIDED, actor=row.actor, detail=detail_all)
    row.done += len(done)
    row.left += len(left)


def ask_undo(row: DecisionRun, *, actor: User) -> DecisionRun:
    """Asks for the taking back of what the run decided. Raises NotFound for others' runs, Conflict."""
    if row.actor_id != actor.pk:
        raise NotFound("There is no such run of yours here.")
    with transaction.atomic():
        row = _locked(row.pk)
        if row.undo_asked_at is not None:
            return row
        if row.finished_at is None:
            row.finished_at = clock.now()  # the job that still decides finds it over, and stops
        row.undo_asked_at = clock.now()
        audit.record(row.institution, row, "decision_run.undo_asked", actor=actor, detail={"run": row.run})
        row.save()
        title = f"Take {row.done} decisions back"
        row.undo_job = enqueue(row.institution, UNDO_JOB, title=title, actor=actor, arguments={"run": row.pk})
        DecisionRun.objects.filter(pk=row.pk).update(undo_job=row.undo_job)
    row.refresh_from_db()
    return row


def undo_part(number: int) -> DecisionRun:
    """Takes the decisions of one audit entry back, but for what somebody has changed since."""
    with transaction.atomic():
        row = _locked(number)
        if row.undone_at is not None:
            return row
        entries = AuditEntry.objects.filter(
            institution=row.institution, stream=audit.stream_of(row.actor), verb=many.DECIDED
        )
        part = entries.filter(pk__gt=row.undo_place, at__gte=row.asked_at, detail__run=row.run)
        entry = part.order_by("pk").first()
        if entry is None:
            row.undone_at = clock.now()
            detail = {"run": row.run, "done": row.undone, "left": row.undo_left}
            audit.record(row.institution, row, "decision_run.undone", actor=row.actor, detail=detail)
        else:
            outcome = many.undo(row.institution, entry, actor=row.actor)
            row.undo_place = entry.pk
            row.undone += len(outcome.done)
            row.undo_left += len(outcome.left)
        row.save()
    return row


def _without_words(query: str) -> str:
    """The filter without a name that was searched for: the run no longer needs it."""
    asked = QueryDict(query, mutable=True)
    asked.pop("q", None)
    return asked.urlencode()


def _locked(number: int) -> DecisionRun:
    rows = DecisionRun.objects.select_for_update(of=("self",)).select_related("institution", "actor")
    return rows.get(pk=number)
