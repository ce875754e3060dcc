"""One institution with tokens of each kind, and the objects that calls by token name."""

from datetime import timedelta
from typing import Any

from accounts.api_scopes import OWN_SESSIONS, SCOPES
from accounts.models import ApiToken, Invitation
from accounts.roles import Role
from accounts.tenancy import within
from exams.bank.categories import create_category
from exams.models import Allowance, SectionPool, SectionQuestion
from proctor_site.kernel import clock
from tests.contracts.permission_world import World
from tests.factories.accounts import make_member
from tests.factories.outside import make_outside_sitting, start_session
from tests.factories.tokens import new_token


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
        usual = SCOPES.keys() - {OWN_SESSIONS}
        self.without = {code: new_token(self.here, *(usual - {code}), **make)[1] for code in SCOPES}
        self.every = new_token(self.here, **make)[1]
        self.foreign = new_token(there, actor=foreign)[1]
        ended, self.ended = new_token(self.here, **make)
        ApiToken.objects.with_scopes_disabled().filter(pk=ended.pk).update(expires_at=clock.now())
        self.member = make_member(self.here, Role.CANDIDATE, name="Mara Member")
        start_session(make_outside_sitting(self.here), admin)
        with within(self.here):
            self.allowance = Allowance.objects.create(
                institution=self.here, enrolment=self.world.enrolment, extra_minutes=1
            )
            self.place = SectionQuestion.objects.filter(section__exam=self.world.exam).first()
            self.pool = SectionPool.objects.create(
                institution=self.here, section=self.place.section, position=9, count=1
            )
            self.category = create_category(self.here, name="Physics", parent=None, actor=admin)
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
            "pool_id": self.pool.pk,
            "category_id": self.category.pk,
            "session_id": "run-1",
        }
        return own[name] if name in own else self.world.argument(name)
