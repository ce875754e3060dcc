"""People enrol themselves: by link, code and domain, never beyond the places, never around a withdrawal."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from accounts.models import Institution, Membership, User
from accounts.roles import Role
from accounts.services.memberships import end_membership
from exams.models import Enrolment, PendingEnrolment, SelfEnrolment, Sitting
from exams.scheduling import enrolments
from exams.scheduling import self_enrolment as service
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, Overloaded, Refusal
from tests.factories.accounts import make_member, make_user
from tests.factories.exams import make_exam, make_sitting


def make_door(institution: Institution, officer: User, *, capacity: int | None = None, **fields: Any) -> Any:
    soon = clock.now() + timedelta(days=2)
    times = {"opens_at": soon, "closes_at": soon + timedelta(hours=2)}
    sitting = make_sitting(make_exam(institution), capacity=capacity, **times)
    return SelfEnrolment.objects.create(institution=institution, sitting=sitting, opened_by=officer, **fields)


def enter(door: SelfEnrolment, user: User, code: str = "") -> Enrolment:
    return service.enter(door, user, code=code, caller="10.0.0.1")


def test_a_stranger_becomes_a_candidate_and_a_second_time_changes_nothing(
    scoped: Institution, officer: User, stranger: User, candidate: User
) -> None:
    door = service.find_door(make_door(scoped, officer).token)
    first = enter(door, stranger)
    assert enter(door, stranger) == first and enter(door, candidate).candidate == candidate
    assert Membership.objects.get(user=stranger).role == Role.CANDIDATE
    with pytest.raises(NotFound):
        service.find_door("nowhere")


def test_code_and_domain_are_asked_and_guesses_are_limited(
    scoped: Institution, officer: User, candidate: User
) -> None:
    door = make_door(scoped, officer, code="Blue Whale", email_domain="example.org")
    for _ in range(service.WRONG_CODES):
        with pytest.raises(InvalidInput) as wrong:
            enter(door, candidate, "red")
        assert (wrong.value.field, wrong.value.code) == ("code", "wrong_code")
    with pytest.raises(Overloaded):
        enter(door, candidate, "blue whale")
    assert service.enter(door, candidate, code=" blue WHALE ", caller="10.0.0.2").pk
    other = make_member(scoped, Role.CANDIDATE, email="x@notexample.org")
    with pytest.raises(Conflict) as refusal:
        service.enter(door, other, code="blue whale", caller="10.0.0.2")
    assert refusal.value.code == "domain"


@pytest.mark.parametrize(
    ("door_fields", "sitting_fields", "code"),
    [
        ({"is_open": False}, {}, "closed"),
        ({}, {"cancelled_at": clock.now()}, "cancelled"),
        ({"closes_hours_before": 49}, {}, "too_late"),
        ({}, {"opens_at": clock.now() - timedelta(seconds=1)}, "too_late"),
    ],
)
def test_a_closed_door_says_why(
    scoped: Institution, officer: User, stranger: User, door_fields: Any, sitting_fields: Any, code: str
) -> None:
    door = make_door(scoped, officer, **door_fields)
    Sitting.objects.filter(pk=door.sitting_id).update(**sitting_fields)
    for act in (enter, lambda door, _: service.ask_for_invitation(door, "a@x.org", code="", caller="1")):
        with pytest.raises(Refusal) as refusal:
            act(service.find_door(door.token), stranger)
        assert refusal.value.code == code
    assert not Enrolment.objects.exists() and not PendingEnrolment.objects.exists()


def test_who_was_turned_out_does_not_come_back_alone(
    scoped: Institution, officer: User, admin_member: User, candidate: User, second_candidate: User
) -> None:
    door = make_door(scoped, officer)
    enrolments.withdraw(enter(door, candidate), actor=officer)
    end_membership(Membership.objects.get(user=second_candidate), actor=admin_member)
    for person, code in ((candidate, "withdrawn"), (second_candidate, "ended")):
        with pytest.raises(Conflict) as refusal:
            enter(door, person)
        assert refusal.value.code == code


def test_an_address_without_an_account_is_invited_once_and_nothing_is_told_of_others(
    scoped: Institution, officer: User, candidate: User
) -> None:
    door = make_door(scoped, officer)
    Sitting.objects.update(tells_candidates=False)  # the link comes all the same
    door = service.find_door(door.token)
    for address in ("New@example.org", "new@example.org", candidate.email):
        service.ask_for_invitation(door, address, code="", caller="10.0.0.1")
    assert [each.to for each in mail.outbox] == [["new@example.org"]]
    with pytest.raises(InvalidInput) as refusal:
        service.ask_for_invitation(door, "nonsense", code="", caller="10.0.0.1")
    assert refusal.value.field == "email"


@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_to_one(institution: Institution, officer: User) -> None:
    from accounts.tenancy import within

    with within(institution):
        door = make_door(institution, officer, capacity=1)
    people = [make_user() for _ in range(4)]
    gate, outcomes = threading.Barrier(len(people)), []

    def run(person: User) -> None:
        try:
            found = service.find_door(door.token)
            gate.wait(10)
            with within(institution):
                outcomes.append(enter(found, person).pk and "in")
        except Conflict as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["full", "full", "full", "in"]
    with within(institution):
        # Who found no place has not become a candidate either.
        assert Membership.objects.filter(role=Role.CANDIDATE).count() == 1
