"""Every route of the public API answers tokens as its table says: scope, other scopes, others' tokens."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.api_scopes import SCOPES
from accounts.models import ApiToken, Invitation
from accounts.roles import Role
from accounts.tenancy import within
from exams.models import Allowance, SectionQuestion
from proctor_site.kernel import clock
from tests.contracts.permission_table_tokens import BASE, OFFICE_ROWS, TokenRow
from tests.contracts.permission_world import World
from tests.contracts.routes import all_routes
from tests.factories.accounts import make_member
from tests.factories.tokens import client_with, new_token

_PART = re.compile(r"<(?:\w+:)?(?P<name>\w+)>")


def test_every_route_of_the_public_api_is_in_the_table() -> None:
    routes = {str(route) for route in all_routes() if route.pattern.startswith(BASE)}
    assert routes == {str(row) for row in OFFICE_ROWS}


def test_every_scope_opens_something() -> None:
    assert {row.scope for row in OFFICE_ROWS} == SCOPES.keys()


class Office:
    """Our institution and another one, with tokens: of each scope, of all others, ended, foreign."""

    def __init__(self) -> None:
        self.world = World("in_progress")
        self.here = self.world.institution
        admin = self.world.people["admin"]
        foreign = self.world.people["foreign_admin"]
        there = foreign.memberships.with_scopes_disabled().first().institution
        make = {"actor": admin}
        self.only = {code: new_token(self.here, code, **make)[1] for code in SCOPES}
        self.without = {code: new_token(self.here, *(SCOPES.keys() - {code}), **make)[1] for code in SCOPES}
        self.foreign = new_token(there, actor=foreign)[1]
        ended, self.ended = new_token(self.here, **make)
        ApiToken.objects.with_scopes_disabled().filter(pk=ended.pk).update(expires_at=clock.now())
        self.member = make_member(self.here, Role.CANDIDATE, name="Mara Member")
        with within(self.here):
            self.allowance = Allowance.objects.create(
                institution=self.here, enrolment=self.world.enrolment, extra_minutes=1
            )
            self.place = SectionQuestion.objects.filter(section__exam=self.world.exam).first()
            self.invitation = Invitation.objects.create(
                institution=self.here,
                email="later-still@example.org",
                role=Role.CANDIDATE,
                token_hash="0" * 64,
                invited_by=admin,
                expires_at=clock.now() + timedelta(days=1),
            )

    def argument(self, name: str) -> Any:
        own = {
            "member_id": self.member.pk,
            "invitation_id": self.invitation.pk,
            "allowance_id": self.allowance.pk,
            "place_id": self.place.pk,
        }
        return own[name] if name in own else self.world.argument(name)


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield Office()
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("row", OFFICE_ROWS, ids=str)
def test_each_token_is_answered_as_the_table_says(row: TokenRow, office: Office) -> None:
    wanted = {"with": row.status, "without": 403, "ended": 401, "foreign": row.foreign}
    secrets = {
        "with": office.only[row.scope],
        "without": office.without[row.scope],
        "ended": office.ended,
        "foreign": office.foreign,
    }
    address = "/" + _PART.sub(lambda found: str(office.argument(found["name"])), row.pattern)
    found = {}
    for who, secret in secrets.items():
        with transaction.atomic():
            client = client_with(secret)
            client.raise_request_exception = False
            call = getattr(client, row.method.lower())
            answer = call(address) if row.method == "GET" else call(address, row.body)
            found[who] = answer.status_code
            if who == "without":
                assert answer.data["scope"] == row.scope
            transaction.set_rollback(True)
    assert found == wanted
