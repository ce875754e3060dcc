"""Tries the numbers of a policy on past sittings: what would have vanished, appeared or changed."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue
from accounts.models import Job, User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput
from proctoring.browser.events import BrowserKind
from proctoring.browser.rules import Finding
from proctoring.models import Incident, MonitoringSession, Policy
from proctoring.observations import ObservationKind
from proctoring.policies import exams_under, rules_for
from proctoring.review import replay_pages
from proctoring.review.replay import Change, Replayed, replay, with_rules
from proctoring.review.replay_compare import Match, appeared, compare, reproduce
from proctoring.review.replay_store import PICTURE_KINDS, minutes_of, stored_of
from proctoring.states import SESSION_ENDED

JOB = "proctoring.try_numbers"
MOST_SESSIONS = 2_000
MOST_LISTED = 200
"""Rows of each list on the page; the counts are of all."""
DAYS = (7, 30, 90)
_OF_PAGES = ("browser", "full_screen", "screen")
"""Fields of a policy that say what the page of the exam notes."""
_VOICES = "told by the sound of voices, which is biometric and may not be kept"
_SECONDS = "how much was heard in each recording is not kept, because the notice names it of pictures alone"
WHY_NOT = {
    ObservationKind.ANOTHER_VOICE: _VOICES,
    ObservationKind.DIFFERENT_VOICE: _VOICES,
    ObservationKind.SPEECH: _SECONDS,
    ObservationKind.MICROPHONE_SILENT: _SECONDS,
}
"""Why the kinds of sound are not tried."""


def ask(policy: Policy, *, on: str, actor: User) -> Job:
    """The job that tries the numbers `policy` has now, stored or not. `on`: "sitting:12" or "days:30".

    Raises InvalidInput (field "try_on").
    """
    what, _, number = on.partition(":")
    if what not in ("sitting", "days") or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise InvalidInput("Choose a sitting, or how many days back.", field="try_on")
    if not sessions_of(policy, what, int(number)).exists():
        raise InvalidInput("Nobody was watched under this policy there.", field="try_on")
    return enqueue(
        policy.institution,
        JOB,
        title=f"Try numbers of the policy {policy.name}"[:200],
        actor=actor,
        arguments={
            "policy": policy.pk,
            "rules": policy.rules,
            "modes": {kind.value: getattr(policy, kind.value) for kind in ObservationKind},
            "page": {name: getattr(policy, name) for name in _OF_PAGES},
            "what": what,
            "number": int(number),
        },
    )


def sessions_of(policy: Policy, what: str, number: int) -> QuerySet[MonitoringSession]:
    """Ended sessions under the policy, newest first; practice is left out."""
    rows = MonitoringSession.objects.filter(
        sitting__exam__in=exams_under(policy), sitting__is_practice=False, state=SESSION_ENDED
    )
    if what == "sitting":
        rows = rows.filter(sitting=number)
    else:
        rows = rows.filter(started_at__gte=clock.now() - timedelta(days=number))
    return rows.order_by("-pk")


@job_kind(JOB, tries=2)
def carry_out(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Plain facts for the page; names of people are not among them."""
    told = job.arguments
    policy = Policy.objects.filter(pk=told["policy"]).first()
    if policy is None:
        raise InvalidInput("The policy was deleted meanwhile.", field="policy")
    for kind, mode in told["modes"].items():
        setattr(policy, kind, mode)
    policy.rules = told["rules"]
    for name, value in told["page"].items():
        setattr(policy, name, value)
    change = with_rules(rules_for(policy).rules)
    rows = list(sessions_of(policy, told["what"], told["number"])[: MOST_SESSIONS + 1])
    facts = _Facts(len(rows) > MOST_SESSIONS)
    rows = rows[:MOST_SESSIONS]
    for done, session in enumerate(rows, start=1):
        facts.take(session, change)
        facts.take_page(session, policy)
        progress.tell(done, len(rows))
    return facts.to_json()


