"""Who is invited to a meeting of its own: hosts among members, candidates by address; and their links."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts import audit, links
from accounts.models import Institution, Membership, User
from accounts.roles import Role
from accounts.services import people
from accounts.services.invitations import VALID_FOR
from accounts.services.memberships import add_member, roles_to_give
from accounts.tenancy import within
from accounts.transitions import lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed
from proctoring.meetings.own import mails, room, rules
from proctoring.models import Meeting, MeetingInvitation
from proctoring.models.own_meeting import InvitedAs, MeetingMailKind
from proctoring.permissions import may_host

MOST_HOSTS = 4
"""Each page of a host has a connection to each other one and to the candidate."""
MOST_CANDIDATES = 50


def name_hosts(meeting: Meeting, hosts: Sequence[User], *, actor: User) -> list[MeetingInvitation]:
    """From now on these are the hosts, and nobody else. In the caller's transaction and scope.

    Returns the invitations of those who are new.

    Raises InvalidInput (hosts): none, too many, not a member who may host, or a candidate of the meeting.
    """
    wanted = {each.pk: each for each in hosts}
    if not wanted:
        raise InvalidInput("Name at least one host.", field="hosts")
    if len(wanted) > MOST_HOSTS:
        raise InvalidInput(f"A meeting has {MOST_HOSTS} hosts at most.", field="hosts")
    for each in wanted.values():
        if not may_host(each, meeting.institution):
            raise InvalidInput(
                f"{each} cannot host: hosts are proctors, reviewers, exam officers or admins.", field="hosts"
            )
    present = rules.standing(meeting).filter(part=InvitedAs.HOST).select_related("user", "institution")
    for gone in present.exclude(user_id__in=wanted):
        _revoke(gone, actor)
    held = set(present.values_list("user_id", flat=True))
    made = [
        _invite(meeting, each.email.lower(), each, InvitedAs.HOST, actor, field="hosts")
        for each in wanted.values()
        if each.pk not in held
    ]
    mails.write(made, MeetingMailKind.INVITED)
    return made


def invite_candidates(meeting: Meeting, emails: Iterable[str], *, actor: User) -> list[MeetingInvitation]:
    """Invites these addresses; who is invited already is left so. Returns the new invitations.

    Raises InvalidInput (candidates) for an address that is none, too many, or a host's, and NotAllowed
    (role_not_yours) for a person who is no member, when the actor may not invite candidates.
    """
    addresses = list(dict.fromkeys(each.strip().lower() for each in emails if each.strip()))
    rules.require_manage(actor, meeting)
    with within(meeting.institution), transaction.atomic():
        lock(meeting, "institution")
        rules.require_going_on(meeting)
        standing = rules.standing(meeting)
        known = set(standing.filter(part=InvitedAs.CANDIDATE).values_list("email", flat=True))
        fresh = [each for each in addresses if each not in known]
        if len(known) + len(fresh) > MOST_CANDIDATES:
            raise InvalidInput(f"A meeting has {MOST_CANDIDATES} candidates at most.", field="candidates")
        made = [_invite_address(meeting, each, actor) for each in fresh]
        mails.write(made, MeetingMailKind.INVITED)
        room.tell_changed(meeting)
    return made


def _invite_address(meeting: Meeting, address: str, actor: User) -> MeetingInvitation:
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInput(f"{address} is not an e-mail address.", field="candidates") from error
    person = people.find_person(address)
    if person is None or not _is_member(person, meeting.institution):
        if Role.CANDIDATE not in roles_to_give(actor, meeting.institution):
            raise NotAllowed(
                f"{address} is no member here. An exam officer or admin can invite new people.",
                code="role_not_yours",
                field="candidates",
            )
        person = None
    return _invite(meeting, address, person, InvitedAs.CANDIDATE, actor, field="candidates")


def _invite(
    meeting: Meeting, email: str, user: User | None, part: InvitedAs, actor: User, *, field: str
) -> MeetingInvitation:
    rows = MeetingInvitation.objects.filter(meeting=meeting)
    other = rows.filter(user=user, revoked_at=None).exclude(email=email).first() if user else None
    found = rows.filter(email=email).first()
    for each in (other, found):
        if each is not None and each.revoked_at is None:
            raise InvalidInput(f"{email} is invited to this meeting already.", field=field)
    invitation = found or MeetingInvitation(institution=meeting.institution, meeting=meeting, email=email)
    invitation.user, invitation.part, invitation.invited_by = user, part, actor
    invitation.accepted_at = invitation.revoked_at = invitation.agreed_at = None
    invitation.agreed_to = {}
    _renew(invitation)
    detail = {"part": part.value, "meeting": meeting.pk, "person": user.pk if user else None}
    audit.record(meeting.institution, invitation, "meetinginvitation.sent", actor=actor, detail=detail)
    return invitation


def _renew(invitation: MeetingInvitation) -> None:
    # Known to nobody: `fresh_link` makes the one that is sent.
    invitation.token_hash = links.make_secret()[1]
    invitation.invited_at = clock.now()
    invitation.save()


def resend(invitation: MeetingInvitation, *, actor: User) -> None:
    """Sends the invitation again, with a new link where it has one. Raises NotFound, Conflict."""
    rules.require_manage(actor, invitation.meeting)
    with within(invitation.institution), transaction.atomic():
        lock(invitation, "institution", "meeting")
        rules.require_going_on(invitation.meeting)
        _require_standing(invitation)
        _renew(invitation)
        audit.record(invitation.institution, invitation, "meetinginvitation.sent_again", actor=actor)
        mails.write([invitation], MeetingMailKind.INVITED)


def revoke(invitation: MeetingInvitation, *, actor: User) -> None:
    """Takes the invitation of a candidate back; who is in the meeting is put out at once.

    Raises NotFound, Conflict (over already; a host, which is changed with the meeting).
    """
    rules.require_manage(actor, invitation.meeting)
    with within(invitation.institution), transaction.atomic():
        lock(invitation, "institution", "meeting")
        _require_standing(invitation)
        if invitation.part == InvitedAs.HOST:
            raise Conflict("Change the hosts with the meeting.", code="is_host")
        _revoke(invitation, actor)


def _revoke(invitation: MeetingInvitation, actor: User) -> None:
    invitation.revoked_at, invitation.let_in_at = clock.now(), None
    invitation.save(update_fields=["revoked_at", "let_in_at"])
    audit.record(invitation.institution, invitation, "meetinginvitation.revoked", actor=actor)
    room.send_away(invitation, by="revoked")
    mails.write([invitation], MeetingMailKind.REVOKED)


def _require_standing(invitation: MeetingInvitation) -> None:
    if invitation.revoked_at is not None:
        raise Conflict("This invitation was taken back already.", code="invitation_over")


def fresh_link(invitation: MeetingInvitation) -> str:
    """The secret of a new link to the invitation; the earlier one stops working."""
    secret, invitation.token_hash = links.make_secret()
    invitation.save(update_fields=["token_hash"])
    return secret


def find_by_link(secret: str) -> MeetingInvitation:
    """The invitation of a link. Raises NotFound, Conflict (withdrawn, cancelled), TooLate (expired, over)."""
    found = (
        MeetingInvitation._base_manager.filter(token_hash=links.hash_of(secret))
        .select_related("institution", "meeting__institution", "invited_by", "user")
        .first()
    )
    if found is None:
        raise links.unknown_link()
    links.refuse_if_over(used_at=None, withdrawn_at=found.revoked_at, expires_at=_expires_at(found))
    rules.require_going_on(found.meeting)
    return found


def _expires_at(invitation: MeetingInvitation) -> datetime:
    closes_at = invitation.meeting.closes_at
    return max(invitation.invited_at + VALID_FOR, closes_at or invitation.invited_at)


def accept(
    secret: str, *, user: User | None = None, name: str = "", password: str = ""
) -> tuple[MeetingInvitation, User]:
    """Ties the invitation to its person, who becomes a candidate of the institution if they are no member.

    Somebody new is created with `name` and `password`; who has an account must be signed in (`user`): the
    link alone opens nobody's account. Raises what `find_by_link` raises, NotAllowed (sign_in_first),
    InvalidInput (name, password) and Conflict (ended).
    """
    institution = find_by_link(secret).institution
    with within(institution), transaction.atomic():
        found = find_by_link(secret)
        lock(found, "institution", "meeting__institution", "invited_by", "user")
        person = found.user or people.find_person(found.email)
        if person is not None and person != user:
            raise NotAllowed(f"Sign in as {found.email} first.", code="sign_in_first")
        if person is None:
            person = people.create_person(email=found.email, name=name, password=password)
        _make_member(found, person)
        found.user, found.accepted_at = person, found.accepted_at or clock.now()
        found.save(update_fields=["user", "accepted_at"])
        audit.record(institution, found, "meetinginvitation.accepted", actor=person)
    return found, person


def _make_member(invitation: MeetingInvitation, person: User) -> None:
    if _is_member(person, invitation.institution):
        return
    ended = Membership.objects.filter(user=person, ended_at__gte=invitation.invited_at)
    if ended.exists():  # whose role a person ended since does not give it back to themselves
        raise Conflict("You are no member here any more; ask the exam office.", code="ended")
    add_member(invitation.institution, person, Role.CANDIDATE, actor=invitation.invited_by)


def _is_member(person: User, institution: Institution) -> bool:
    rows = Membership._base_manager.filter(institution=institution, user=person, ended_at=None)
    return bool(rows.exists())
