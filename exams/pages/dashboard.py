"""The start page: what this is for visitors, the own sittings and the work as staff for members."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import queries as members
from accounts.models import Institution, User
from accounts.pages.context import links_of
from accounts.pages.landing import landing
from exams import states
from exams.delivery import queries
from exams.delivery.queries import SittingRow
from exams.marking.shown import attempts_with_results
from exams.pages import home_parts
from exams.pages.attempt_links import AttemptLink, links_about
from exams.pages.steps import NextStep, next_step
from proctor_site.kernel import clock


@dataclass(frozen=True, slots=True)
class Entry:
    """One sitting on the dashboard, with its next step and the zone in which the reader thinks."""

    row: SittingRow
    step: NextStep
    zone: str
    has_result: bool

    @property
    def has_other_zone(self) -> bool:
        return self.zone != self.row.sitting.time_zone

    @property
    def links(self) -> list[AttemptLink]:
        attempt = self.row.attempt
        if attempt is None or attempt.state not in states.ENDED:
            return []
        return links_about(attempt, self.row.enrolment.institution.slug)

    @property
    def is_over(self) -> bool:
        attempt = self.row.attempt
        if self.step.opens:
            return False
        if attempt is not None and attempt.state not in states.WAITING:
            return attempt.state in states.ENDED
        return not self.step.url and clock.now() > self.row.check_in_opens_at


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Signed out: what this is. Signed in: own sittings in all institutions, links to work as staff."""
    user = request.user
    if not isinstance(user, User):
        return landing(request)
    now = clock.now()
    seen = attempts_with_results(user)
    entries = [
        Entry(
            row,
            next_step(row, now),
            user.time_zone or row.enrolment.institution.time_zone,
            has_result=row.attempt is not None and row.attempt.pk in seen,
        )
        for row in queries.sittings_of(user)
    ]
    context = {
        "now_entries": sorted(
            (each for each in entries if not each.is_over), key=lambda each: each.row.sitting.opens_at
        ),
        "past_entries": [each for each in entries if each.is_over],
        "desks": _desks(user),
        "parts": home_parts.parts_for(user),
    }
    return render(request, "exams/home.html", context)


def _desks(user: User) -> list[tuple[Institution, list[dict[str, Any]]]]:
    """The institutions where the person works as staff, with links to that work."""
    desks = [(each, links_of(user, each)) for each in members.institutions_of(user)]
    return [(each, links) for each, links in desks if links]
