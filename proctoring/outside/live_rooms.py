"""Live rooms for participants whom another system names: their token opens our meeting, without an account.

The token is signed, names one participant of one meeting of a compat key, and ends with the key. The room is
a meeting of its own with this one candidate, made when they agree to its notice by the services of all
meetings; its hosts are the proctors of the key's sitting, who sign in as always (decision 0197).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction

from accounts.models import Institution, User
from accounts.services.outside_people import candidate_with
from accounts.transitions import lock
from proctor_site.kernel.errors import NotFound
from proctoring.meetings.own import invitations, making, queries, room, rules
from proctoring.models import CompatKey, CompatMeeting, Meeting, MeetingInvitation
from proctoring.models.own_meeting import InvitedAs
from proctoring.permissions import may_host

LASTS = timedelta(hours=24)
_SALT = "proctoring.outside.live_room"
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """What a token stands for. `meeting`: unsaved until the candidate has agreed."""

    key: CompatKey
    number: str
    name: str
    meeting: Meeting
    candidate: User | None
    hosts: list[User]

    @property
    def institution(self) -> Institution:
        """Whose room it is."""
        return self.key.institution

    @property
    def invitation(self) -> MeetingInvitation | None:
        """The candidate's right to come in; None: not asked for yet. Raises NotFound, taken back."""
        if self.candidate is None or self.meeting.pk is None:
            return None
        return rules.invitation_of(self.candidate, self.meeting)


def make_token(meeting: CompatMeeting, *, number: str, name: str) -> str:
    """The token of one participant, who is the candidate of that number."""
    return signing.dumps([meeting.pk, number, name], salt=_SALT)


def link_of(token: str) -> str:
    """The address that a participant's page opens."""
    return f"{settings.BASE_URL}/meeting/guest/{token}/"


def find(token: str) -> Place:
    """What the token opens; nothing is made.

    Raises NotFound: forged, too old, its key was revoked, or its participant's invitation taken back.
    """
    unknown = NotFound("This link has expired or is not valid. Go back to the page that led you here.")
    try:
        if len(token) > _LONGEST:
            raise unknown
        meeting_id, number, name = signing.loads(token, salt=_SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise unknown from error
    rows = CompatMeeting._base_manager.select_related("key__institution", "key__sitting", "key__attested_by")
    asked = rows.filter(pk=meeting_id, key__revoked_at=None).first()
    if asked is None or not settings.COMPAT:
        raise unknown
    key = asked.key
    candidate = _candidate(key.institution, number)
    found = _made_for(candidate, asked)
    if found is not None and found.revoked_at is not None:
        raise unknown
    if found is not None:
        return Place(key, number, name, found.meeting, candidate, queries.hosts_of(found.meeting))
    title = f"{asked.title}: {name}"[:200]
    fresh = Meeting(institution=key.institution, title=title, made_for=asked)
    return Place(key, number, name, fresh, candidate, _hosts(key))


def agree(token: str, *, hosts: Sequence[int]) -> Place:
    """The participant agrees to being seen and heard by these hosts; the room is made where there is none.

    In the institution's scope. Raises NotFound, and Conflict (hosts_changed, live_off).
    """
    place = find(token)
    with transaction.atomic():
        lock(place.key, "institution", "sitting", "attested_by")  # two calls at once make one room
        place = find(token)
        actor = place.key.attested_by
        if place.meeting.pk is None:
            person = candidate_with(place.institution, place.number, name=place.name, actor=place.key.account)
            made = making.make_meeting(
                place.institution,
                title=place.meeting.title,
                hosts=place.hosts,
                candidates=[],
                actor=actor,
                made_for=place.meeting.made_for,
            )
            invitations.invite_candidates(made, [person.email], actor=actor)
            place = find(token)
        assert place.candidate is not None
        room.agree(place.meeting, candidate=place.candidate, hosts=list(hosts))
    return find(token)


def _candidate(institution: Institution, number: str) -> User | None:
    rows = User.objects.filter(memberships__institution=institution, memberships__external_id=number)
    return rows.filter(memberships__ended_at=None).first()


def _made_for(candidate: User | None, asked: CompatMeeting) -> MeetingInvitation | None:
    """The invitation to the room that was made for them: one for each participant, also when it is over.

    By the meeting that asked for it, never by its title: rooms may have the same, and people change it.
    """
    rows = MeetingInvitation._base_manager.filter(
        user=candidate, part=InvitedAs.CANDIDATE, meeting__made_for=asked
    )
    return rows.select_related("meeting__institution").order_by("pk").first() if candidate else None


def _hosts(key: CompatKey) -> list[User]:
    """The proctors of the key's sitting, and who made the key where there is none."""
    watching = User.objects.filter(watched_sittings__sitting=key.sitting_id).order_by("pk")
    able = [each for each in watching if may_host(each, key.institution)]
    return able[: invitations.MOST_HOSTS] or [key.attested_by]
