"""Who looks first at whom: shared out evenly, taken, left, handed over; and that it limits nobody."""

from typing import Any

import pytest

from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from accounts.tenancy import across_all
from exams.models import Attempt, Sitting, SittingProctor
from proctor_site.kernel.errors import Conflict, IllegalMove, InvalidInput, NotAllowed, NotFound
from proctoring import supervision, supervision_wall
from proctoring.live import proctor_presence
from proctoring.models import HandOver, LiveEvent, WatchAssignment
from proctoring.rota import queries, services
from proctoring.rota.rules import MOST_RATIO, share_out
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]


@pytest.fixture
def desk(sitting: Sitting, second_proctor: User, institution: Institution) -> list[int]:
    """A second proctor, and five running candidates by name; their enrolments."""
    SittingProctor.objects.create(institution=institution, sitting=sitting, user=second_proctor)
    people = [make_member(institution, Role.CANDIDATE, name=f"Candidate {letter}") for letter in "ABCDE"]
    return [make_attempt(enrol(sitting, each)).enrolment_id for each in people]


def holders(sitting: Sitting) -> dict[int, str]:
    return {key: each["name"] for key, each in queries.proctors_by_enrolment(sitting).items()}


def test_shares_are_even_neighbours_stay_together_and_what_is_left_is_said() -> None:
    assert share_out([1, 2, 3, 4, 5], {7: 0, 8: 0}, 12).given == {7: (1, 2, 3), 8: (4, 5)}
    # Who holds fewest gets most.
    assert share_out([1, 2, 3], {7: 2, 8: 0}, 12).given == {7: (1,), 8: (2, 3)} or share_out(
        [1, 2, 3], {7: 2, 8: 0}, 12
    ).given == {8: (1, 2, 3)}
    few = share_out(list(range(1, 31)), {7: 0, 8: 4}, 12)
    assert {proctor: len(mine) for proctor, mine in few.given.items()} == {7: 12, 8: 8}
    assert (len(few.left), few.missing) == (10, 1)
    assert share_out([1], {}, 12).missing == 1
    for ratio in (0, MOST_RATIO + 1):
        with pytest.raises(ValueError, match="ratio"):
            share_out([1], {7: 0}, ratio)


def test_sharing_out_leaves_those_who_have_somebody(
    sitting: Sitting, desk: list[int], proctor: User, second_proctor: User, officer: User
) -> None:
    services.take(sitting, [desk[4]], actor=proctor)
    before = WatchAssignment.objects.get()
    shares = services.carry_out(sitting, actor=proctor, ratio=12)
    assert sum(len(mine) for mine in shares.given.values()) == 4
    assert WatchAssignment.objects.filter(pk=before.pk, until=None).exists()
    assert (
        sorted(holders(sitting).values()) == ["Petra Proctor"] * 3 + ["Quentin Proctor"] * 2
        or sorted(holders(sitting).values()) == ["Petra Proctor"] * 2 + ["Quentin Proctor"] * 3
    )
    row = next(each for each in supervision_wall.rows_of(sitting) if each["enrolment"] == desk[4])
    assert row["proctor"] == {"id": proctor.pk, "name": "Petra Proctor"}
    with pytest.raises(NotAllowed):
        services.carry_out(sitting, actor=proctor, ratio=12, anew=True)
    services.carry_out(sitting, actor=officer, ratio=2, anew=True)
    assert len(holders(sitting)) == 4  # two each; one is left, and listed
    assert len(queries.rota_of(sitting).nobodys) == 1


