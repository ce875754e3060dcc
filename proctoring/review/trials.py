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
from proctoring.identity.notice import looked_for
from proctoring.models import Incident, MonitoringSession, Policy
from proctoring.observations import SOUND_KINDS, ObservationKind
from proctoring.policies import exams_under, rules_for
from proctoring.review import replay_pages
from proctoring.review.replay import Change, Replayed, replay, with_rules
from proctoring.review.replay_compare import Match, appeared, compare, reproduce
from proctoring.review.replay_sound import replay_sound
from proctoring.review.replay_store import heard_in, minutes_of, stored_of, was_listened_to
from proctoring.states import SESSION_ENDED

JOB = "proctoring.try_numbers"
MOST_SESSIONS = 2_000
MOST_LISTED = 200
"""Rows of each list on the page; the counts are of all."""
DAYS = (7, 30, 90)
_OF_PAGES = ("browser", "full_screen", "screen")
"""Fields of a policy that say what the page of the exam notes."""
_OF_CAPTURE = ("camera_required", "reference_photo_required", "sound", "voice_enrolment")
"""Fields that say which detectors have anything to look at or listen to."""


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
            "fields": {name: getattr(policy, name) for name in (*_OF_PAGES, *_OF_CAPTURE)},
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
    for name, value in told["fields"].items():
        setattr(policy, name, value)
    change = with_rules(rules_for(policy).only(looked_for(policy)).rules)
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
        """What was found in pictures and recordings."""
        stored = stored_of([session.pk]).get(session.pk, [])
        minutes, heard = minutes_of(session), heard_in(session)
        self.counts["sessions"] += 1
        self.counts["without_observations"] += not minutes
        self.counts["without_sound"] += not heard and was_listened_to(session)
        before = [*replay(minutes), *replay_sound(heard)]
        after = [*replay(minutes, change), *replay_sound(heard, change)]
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
            self._untried(row.pk, row.kind, reason)

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
            self._untried(row.pk, row.kind, replay_pages.NOT_ALL_KEPT)

    def _untried(self, incident: int, kind: str, reason: str) -> None:
        self.reasons[reason] += 1
        self._list("not_replayable", {"incident": incident, "kind": kind, "reason": reason})

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
            "kinds": sorted([*ObservationKind, *BrowserKind]),
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
        "unit": "recording" if each.kind in SOUND_KINDS else "picture",
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
