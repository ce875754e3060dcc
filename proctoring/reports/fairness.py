"""Whether light or a group goes along with being flagged: shares with intervals, and no more (reads)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from exams.models import CandidateGroupMember, Sitting
from proctoring.models import CoverageMinute, Incident, MonitoringSession
from proctoring.review.intervals import difference, wilson

LEAST_GROUP = 10
"""Smaller groups are not compared: chance would speak, and single people could be told."""
LIGHT = (("dark", 0.0, 60.0), ("middling", 60.0, 180.0), ("bright", 180.0, 256.0))
"""Mean grey level of all pictures of a candidate (0 to 255): a rough split of rooms, and of nothing else."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, with the 95 % interval of the share (Wilson)."""

    name: str
    number: int
    of: int

    @property
    def is_told(self) -> bool:
        return self.of >= LEAST_GROUP

    @property
    def words(self) -> str:
        if not self.is_told:
            return f"too few to compare (fewer than {LEAST_GROUP})"
        low, high = wilson(self.number, self.of)
        percent = round(100 * self.number / self.of)
        return f"{self.number} of {self.of}, {percent} % ({round(100 * low)} to {round(100 * high)} %)"


@dataclass(frozen=True, slots=True)
class Compared:
    """A group beside all other watched candidates of the sitting."""

    group: Rate
    others: Rate

    @property
    def is_told(self) -> bool:
        """Both sides are large enough: a rest of two is two people whom anybody could name."""
        return self.group.is_told and self.others.is_told

    @property
    def words(self) -> str:
        """What the numbers say, and that they say no more."""
        if not self.is_told:
            return f"Not told: the group or the rest is smaller than {LEAST_GROUP}."
        ends = difference(self.group.number, self.group.of, self.others.number, self.others.of)
        low, high = (round(100 * each) for each in ends)
        chance = "percentage points: beyond what chance explains."
        if ends[0] > 0:
            return f"More often than the others, by {low} to {high} {chance}"
        if ends[1] < 0:
            return f"Less often than the others, by {-high} to {-low} {chance}"
        span = f"from {abs(low)} percentage points less to {high} more"
        return f"No difference is shown; anything {span} is possible."


def light_words(rates: Iterable[Rate]) -> str:
    """Whether the light goes along with flags, in plain words; no more than the numbers carry."""
    told = [each for each in rates if each.is_told]
    if len(told) < 2:
        return f"There are not two groups of at least {LEAST_GROUP} candidates to compare."
    spans = [(each, *wilson(each.number, each.of)) for each in told]
    lowest = min(spans, key=lambda each: each[2])
    highest = max(spans, key=lambda each: each[1])
    if highest[1] > lowest[2]:
        return (
            f"Candidates in {highest[0].name} rooms were flagged more often than in {lowest[0].name} "
            "ones, beyond what chance explains. Look at whether the light, and not the people, causes it."
        )
    return "The intervals overlap: these numbers show no difference by light, and do not exclude one."


def by_light(sitting: Sitting) -> list[Rate]:
    """The share of candidates with an incident, by the mean light of all their pictures. Two queries."""
    rows = CoverageMinute.objects.filter(session__sitting=sitting, light_count__gt=0).values("session")
    means = {
        row["session"]: row["light"] / row["looks"]
        for row in rows.annotate(light=Sum("light_sum"), looks=Sum("light_count")).order_by("session")
    }
    flagged = set(Incident.objects.filter(sitting=sitting).values_list("session_id", flat=True))
    rates = []
    for name, low, high in LIGHT:
        members = [session for session, mean in means.items() if low <= mean < high]
        rates.append(Rate(name, sum(each in flagged for each in members), len(members)))
    return rates


def by_group(sitting: Sitting) -> list[Compared]:
    """Each group that the exam office chose to compare, of which somebody was watched. Three queries.

    Who is in a group was written by people; nothing about anybody is inferred.
    """
    sessions = MonitoringSession.objects.filter(sitting=sitting, candidate__isnull=False)
    watched = set(sessions.values_list("candidate_id", flat=True))
    found = Incident.objects.filter(sitting=sitting, session__candidate__isnull=False)
    flagged = set(found.values_list("session__candidate_id", flat=True))
    members: dict[tuple[str, int], set[int]] = defaultdict(set)
    rows = CandidateGroupMember.objects.filter(group__is_compared=True)
    for name, group, candidate in rows.values_list("group__name", "group_id", "candidate_id"):
        if candidate in watched:
            members[name, group].add(candidate)
    return [
        Compared(_rate(name, people, flagged), _rate("others", watched - people, flagged))
        for (name, _), people in sorted(members.items())
    ]


def _rate(name: str, people: set[int], flagged: set[int]) -> Rate:
    return Rate(name, len(people & flagged), len(people))