@pytest.mark.parametrize("ratio", [0, 31, None, True, "12"])
def test_a_wrong_ratio_is_named(sitting: Sitting, proctor: User, ratio: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        services.carry_out(sitting, actor=proctor, ratio=ratio)
    assert refusal.value.field == "ratio"


def test_nobody_takes_from_another_but_who_directs(
    sitting: Sitting, desk: list[int], proctor: User, second_proctor: User, officer: User
) -> None:
    services.take(sitting, desk[:2], actor=proctor)
    services.take(sitting, desk[:2], actor=proctor)  # a repeat changes nothing
    assert WatchAssignment.objects.count() == 2
    with pytest.raises(Conflict) as refusal:
        services.take(sitting, desk[:1], actor=second_proctor)
    assert refusal.value.code == "taken"
    with pytest.raises(NotAllowed):
        services.give(sitting, desk[:1], to=second_proctor.pk, actor=second_proctor)
    services.give(sitting, desk[:1], to=second_proctor.pk, actor=officer)
    services.give(sitting, desk[1:2], to=None, actor=officer)
    assert holders(sitting) == {desk[0]: "Quentin Proctor"}
    with across_all():
        entries = AuditEntry.objects.filter(verb="sitting.watch_assigned").order_by("pk")
        assert [each.actor for each in entries] == [proctor, officer, officer]
    # It says who looks first, and limits nobody.
    supervision.warn(Attempt.objects.get(enrolment=desk[0]), proctor=proctor, text="Hello")


def test_a_hand_over_moves_nothing_before_it_is_accepted(
    sitting: Sitting, desk: list[int], proctor: User, second_proctor: User
) -> None:
    services.take(sitting, desk[:2], actor=proctor)
    offered = services.offer(sitting, desk[:2], to=second_proctor.pk, note=" Lunch ", actor=proctor)
    assert set(holders(sitting).values()) == {"Petra Proctor"}
    event = LiveEvent.objects.get(kind="watch.offered").payload["hand_over"]
    assert (event["taker"]["id"], event["note"], len(event["candidates"])) == (second_proctor.pk, "Lunch", 2)
    with pytest.raises(Conflict) as refusal:
        services.offer(sitting, desk[:1], to=second_proctor.pk, note="", actor=proctor)
    assert refusal.value.code == "offered_already"
    with pytest.raises(NotAllowed):
        services.answer(offered, verb="accept", actor=proctor)
    services.answer(offered, verb="accept", actor=second_proctor)
    services.answer(offered, verb="accept", actor=second_proctor)  # a repeat changes nothing
    assert set(holders(sitting).values()) == {"Quentin Proctor"}
    assert LiveEvent.objects.filter(kind="watch.answered").count() == 1
    with pytest.raises(IllegalMove):
        services.answer(offered, verb="withdraw", actor=proctor)


def test_what_is_no_longer_there_is_not_handed_over(
    sitting: Sitting, desk: list[int], proctor: User, second_proctor: User, officer: User
) -> None:
    services.take(sitting, desk[:2], actor=proctor)
    offered = services.offer(sitting, desk[:2], to=second_proctor.pk, note="", actor=proctor)
    services.give(sitting, desk[:1], to=officer.pk, actor=officer)
    assert HandOver.objects.get().state == "offered"  # one of two is left
    services.leave(sitting, actor=proctor)
    offered.refresh_from_db()
    assert offered.state == "withdrawn"
    with pytest.raises(IllegalMove):
        services.answer(offered, verb="accept", actor=second_proctor)
    assert holders(sitting) == {desk[0]: "Olga Officer"}


def test_who_declines_changes_nothing(
    sitting: Sitting, desk: list[int], proctor: User, second_proctor: User
) -> None:
    services.take(sitting, desk[:1], actor=proctor)
    first = services.offer(sitting, desk[:1], to=second_proctor.pk, note="", actor=proctor)
    services.answer(first, verb="decline", actor=second_proctor)
    assert holders(sitting) == {desk[0]: "Petra Proctor"}
    second = services.offer(sitting, desk[:1], to=second_proctor.pk, note="", actor=proctor)
    services.answer(second, verb="withdraw", actor=proctor)
    assert queries.open_offers(sitting) == []


def test_whom_a_proctor_leaves_is_listed(
    sitting: Sitting, desk: list[int], proctor: User, officer: User
) -> None:
    services.take(sitting, desk, actor=proctor)
    SittingProctor.objects.get(user=proctor).delete()
    assert holders(sitting) == {}
    assert [each.enrolment for each in queries.rota_of(sitting).nobodys] == desk
    last = LiveEvent.objects.filter(kind="watch.assigned").order_by("pk").last()
    assert last is not None
    assert all(each["proctor"] is None for each in last.payload["changes"])


@pytest.mark.parametrize("given", [None, [], "1", [True], [0], [999_999], [2**70]])
def test_wrong_candidates_are_named(sitting: Sitting, proctor: User, given: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        services.take(sitting, given, actor=proctor)
    assert refusal.value.field == "enrolments"


def test_only_proctors_of_the_sitting_get_candidates(
    sitting: Sitting, desk: list[int], proctor: User, candidate: User, foreign_proctor: User
) -> None:
    services.take(sitting, desk[:1], actor=proctor)
    for to in (candidate.pk, foreign_proctor.pk, proctor.pk, None, "x"):
        with pytest.raises(InvalidInput) as refusal:
            services.offer(sitting, desk[:1], to=to, note="", actor=proctor)
        assert refusal.value.field == "to"
    with pytest.raises(NotFound):
        services.take(sitting, desk[1:2], actor=foreign_proctor)


def test_the_rota_says_who_is_here(sitting: Sitting, desk: list[int], proctor: User) -> None:
    proctor_presence.here(sitting.pk, proctor.pk, "one")
    proctor_presence.here(sitting.pk, proctor.pk, "two")
    proctor_presence.gone(sitting.pk, proctor.pk, "one")
    found = queries.rota_of(sitting)
    assert {str(each.proctor): each.pages for each in found.desks} == {
        "Petra Proctor": 1,
        "Quentin Proctor": 0,
    }
    assert [each.enrolment for each in found.never_live] == desk
