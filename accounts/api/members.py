"""Members of the token's institution: who they are, which roles they have, giving and ending roles."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import StrictSerializer, checked, page_shape, query_in
from accounts.models import Institution, Membership, User
from accounts.roles import ROLE_CODES, Role
from accounts.services import candidate_numbers, memberships
from proctor_site.kernel.errors import InvalidInput, NotAllowed, NotFound

_TAG = "members"


class MemberSerializer(serializers.Serializer[Any]):
    """A person with all roles that they have in the institution now."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLE_CODES))
    candidate_number = serializers.CharField(allow_blank=True)
    member_since = serializers.DateTimeField()


class MemberQuerySerializer(StrictSerializer):
    """Filters of members."""

    role = serializers.ChoiceField(choices=ROLE_CODES, required=False)
    email = serializers.EmailField(required=False)
    candidate_number = serializers.CharField(required=False, max_length=60)
    member_after = serializers.DateTimeField(
        required=False, help_text="Only who became a member after this moment."
    )


class MemberChangeSerializer(StrictSerializer):
    """What becomes of a member."""

    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=ROLE_CODES),
        help_text="All roles from now on. A token gives and ends candidate, author, proctor and reviewer.",
    )
    candidate_number = serializers.CharField(max_length=60, allow_blank=True, help_text="Empty: none.")


class Members(TokenView):
    """All members."""

    scopes = {"GET": "members:read"}

    @operation(
        "members", tag=_TAG, answer=page_shape(MemberSerializer), query=MemberQuerySerializer, is_paged=True
    )
    def get(self, request: Request) -> Response:
        """People with a role in the institution."""
        given = query_in(request, MemberQuerySerializer)
        held = Membership.objects.filter(ended_at=None)
        if "role" in given:
            held = held.filter(role=given["role"])
        if "candidate_number" in given:
            held = held.filter(external_id__iexact=given["candidate_number"])
        if "member_after" in given:
            held = held.filter(created_at__gt=given["member_after"])
        people = User.objects.filter(pk__in=held.order_by().values("user"))
        if "email" in given:
            people = people.filter(email=given["email"].lower())
        return page_of(request, people, lambda rows: _shown(self.institution, rows))


class Member(TokenView):
    """One member."""

    scopes = {"GET": "members:read", "PATCH": "members:write", "DELETE": "members:write"}

    @operation("member", tag=_TAG, answer=MemberSerializer)
    def get(self, request: Request, member_id: int) -> Response:
        """One member."""
        query_in(request)
        return self._answer(self._member(member_id))

    @operation("member_change", tag=_TAG, body=MemberChangeSerializer, answer=MemberSerializer)
    def patch(self, request: Request, member_id: int) -> Response:
        """Sets the roles or the candidate number; all of it or nothing."""
        person = self._member(member_id)
        given = checked(MemberChangeSerializer, request.data, partial=True)
        with transaction.atomic():
            if "roles" in given:
                if not given["roles"]:
                    raise InvalidInput("Name one role at least, or use DELETE.", field="roles")
                self._set_roles(person, set(given["roles"]))
            if "candidate_number" in given:
                self._set_number(person, given["candidate_number"])
        return self._answer(self._member(member_id))

    @operation(
        "member_end", tag=_TAG, status=204, answer=OpenApiResponse(description="Every role has ended.")
    )
    def delete(self, request: Request, member_id: int) -> Response:
        """Ends every role of the person here; what they did stays on record. Admins are ended by people."""
        person = self._member(member_id)
        with transaction.atomic():
            self._set_roles(person, set())
        return Response(status=204)

    def _member(self, member_id: int) -> User:
        held = Membership.objects.filter(user=member_id, ended_at=None)
        person = User.objects.filter(pk__in=held.order_by().values("user")).first()
        if person is None:
            raise NotFound("There is no such member of your institution.")
        return person

    def _answer(self, person: User) -> Response:
        [shown] = _shown(self.institution, [person])
        return Response(shown)

    def _set_roles(self, person: User, wanted: set[str]) -> None:
        held = {each.role: each for each in Membership.objects.filter(user=person, ended_at=None)}
        refuse_roles_of_people(held.keys() ^ wanted)
        for role in sorted(wanted - held.keys()):
            memberships.add_member(self.institution, person, role, actor=self.actor)
        for role in sorted(held.keys() - wanted):
            memberships.end_membership(held[role], actor=self.actor)

    def _set_number(self, person: User, number: str) -> None:
        membership = Membership.objects.filter(user=person, role=Role.CANDIDATE, ended_at=None).first()
        if membership is None:
            raise InvalidInput(
                "Only candidates have a number.", field="candidate_number", code="no_candidate"
            )
        candidate_numbers.set_number(membership, number, actor=self.actor)


def refuse_roles_of_people(roles: Iterable[str]) -> None:
    """Raises NotAllowed (roles) for roles that no token gives or ends: a stolen one makes no admin."""
    for role in sorted(roles):
        if role not in memberships.GIVEN_BY_OFFICERS:
            raise NotAllowed(
                f"The role {Role(role).label} is given and ended by people only.",
                code="role_of_people",
                field="roles",
            )


def _shown(institution: Institution, people: Sequence[User]) -> list[dict[str, Any]]:
    """The people with their roles. One query for all of them."""
    rows = Membership.objects.filter(institution=institution, user__in=people, ended_at=None)
    held: dict[int, list[Membership]] = {}
    for each in rows.order_by("created_at", "pk"):
        held.setdefault(each.user_id, []).append(each)
    return [
        MemberSerializer(
            {
                "id": person.pk,
                "name": person.name,
                "email": person.email,
                "roles": sorted((each.role for each in held[person.pk]), key=list(Role.values).index),
                "candidate_number": "".join(each.external_id for each in held[person.pk]),
                "member_since": held[person.pk][0].created_at,
            }
        ).data
        for person in people
        if person.pk in held
    ]
