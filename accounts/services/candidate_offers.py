"""Offers the role of candidate to many addresses at once; who asks for it sends the links."""

from collections.abc import Mapping

from django.db import transaction

from accounts import audit, links
from accounts.models import Institution, Invitation, User
from accounts.roles import Role
from accounts.services.invitations import VALID_FOR
from accounts.services.memberships import roles_to_give
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctor_site.kernel.errors import NotAllowed


def offer_candidates(institution: Institution, people: Mapping[str, str], *, actor: User) -> None:
    """Offers the role to the addresses (lower case, each with a name or "") that have no open offer of it.

    Sends nothing. Raises NotAllowed when the actor may not give that role.
    """
    if Role.CANDIDATE not in roles_to_give(actor, institution):
        raise NotAllowed("You may not invite candidates.", code="role_not_yours")
    with within(institution), transaction.atomic():
        rows = Invitation.objects.filter(email__in=people, role=Role.CANDIDATE)
        known = set(rows.filter(accepted_at=None, withdrawn_at=None).values_list("email", flat=True))
        made = [
            Invitation(
                institution=institution,
                email=email,
                name=" ".join(name.split()),
                role=Role.CANDIDATE,
                token_hash=links.make_secret()[1],  # known to nobody: `fresh_link` makes the one sent
                invited_by=actor,
                expires_at=clock.now() + VALID_FOR,
            )
            for email, name in people.items()
            if email not in known
        ]
        Invitation.objects.bulk_create(made, batch_size=500)
        detail = {"role": Role.CANDIDATE.value}
        audit.record_first(institution, made, "invitation.sent", actor=actor, detail=detail)


def fresh_link(institution: Institution, email: str) -> str | None:
    """The secret of a new link to the open offer of this address, valid from now; None without an open one.

    Earlier links of that offer stop working, so there is always one, the newest.
    """
    with within(institution), transaction.atomic():
        rows = Invitation.objects.select_for_update().filter(
            email=email, role=Role.CANDIDATE, accepted_at=None, withdrawn_at=None
        )
        invitation = rows.first()
        if invitation is None:
            return None
        secret, invitation.token_hash = links.make_secret()
        invitation.expires_at = clock.now() + VALID_FOR
        invitation.mail_failed_at = None
        invitation.save(update_fields=["token_hash", "expires_at", "mail_failed_at"])
    return secret


def note_failed_mail(institution: Institution, email: str) -> None:
    """The members page shows that the mail with the link did not go out."""
    with within(institution):
        rows = Invitation.objects.filter(
            email=email, role=Role.CANDIDATE, accepted_at=None, withdrawn_at=None
        )
        rows.update(mail_failed_at=clock.now())
