"""Own coming meetings on the start page, beside the own sittings; importing this registers it."""

from accounts.models import User
from exams.pages.home_parts import Part, home_part
from proctoring.meetings.own import queries
from proctoring.models.own_meeting import InvitedAs


@home_part
def own_meetings(user: User) -> Part | None:
    """Meetings to which the person is invited, in all institutions, in their zone or the institution's."""
    found = [
        {
            "meeting": each.meeting,
            "institution": each.institution,
            "is_host": each.part == InvitedAs.HOST,
            "zone": user.time_zone or each.institution.time_zone,
        }
        for each in queries.own_coming(user)
    ]
    return {"template": "proctoring/meeting/_home.html", "meetings": found} if found else None