class _Facts:
    """What was found so far; lists up to MOST_LISTED, counts of all."""

    def __init__(self, is_cut: bool) -> None:
        self.is_cut = is_cut
        self.counts: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.lists: dict[str, list[dict[str, Any]]] = {
            "vanished": [],
            "appeared": [],
            "changed": [],
            "not_replayable": [],
        }

    def take(self, session: MonitoringSession, change: Change) -> None:
        stored = stored_of([session.pk]).get(session.pk, [])
        minutes = minutes_of(session)
        self.counts["sessions"] += 1
        self.counts["without_observations"] += not minutes
        before = replay(minutes)
        after = replay(minutes, change)
        same = reproduce(stored, before)
        outcome = compare(same.matches, after)
        self.counts["kept"] += outcome.kept
        for match in outcome.vanished:
            self.verdicts.update(row.verdict for row in match.rows)
            self._list("vanished", _of_match(session, match))
        for match, severity in outcome.changed:
            self._list("changed", {**_of_match(session, match), "to": severity.value})
        for each in appeared(before, after):
            self._list("appeared", _of(session, each))
        for row, reason in same.not_replayable:
            self.reasons[reason] += 1
            self._list("not_replayable", {"incident": row.pk, "kind": row.kind, "reason": reason})

    def take_page(self, session: MonitoringSession, policy: Policy) -> None:
        """What the page of the exam noted, which needs no observations."""
        outcome = replay_pages.try_on(session, policy)
        self.counts["kept"] += outcome.kept
        for row in outcome.vanished:
            self.verdicts[row.review_state] += 1
            self._list("vanished", _of_row(session, row))
        for row, severity in outcome.changed:
            self._list("changed", {**_of_row(session, row), "to": severity.value})
        for each in outcome.appeared:
            self._list("appeared", _of_finding(session, each))
        for row in outcome.not_replayable:
            self._untried(row, replay_pages.NOT_ALL_KEPT)
        sounds = Incident.objects.filter(session=session, kind__in=[each.value for each in WHY_NOT])
        for row in sounds:
            self._untried(row, WHY_NOT[ObservationKind(row.kind)])

    def _untried(self, row: Incident, reason: str) -> None:
        self.reasons[reason] += 1
        self._list("not_replayable", {"incident": row.pk, "kind": row.kind, "reason": reason})

    def _list(self, name: str, row: dict[str, Any]) -> None:
        self.counts[name] += 1
        if len(self.lists[name]) < MOST_LISTED:
            self.lists[name].append(row)

    def to_json(self) -> dict[str, Any]:
        return {
            "counts": dict(self.counts),
            "verdicts": dict(self.verdicts),
            "reasons": dict(self.reasons),
            "is_cut": self.is_cut,
            "kinds": sorted([*PICTURE_KINDS, *BrowserKind]),
            **self.lists,
        }


def _of(session: MonitoringSession, each: Replayed) -> dict[str, Any]:
    return {
        "session": session.pk,
        "kind": each.kind.value,
        "severity": each.severity.value,
        "started_at": each.started_at,
        "seconds": round(each.last_seen_at - each.started_at),
        "count": each.count,
    }


def _of_row(session: MonitoringSession, row: Incident) -> dict[str, Any]:
    return {
        "session": session.pk,
        "kind": row.kind,
        "severity": row.severity,
        "started_at": row.started_at.timestamp(),
        "seconds": round((row.last_seen_at - row.started_at).total_seconds()),
        "count": row.count,
        "unit": "event",
        "incidents": [{"pk": row.pk, "verdict": row.review_state}],
    }


def _of_finding(session: MonitoringSession, each: Finding) -> dict[str, Any]:
    return {
        "session": session.pk,
        "kind": each.kind.value,
        "severity": each.severity.value,
        "started_at": each.started_at,
        "seconds": round(each.last_seen_at - each.started_at),
        "count": each.times,
        "unit": "event",
    }


def _of_match(session: MonitoringSession, match: Match) -> dict[str, Any]:
    rows = [{"pk": row.pk, "verdict": row.verdict} for row in match.rows]
    return {**_of(session, match.replayed), "incidents": rows}
