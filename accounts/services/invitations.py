"""Invites people by e-mail to a role, and lets them accept."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts import audit, links, mail
from accounts.models import Institution, Invitation, Membership, User
from accounts.roles import Role
from accounts.services import memberships, people
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed

VALID_FOR = timedelta(days=14)


def invite_member(
    institution: Institution, *, email: str, roles: Iterable[str], name: str = "", actor: User
) -> list[Invitation]:
    """Offers each of `roles` to the owner of the address, in one e-mail with one link.

    An open invitation that has expired is renewed. Raises InvalidInput (email, roles), NotAllowed (a role
    that the actor may not give) and Conflict (a role the person has or was offered already).
    """
    with within(institution), transaction.atomic():
        address, wanted = check_offer(institution, email=email, roles=roles, actor=actor)
        made = [_offer(institution, address, " ".join(name.split()), role, actor) for role in wanted]
        _send_link(made)
    return made


def check_offer(
    institution: Institution, *, email: str, roles: Iterable[str], actor: User
) -> tuple[str, list[Role]]:
    """What `invite_member` would refuse, without inviting; returns the address and roles it would use."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInput("Enter a complete e-mail address.", field="email") from error
    wanted = _checked_roles(institution, roles, actor)
    with within(institution):
        _refuse_held(institution, address, wanted)
        for role in wanted:
            _refuse_open(_find_open(institution, address, role))
    return address, wanted


def _checked_roles(institution: Institution, roles: Iterable[str], actor: User) -> list[Role]:
    try:
        wanted = sorted({Role(role) for role in roles}, key=list(Role).index)
    except ValueError as error:
        raise InvalidInput("There is no such role.", field="roles") from error
    if not wanted:
        raise InvalidInput("Choose at least one role.", field="roles")
    allowed = memberships.roles_to_give(actor, institution)
    for role in wanted:
        if role not in allowed:
            raise NotAllowed(f"You may not give the role {role.label}.", field="roles", code="role_not_yours")
    return wanted


def _refuse_held(institution: Institution, address: str, wanted: list[Role]) -> None:
    person = people.find_person(address)
    if person is None:
        return
    held = Membership.objects.filter(user=person, institution=institution, ended_at=None, role__in=wanted)
    first = held.first()
    if first is not None:
        raise Conflict(
            f"{person} is {first.get_role_display()} here already.", code="already_member", field="roles"
        )


def _find_open(institution: Institution, address: str, role: Role) -> Invitation | None:
    return Invitation.objects.filter(
        institution=institution, email=address, role=role, accepted_at=None, withdrawn_at=None
    ).first()


def _refuse_open(invitation: Invitation | None) -> None:
    if invitation is not None and invitation.expires_at > clock.now():
        raise Conflict(
            f"{invitation.email} has been invited as {invitation.get_role_display()} already. "
            "Use “Send again” in the list.",
            code="already_invited",
            field="email",
        )


def _offer(institution: Institution, address: str, name: str, role: Role, actor: User) -> Invitation:
    expired = _find_open(institution, address, role)
    invitation = expired or Invitation(institution=institution, email=address, role=role)
    invitation.name, invitation.invited_by = name, actor
    _renew(invitation)
    audit.record(institution, invitation, "invitation.sent", actor=actor, detail={"role": role.value})
    return invitation


def _renew(invitation: Invitation) -> None:
    secret, invitation.token_hash = links.make_secret()
    invitation.expires_at = clock.now() + VALID_FOR
    invitation.mail_failed_at = None
    invitation.save()
    invitation.__dict__["_secret"] = secret  # only in memory, for the e-mail that follows


def _send_link(invitations: list[Invitation]) -> None:
    transaction.on_commit(lambda: _deliver(invitations))


def _deliver(invitations: list[Invitation]) -> None:
    first = invitations[0]
    context = {
        "institution": first.institution,
        "inviter": first.invited_by,
        "roles": [each.get_role_display() for each in invitations],
        "secret": first.__dict__["_secret"],
        "expires_at": first.expires_at,
    }
    if mail.send("invitation", first.email, context):
        return
    with within(first.institution):
        for each in invitations:
            each.mail_failed_at = clock.now()
            each.save(update_fields=["mail_failed_at"])


