"""Invitations: who may invite whom, one e-mail with one link, and links that are no good any more."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.models import AuditEntry, Institution, Invitation, Membership, User
from accounts.permissions import roles_of
from accounts.roles import Role
from accounts.services import invitations as service
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refusal, TooLate
from tests.factories.accounts import PASSWORD, make_member, make_user

Invite = Callable[..., list[Invitation]]
NEW = "nora.new@example.org"


@pytest.fixture
def invite(institution: Institution, admin_member: User, django_capture_on_commit_callbacks: Any) -> Invite:
    """Invites as the admin, with the e-mail that leaves after the commit."""

    def run(email: str = NEW, *roles: str, actor: User | None = None, name: str = "") -> list[Invitation]:
        with django_capture_on_commit_callbacks(execute=True):
            return service.invite_member(
                institution,
                email=email,
                roles=roles or ("proctor",),
                name=name,
                actor=actor or admin_member,
            )

    return run


def newest_secret() -> str:
    return str(re.findall(r"/invitation/([\w-]+)/", str(mail.outbox[-1].body))[-1])


def stored(institution: Institution) -> list[Invitation]:
    with within(institution):
        return list(Invitation.objects.order_by("id"))


def test_one_email_offers_all_roles_and_one_link_takes_them(institution: Institution, invite: Invite) -> None:
    invite(" Nora.NEW@example.org", "reviewer", "proctor", name=" Nora  New ")
    [message] = mail.outbox
    assert message.to == [NEW]
    assert "as Proctor, Reviewer." in str(message.body)
    _, nora = service.accept_invitation(newest_secret(), name="Nora New", password=PASSWORD)
    assert (nora.email, nora.name, nora.check_password(PASSWORD)) == (NEW, "Nora New", True)
    assert roles_of(nora, institution) == {"proctor", "reviewer"}
    with within(institution):
        verbs = AuditEntry.objects.filter(verb__startswith="invitation.").values_list("verb", flat=True)
        assert sorted(verbs) == ["invitation.accepted"] * 2 + ["invitation.sent"] * 2


@pytest.mark.parametrize(
    ("email", "roles", "field"),
    [("nobody", ["proctor"], "email"), (NEW, [], "roles"), (NEW, ["emperor"], "roles")],
)
def test_bad_input_names_the_field(
    institution: Institution, admin_member: User, email: str, roles: list[str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.invite_member(institution, email=email, roles=roles, actor=admin_member)
    assert refused.value.field == field
    assert stored(institution) == []


def test_officers_give_roles_below_their_own(institution: Institution, officer: User, invite: Invite) -> None:
    invite(NEW, "candidate", actor=officer)
    for role in ("admin", "exam_officer", "data_protection_officer"):
        with pytest.raises(NotAllowed) as refused:
            invite("other@example.org", "candidate", role, actor=officer)
        assert (refused.value.code, refused.value.field) == ("role_not_yours", "roles")
    assert [each.role for each in stored(institution)] == ["candidate"]


def test_others_invite_nobody(
    institution: Institution,
    other_institution: Institution,
    invite: Invite,
    proctor: User,
    candidate: User,
    stranger: User,
) -> None:
    foreign_admin = make_member(other_institution, Role.ADMIN)
    for nobody in (proctor, candidate, stranger, foreign_admin):
        with pytest.raises(NotAllowed):
            invite(NEW, "candidate", actor=nobody)
    assert (stored(institution), mail.outbox) == ([], [])


def test_role_held_or_offered_already_is_refused(
    institution: Institution, invite: Invite, proctor: User
) -> None:
    with pytest.raises(Conflict) as refused:
        invite(proctor.email.upper(), "proctor", "reviewer")
    assert (refused.value.code, refused.value.field) == ("already_member", "roles")
    invite(NEW, "proctor")
    with pytest.raises(Conflict) as refused:
        invite(NEW, "reviewer", "proctor")
    assert (refused.value.code, refused.value.field) == ("already_invited", "email")
    assert [each.role for each in stored(institution)] == ["proctor"]


def test_expired_invitation_is_renewed(institution: Institution, invite: Invite) -> None:
    [first] = invite()
    old = newest_secret()
    Invitation._base_manager.update(expires_at=clock.now() - timedelta(seconds=1))
    with pytest.raises(TooLate) as refused:
        service.accept_invitation(old, name="Nora", password=PASSWORD)
    assert refused.value.code == "link_expired"
    [again] = invite()
    assert (again.pk, again.expires_at > clock.now()) == (first.pk, True)
    with pytest.raises(NotFound):
        service.accept_invitation(old, name="Nora", password=PASSWORD)
    assert service.accept_invitation(newest_secret(), name="Nora", password=PASSWORD)[1].name == "Nora"


def test_used_withdrawn_and_unknown_links(
    institution: Institution, admin_member: User, invite: Invite
) -> None:
    invite()
    used = newest_secret()
    _, nora = service.accept_invitation(used, name="Nora", password=PASSWORD)
    [withdrawn] = invite("other@example.org")
    service.withdraw_invitation(withdrawn, actor=admin_member)
    for secret, error, code in (
        (used, Conflict, "link_used"),
        (newest_secret(), Conflict, "link_withdrawn"),
        ("wrong", NotFound, "link_unknown"),
    ):
        with pytest.raises(error) as refused:
            service.accept_invitation(secret, user=nora, name="Someone", password=PASSWORD)
        assert isinstance(refused.value, Refusal) and refused.value.code == code
    with within(institution):
        assert Membership.objects.filter(role="proctor").count() == 1
    with pytest.raises(Conflict) as over:
        service.resend_invitation(withdrawn, actor=admin_member)
    assert over.value.code == "invitation_over"


def test_the_link_alone_opens_nobodys_account(institution: Institution, invite: Invite) -> None:
    known, other = make_user(email=NEW), make_user()
    invite()
    for user in (None, other):
        with pytest.raises(NotAllowed) as refused:
            service.accept_invitation(newest_secret(), user=user, name="Me", password=PASSWORD)
        assert refused.value.code == "sign_in_first"
    assert roles_of(other, institution) == frozenset()
    service.accept_invitation(newest_secret(), user=known)
    assert roles_of(User.objects.get(pk=known.pk), institution) == {"proctor"}


@pytest.mark.parametrize(
    ("name", "password", "field"), [(" ", PASSWORD, "name"), ("Nora", "short", "password")]
)
def test_new_person_needs_name_and_good_password(
    institution: Institution, invite: Invite, name: str, password: str, field: str
) -> None:
    invite()
    with pytest.raises(InvalidInput) as refused:
        service.accept_invitation(newest_secret(), name=name, password=password)
    assert refused.value.field == field
    assert [each.accepted_at for each in stored(institution)] == [None]
    assert not User.objects.filter(email=NEW).exists()


def test_sending_again_replaces_the_link(
    institution: Institution, admin_member: User, invite: Invite, django_capture_on_commit_callbacks: Any
) -> None:
    [invitation] = invite()
    old = newest_secret()
    with django_capture_on_commit_callbacks(execute=True):
        service.resend_invitation(invitation, actor=admin_member)
    assert len(mail.outbox) == 2
    with pytest.raises(NotFound):
        service.find_by_link(old)
    assert service.find_by_link(newest_secret()) == invitation


def test_officers_leave_invitations_of_higher_roles_alone(
    institution: Institution, officer: User, invite: Invite
) -> None:
    [invitation] = invite(NEW, "admin")
    for act in (service.resend_invitation, service.withdraw_invitation):
        with pytest.raises(NotAllowed):
            act(invitation, actor=officer)
    assert [each.withdrawn_at for each in stored(institution)] == [None]


def test_mail_server_down_is_noted(institution: Institution, invite: Invite, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    invite(NEW, "proctor", "reviewer")
    assert [each.mail_failed_at is not None for each in stored(institution)] == [True, True]
