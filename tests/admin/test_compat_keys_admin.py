"""Compat keys in the admin: made with a consent that is attested, shown once, revoked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Sitting
from proctoring.models import CompatKey
from proctoring.outside.default_sitting import default_sitting
from tests.factories.compat import new_key

pytestmark = pytest.mark.django_db
LIST = "admin:proctoring_compatkey_changelist"
NEW = "admin:proctoring_compatkey_new"


@pytest.fixture
def fed(institution: Institution) -> Sitting:
    with within(institution):
        return default_sitting(institution, label="Old pages", actor=None)


def _filled_in(sitting: Sitting | None, **changes: Any) -> dict[str, Any]:
    usual = {
        "label": "Interviews",
        "contracts": ["video"],
        "sitting": sitting.pk if sitting else "",
        "origins": "https://old.example\nnull",
        "notice": "https://old.example/notice",
        "obtains_consent": "on",
    }
    return {**usual, **changes}


def test_a_key_is_shown_once(admin_member: User, browser_of: Callable[..., Client], fed: Sitting) -> None:
    client = browser_of(admin_member)
    page = client.post(reverse(NEW), _filled_in(fed)).content.decode()
    key = CompatKey.objects.with_scopes_disabled().get()
    assert f'value="{key.prefix}' in page and "/compat/prc_" in page
    assert (key.origins, key.attested_by, key.sound) == (["https://old.example", "null"], admin_member, False)
    for address in (reverse(LIST), reverse("admin:proctoring_compatkey_change", args=[key.pk])):
        again = client.get(address).content.decode()
        assert key.prefix in again and page.split('value="prc_')[1].split('"')[0] not in again


def test_a_sitting_under_the_numbers_of_the_replaced_systems_is_made_where_none_is_chosen(
    admin_member: User, browser_of: Callable[..., Client], institution: Institution
) -> None:
    browser_of(admin_member).post(reverse(NEW), _filled_in(None, sound="on"))
    with within(institution):
        key = CompatKey.objects.select_related("sitting__exam__policy_assignment__policy").get()
    policy = key.sitting.exam.policy_assignment.policy
    assert key.sitting.exam.is_outside and policy.sound
    assert policy.rules["several_faces"]["min_frames"] == 1


def test_without_the_tick_there_is_no_key(
    admin_member: User, browser_of: Callable[..., Client], fed: Sitting
) -> None:
    answer = browser_of(admin_member).post(reverse(NEW), _filled_in(fed, obtains_consent=""))
    assert "must ask each candidate for consent" in answer.content.decode()
    assert not CompatKey.objects.with_scopes_disabled().exists()


def test_a_sitting_of_another_institution_is_no_choice(
    admin_member: User, browser_of: Callable[..., Client], other_institution: Institution
) -> None:
    with within(other_institution):
        foreign = default_sitting(other_institution, label="Old pages", actor=None)
    browser_of(admin_member).post(reverse(NEW), _filled_in(foreign))
    assert not CompatKey.objects.with_scopes_disabled().exists()


def test_revoking_asks_first(
    institution: Institution, admin_member: User, browser_of: Callable[..., Client], fed: Sitting
) -> None:
    key, _ = new_key(institution, fed)
    client = browser_of(admin_member)
    address = reverse("admin:proctoring_compatkey_revoke", args=[key.pk])
    assert "cannot be undone" in client.get(address).content.decode()
    client.post(address)
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_an_officer_sees_and_makes_none(
    institution: Institution, officer: User, browser_of: Callable[..., Client], fed: Sitting
) -> None:
    client = browser_of(officer)
    assert client.get(reverse(LIST)).status_code == 403
    assert client.post(reverse(NEW), _filled_in(fed)).status_code == 403