def resend_invitation(invitation: Invitation, *, actor: User) -> None:
    """Sends a new link that is valid from now; the old one stops working. Raises NotAllowed, Conflict."""
    with within(invitation.institution), transaction.atomic():
        _open_one(invitation, actor)
        _renew(invitation)
        audit.record(invitation.institution, invitation, "invitation.sent_again", actor=actor)
        _send_link([invitation])


def withdraw_invitation(invitation: Invitation, *, actor: User) -> None:
    """Ends the offer; its link says so from now on. Raises NotAllowed, Conflict."""
    with within(invitation.institution), transaction.atomic():
        _open_one(invitation, actor)
        invitation.withdrawn_at = clock.now()
        invitation.save(update_fields=["withdrawn_at"])
        audit.record(invitation.institution, invitation, "invitation.withdrawn", actor=actor)


def _open_one(invitation: Invitation, actor: User) -> None:
    """Locks the invitation and refuses one that is over, or of a role that is not the actor's to give."""
    Invitation.objects.select_for_update().get(pk=invitation.pk)
    invitation.refresh_from_db(fields=["accepted_at", "withdrawn_at", "token_hash", "expires_at"])
    if Role(invitation.role) not in memberships.roles_to_give(actor, invitation.institution):
        raise NotAllowed(f"You may not give the role {invitation.get_role_display()}.", code="role_not_yours")
    if invitation.accepted_at or invitation.withdrawn_at:
        raise Conflict("This invitation is no longer open.", code="invitation_over")


def find_by_link(secret: str) -> Invitation:
    """The invitation of a link. Raises NotFound, Conflict (used, withdrawn) or TooLate (expired)."""
    found = (
        Invitation.objects.with_scopes_disabled()
        .filter(token_hash=links.hash_of(secret))
        .select_related("institution", "invited_by")
        .first()
    )
    if found is None:
        raise links.unknown_link()
    links.refuse_if_over(
        used_at=found.accepted_at, withdrawn_at=found.withdrawn_at, expires_at=found.expires_at
    )
    return found


def offered_with(invitation: Invitation) -> list[Invitation]:
    """All open invitations of the same address to the same institution; one link accepts them together."""
    with within(invitation.institution):
        return list(
            Invitation.objects.filter(
                institution=invitation.institution,
                email=invitation.email,
                accepted_at=None,
                withdrawn_at=None,
                expires_at__gt=clock.now(),
            ).order_by("id")
        )


def accept_invitation(
    secret: str, *, user: User | None = None, name: str = "", password: str = ""
) -> tuple[Institution, User]:
    """Gives the person the offered roles; a new person is created with `name` and `password`.

    A person who exists already must be signed in (`user`): the link alone opens nobody's account.
    Raises what `find_by_link` raises, NotAllowed (sign in first) and InvalidInput (name, password).
    """
    invitation = find_by_link(secret)
    institution = invitation.institution
    with within(institution), transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        invitation = find_by_link(secret)  # again, now that nobody else can change it
        person = people.find_person(invitation.email)
        if person is not None and person != user:
            raise NotAllowed(f"Sign in as {invitation.email} first.", code="sign_in_first")
        if person is None:
            person = people.create_person(email=invitation.email, name=name, password=password)
        elif person.email == invitation.email:
            people.prove_address(person)
        for each in offered_with(invitation):
            _take_up(each, person)
    return institution, person


def _take_up(invitation: Invitation, person: User) -> None:
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    audit.record(invitation.institution, invitation, "invitation.accepted", actor=person)
    held = Membership.objects.filter(
        institution=invitation.institution, user=person, role=invitation.role, ended_at=None
    )
    if not held.exists():
        memberships.add_member(invitation.institution, person, invitation.role, actor=invitation.invited_by)
