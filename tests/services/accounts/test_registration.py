"""Registering an institution: what is refused, what the link does, who becomes its admin."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import models

from accounts.models import AuditEntry, Institution, Membership, Registration, User
from accounts.roles import Role
from accounts.services import registration as service
from accounts.tenancy import across_all
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLate
from tests.factories.accounts import PASSWORD, make_institution, make_user

pytestmark = pytest.mark.django_db
APPLICATION = service.Application(
    name="  West   Academy ",
    slug="west-academy",
    country="AT",
    time_zone="Europe/Vienna",
    owner_name="Wanda West",
    owner_email="Wanda@Example.org ",
    password=PASSWORD,
)


def newest_secret() -> str:
    found = re.findall(r"/register/confirm/([\w-]+)/", str(mail.outbox[-1].body))
    return str(found[-1])


@pytest.fixture
def apply(django_capture_on_commit_callbacks: Any) -> Any:
    """Registers, with the e-mail that leaves after the commit."""

    def run(**changes: Any) -> Registration:
        with django_capture_on_commit_callbacks(execute=True):
            return service.register_institution(replace(APPLICATION, **changes))

    return run


def rows(model: type[models.Model]) -> int:
    return model._base_manager.count()


def test_registration_waits_for_the_link(apply: Any) -> None:
    registration = apply()
    here = registration.institution
    assert (here.name, here.slug, here.owner_email) == ("West Academy", "west-academy", "wanda@example.org")
    assert here.confirmed_at is None
    assert rows(User) == 0
    assert [message.to for message in mail.outbox] == [["wanda@example.org"]]
    assert newest_secret() not in registration.token_hash


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"slug": "West Academy"}, "slug"),
        ({"country": "XX"}, "country"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"owner_name": "  "}, "owner_name"),
        ({"owner_email": "wanda"}, "owner_email"),
        ({"password": "short"}, "password"),
        ({"password": "1234567890"}, "password"),
    ],
)
def test_bad_input_names_the_field_and_stores_nothing(changes: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.register_institution(replace(APPLICATION, **changes))
    assert refused.value.field == field
    assert (rows(Institution), rows(Registration), rows(AuditEntry)) == (0, 0, 0)


def test_slug_of_a_confirmed_institution_is_taken(apply: Any) -> None:
    make_institution(slug="west-academy")
    with pytest.raises(Conflict) as refused:
        apply()
    assert (refused.value.code, refused.value.field) == ("slug_taken", "slug")
    assert rows(Registration) == 0


def test_waiting_slug_belongs_to_the_same_address_until_the_link_expires(apply: Any) -> None:
    first = apply()
    with pytest.raises(Conflict):
        apply(owner_email="other@example.org")
    again = apply(name="West Academy II")
    assert (again.pk, again.institution.name) == (first.pk, "West Academy II")
    Registration._base_manager.update(expires_at=clock.now() - timedelta(seconds=1))
    taken = apply(owner_email="other@example.org")
    assert (taken.pk, taken.institution.owner_email) == (first.pk, "other@example.org")


def test_link_and_password_make_the_owner_the_first_admin(apply: Any) -> None:
    apply()
    here, owner = service.confirm_institution(newest_secret(), password=PASSWORD)
    assert here.confirmed_at is not None
    assert (owner.email, owner.name, owner.check_password(PASSWORD)) == (
        "wanda@example.org",
        "Wanda West",
        True,
    )
    with across_all():
        assert [(m.user, m.role) for m in Membership.objects.filter(institution=here)] == [
            (owner, Role.ADMIN)
        ]
        assert Registration.objects.get().password_hash == ""
        verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["institution.registered", "institution.confirmed", "membership.added"]
    with pytest.raises(Conflict) as refused:
        service.confirm_institution(newest_secret(), password=PASSWORD)
    assert refused.value.code == "link_used"


def test_wrong_password_confirms_nothing(apply: Any) -> None:
    registration = apply()
    with pytest.raises(NotAllowed) as refused:
        service.confirm_institution(newest_secret(), password="another password")
    assert (refused.value.code, refused.value.field) == ("wrong_password", "password")
    assert Institution.objects.get(pk=registration.institution_id).confirmed_at is None
    assert (rows(User), rows(Membership)) == (0, 0)


def test_known_owner_uses_the_password_of_the_account(apply: Any) -> None:
    wanda = make_user(name="Wanda Known", email="wanda@example.org", password="known password 7")
    apply(password="chosen by somebody")
    with pytest.raises(NotAllowed):
        service.confirm_institution(newest_secret(), password="chosen by somebody")
    _, owner = service.confirm_institution(newest_secret(), password="known password 7")
    assert owner == wanda
    assert owner.name == "Wanda Known"


def test_known_owner_who_is_signed_in_needs_no_password_but_another_person_does(apply: Any) -> None:
    wanda = make_user(email="wanda@example.org")
    apply()
    with pytest.raises(NotAllowed):
        service.confirm_institution(newest_secret(), user=make_user())
    assert service.confirm_institution(newest_secret(), user=wanda)[1] == wanda


def test_unknown_expired_and_replaced_links(apply: Any, django_capture_on_commit_callbacks: Any) -> None:
    registration = apply()
    first = newest_secret()
    with pytest.raises(NotFound):
        service.confirm_institution("no-such-secret", password=PASSWORD)
    Registration._base_manager.update(expires_at=clock.now() - timedelta(seconds=1))
    with pytest.raises(TooLate) as refused:
        service.confirm_institution(first, password=PASSWORD)
    assert refused.value.code == "link_expired"
    with django_capture_on_commit_callbacks(execute=True):
        service.resend_link(registration)
    with pytest.raises(NotFound):
        service.confirm_institution(first, password=PASSWORD)
    here, _ = service.confirm_institution(newest_secret(), password=PASSWORD)
    assert here.slug == "west-academy"


def test_mail_server_down_is_noted(apply: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    apply()
    with across_all():
        assert Registration.objects.get().mail_failed_at is not None
