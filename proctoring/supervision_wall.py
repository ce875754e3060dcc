"""The rows of a proctor's page: everybody enrolled in a sitting, those in need first."""

from typing import Any

from accounts.models import Membership
from exams import states
from exams.delivery.queries import seconds_left
from exams.models import Attempt, Enrolment, Sitting
from proctor_site.kernel import clock
from proctoring.incidents import queries
from proctoring.incidents.queries import Need
from proctoring.live import presence
from proctoring.live.messages import iso
from proctoring.models import LiveWatch, OutsideSession
from proctoring.observations import Severity
from proctoring.rota.queries import proctors_by_enrolment
from proctoring.talk.queries import QUIET, Talk, talk_in

_NOBODY_IN_NEED = Need()


def rows_of(sitting: Sitting) -> list[dict[str, Any]]:
    """One row per enrolment that was not withdrawn, as docs/architecture.md shows it, in order of need.

    First grave incidents that nobody has looked at, then who wants something of us, lesser incidents, lost
    connections, check-ins; the rest by name, those who have ended last. Ten queries and one trip to the
    cache, however many there are.
    """
    enrolments = list(
        Enrolment.objects.filter(sitting=sitting, withdrawn_at=None)
        .select_related("candidate")
        .order_by("id")
    )
    newest: dict[int, Attempt] = {}
    attempts = Attempt.objects.filter(enrolment__sitting=sitting).select_related("enrolment__candidate")
    for attempt in attempts.order_by("id"):
        newest[attempt.enrolment_id] = attempt
    needs = queries.needs_of(sitting)
    talk, proctors = talk_in(sitting), proctors_by_enrolment(sitting)
    seen = presence.read_many(attempt.pk for attempt in newest.values())
    numbers = _numbers_of(sitting, [each.candidate_id for each in enrolments])
    watched = set(
        LiveWatch.objects.filter(attempt__enrolment__sitting=sitting).values_list("attempt_id", flat=True)
    )
    is_outside = sitting.exam is not None and sitting.exam.is_outside
    shows = _showing_warnings(sitting) if is_outside else set()
    now = clock.now().timestamp()
    rows = []
    for enrolment in enrolments:
        found = newest.get(enrolment.pk)
        need = needs.get(found.pk, _NOBODY_IN_NEED) if found else _NOBODY_IN_NEED
        here = (seen[found.pk] if found else presence.NOBODY).to_pulse(now)
        waits = _waits(talk.get(found.pk, QUIET) if found else QUIET, proctors.get(enrolment.pk))
        row = _row(enrolment, found, need, here) | waits
        row["number"] = numbers.get(enrolment.candidate_id, "")
        row["watched"] = found is not None and found.pk in watched
        row["is_outside"] = is_outside
        row["reads_warnings"] = not is_outside or (found is not None and found.pk in shows)
        rows.append(row)
    return sorted(rows, key=_urgency)


def _numbers_of(sitting: Sitting, candidates: list[int]) -> dict[int, str]:
    """The candidate numbers of the institution, by person; who has none is left out."""
    rows = Membership.objects.filter(institution=sitting.institution_id, user__in=candidates).exclude(
        external_id=""
    )
    return dict(rows.values_list("user_id", "external_id"))


def _showing_warnings(sitting: Sitting) -> set[int]:
    """Attempts in another system that shows its candidates what proctors write."""
    rows = OutsideSession.objects.filter(session__sitting=sitting, shows_warnings=True)
    return {pk for pk in rows.values_list("session__attempt_id", flat=True) if pk is not None}


def _row(enrolment: Enrolment, attempt: Attempt | None, need: Need, here: dict[str, Any]) -> dict[str, Any]:
    candidate = enrolment.candidate
    return {
        "attempt": attempt.pk if attempt else None,
        "enrolment": enrolment.pk,
        "candidate": {"id": candidate.pk, "name": str(candidate)},
        "state": attempt.state if attempt else states.SCHEDULED,
        "started_at": iso(attempt.started_at) if attempt else None,
        "deadline_at": iso(attempt.deadline_at) if attempt else None,
        "paused_at": iso(attempt.paused_at) if attempt else None,
        "seconds_left": seconds_left(attempt) if attempt else None,
        "extra_minutes": ((attempt.extra_seconds + attempt.credited_seconds) // 60) if attempt else 0,
        "on_break": bool(attempt and attempt.break_until),
        "presence": here,
        "incidents": {
            "going_on": need.going_on,
            "unreviewed": need.unreviewed,
            "total": need.total,
            "worst": need.worst,
        },
    }


def _waits(talk: Talk, proctor: dict[str, Any] | None) -> dict[str, Any]:
    """What waits for a proctor, and who of them looks first (None: nobody)."""
    return {"talk": talk.to_json(), "proctor": proctor}


def need_band(row: dict[str, Any]) -> int:
    """How pressing a row is, 0 first; the page's scripts order alike (`BANDS` of candidate_row.js)."""
    found, state = row["incidents"], row["state"]
    talk = row.get("talk") or {}
    wants = talk.get("unread") or (talk.get("hand_since") and state not in states.ENDED)
    if found["worst"] in _BANDS:
        return _BANDS[found["worst"]]
    if wants:
        return 2
    if found["worst"] or found["going_on"]:
        return 3
    if state in states.RUNNING and not row["presence"]["connected"]:
        return 4
    if state == states.CHECKING_IN:
        return 5
    if state in states.ENDED:
        return 8
    return 7 if state == states.SCHEDULED else 6


_BANDS = {Severity.HIGH.value: 0, Severity.MEDIUM.value: 1}


def _urgency(row: dict[str, Any]) -> tuple[int, str, int]:
    return (need_band(row), row["candidate"]["name"].casefold(), row["enrolment"])
