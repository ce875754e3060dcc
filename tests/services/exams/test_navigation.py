"""Forward-only sections and sections in order: the server keeps what was left closed, and loses nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Institution, User
from exams import states
from exams.delivery import attempts, progress
from exams.delivery.journal import BatchResult, save_batch
from exams.delivery.queries import PaperView, paper_view
from exams.models import Allowance, Answer, Attempt, LostTime, PaperItem, Section, SectionQuestion, SectionRun
from exams.models.exam import Navigation
from exams.models.lost_time import Cause
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Refusal, TooLate
from tests.factories.exams import enrol, make_attempt, make_exam, make_question, make_sitting

THREE = ("single_choice", "short_answer", "essay")


@pytest.fixture
def forward(scoped: Institution, candidate: User) -> Attempt:
    exam = make_exam(scoped, kinds=THREE, navigation=Navigation.FORWARD)
    return make_attempt(enrol(make_sitting(exam), candidate))


@pytest.fixture
def timed(scoped: Institution, candidate: User) -> Attempt:
    """Two sections: 20 minutes, then one without a limit; an hour of working time."""
    exam = make_exam(scoped, kinds=THREE[:2], minutes=20)
    second = Section.objects.create(institution=scoped, exam=exam, title="Part two", position=2)
    question = make_question(scoped, "essay")
    SectionQuestion.objects.create(institution=scoped, section=second, question=question)
    return make_attempt(enrol(make_sitting(exam), candidate))


def items(attempt: Attempt) -> list[PaperItem]:
    return list(attempt.paper.order_by("position"))


def parts(attempt: Attempt) -> list[int]:
    return list(dict.fromkeys(item.section_id for item in items(attempt)))


def save(
    attempt: Attempt,
    sequence: int,
    item: PaperItem,
    value: Any,
    *,
    device: str = "device-1",
    at: datetime | None = None,
) -> BatchResult:
    change = {"client_sequence": sequence, "item": item.pk, "value": value}
    change["client_at"] = (at or clock.now()).isoformat()
    return save_batch(attempt, device=device, changes=[change])


def codes(result: BatchResult) -> list[str]:
    return [each.code for each in result.refused]


def answer_to(item: PaperItem) -> Any:
    found = Answer.objects.filter(item=item).first()
    return found and found.value


def leave(attempt: Attempt, item: PaperItem, device: str = "device-1") -> None:
    progress.leave_question(attempt, device=device, item_id=item.pk)


def accesses(view: PaperView) -> list[str]:
    return [item["access"] for section in view["sections"] for item in section["items"]]


# forward only


def test_only_the_open_question_can_be_read(forward: Attempt) -> None:
    first, second, _ = items(forward)
    save(forward, 1, first, "a")
    view = paper_view(forward)
    assert accesses(view) == ["open", "ahead", "ahead"]
    assert [bool(item["stem"]) for item in view["sections"][0]["items"]] == [True, False, False]
    leave(forward, first)
    view = paper_view(forward)
    assert accesses(view) == ["closed", "open", "ahead"]
    assert [bool(item["content"]) for item in view["sections"][0]["items"]] == [False, True, False]
    assert view["sections"][0]["items"][0]["answer"] == "a"


def test_an_answer_to_a_question_that_was_left_is_refused_and_the_former_one_stays(forward: Attempt) -> None:
    first, second, third = items(forward)
    save(forward, 1, first, "a")
    leave(forward, first)
    late = save(forward, 2, first, "b")
    assert (late.accepted, codes(late), late.refused[0].field) == ([], ["question_left"], "item")
    assert answer_to(first) == "a"
    assert codes(save(forward, 3, third, "too early")) == ["question_not_open"]
    assert save(forward, 4, second, "Wien").accepted == [4]
    assert Attempt.objects.get(pk=forward.pk).journal_length == 2


def test_a_repeat_of_a_saved_change_is_accepted_after_leaving(forward: Attempt) -> None:
    first = items(forward)[0]
    save(forward, 1, first, "a")
    leave(forward, first)
    again = save(forward, 1, first, "a")
    assert (again.accepted, again.refused) == ([1], [])
    assert codes(save(forward, 1, first, "b")) == ["repeated_with_other_value"]


def test_a_refused_change_twice_in_one_batch_is_refused_twice(forward: Attempt) -> None:
    first = items(forward)[0]
    leave(forward, first)
    change = {"client_sequence": 7, "item": first.pk, "value": "a", "client_at": clock.now().isoformat()}
    result = save_batch(forward, device="device-1", changes=[change, change])
    assert (result.accepted, codes(result)) == ([], ["question_left", "question_left"])


def test_leaving_twice_changes_nothing(forward: Attempt) -> None:
    first = items(forward)[0]
    leave(forward, first)
    before = PaperItem.objects.filter(pk=first.pk).values().get()
    leave(forward, first)
    assert PaperItem.objects.filter(pk=first.pk).values().get() == before
    assert before["left_turn"] == 0


def test_one_cannot_leave_out_of_turn_or_what_is_not_there(forward: Attempt, second_candidate: User) -> None:
    first, second, _ = items(forward)
    with pytest.raises(Conflict, match="not open yet") as refusal:
        leave(forward, second)
    assert refusal.value.code == "question_not_open"
    other = make_attempt(enrol(forward.enrolment.sitting, second_candidate))
    with pytest.raises(InvalidInput, match="not on this paper"):
        leave(forward, items(other)[0])
    with pytest.raises(Conflict) as refusal:
        leave(forward, first, device="device-2")
    assert refusal.value.code == "other_device"


def test_a_question_of_a_free_section_cannot_be_left(timed: Attempt) -> None:
    with pytest.raises(InvalidInput) as refusal:
        leave(timed, items(timed)[0])
    assert refusal.value.code == "not_forward_only"


@pytest.mark.parametrize(
    ("state", "code"),
    [(states.READY, "not_started"), (states.PAUSED, "paused"), (states.SUBMITTED, "ended")],
)
def test_nobody_goes_on_outside_working_time(
    scoped: Institution, candidate: User, state: str, code: str
) -> None:
    exam = make_exam(scoped, kinds=THREE, navigation=Navigation.FORWARD, minutes=5)
    attempt = make_attempt(enrol(make_sitting(exam), candidate), state=state)
    for verb in (
        lambda: progress.leave_question(attempt, device="device-1", item_id=1),
        lambda: progress.open_section(attempt, device="device-1", section_id=1),
        lambda: progress.close_section(attempt, device="device-1", section_id=1),
    ):
        with pytest.raises(Refusal) as refusal:
            verb()
        assert refusal.value.code == code


def test_nobody_goes_on_after_the_deadline(forward: Attempt) -> None:
    Attempt.objects.filter(pk=forward.pk).update(deadline_at=clock.now() - timedelta(seconds=1))
    with pytest.raises(TooLate):
        leave(forward, items(forward)[0])


def test_the_other_device_stands_where_the_first_one_was(forward: Attempt) -> None:
    first, second, _ = items(forward)
    leave(forward, first)
    attempts.take_over(forward, actor=None, device="device-2")
    assert accesses(paper_view(forward)) == ["closed", "open", "ahead"]
    assert codes(save(forward, 1, first, "b", device="device-2")) == ["question_left"]
    assert save(forward, 2, second, "Wien", device="device-2").accepted == [2]


def test_leftovers_of_the_former_device_count_when_given_before_the_other_one_went_on(
    forward: Attempt,
) -> None:
    first = items(forward)[0]
    before = clock.now() - timedelta(minutes=3)
    attempts.take_over(forward, actor=None, device="device-2")
    leave(forward, first, device="device-2")
    assert save(forward, 5, first, "a", at=before).accepted == [5]
    assert answer_to(first) == "a"
    given_after = save(forward, 6, first, "b", at=clock.now() + timedelta(minutes=1))
    assert codes(given_after) == ["question_left"]
    assert answer_to(first) == "a"


def test_leftovers_never_displace_what_the_later_device_answered(forward: Attempt) -> None:
    first = items(forward)[0]
    before = clock.now() - timedelta(minutes=3)
    attempts.take_over(forward, actor=None, device="device-2")
    save(forward, 1, first, "c", device="device-2")
    leave(forward, first, device="device-2")
    assert save(forward, 5, first, "a", at=before).accepted == [5]
    assert answer_to(first) == "c"


def test_the_device_that_went_on_cannot_date_an_answer_back(forward: Attempt) -> None:
    first = items(forward)[0]
    leave(forward, first)
    back = save(forward, 1, first, "b", at=clock.now() - timedelta(hours=1))
    assert codes(back) == ["question_left"]


# sections in order


def test_sections_are_opened_one_after_the_other(timed: Attempt) -> None:
    one, two = parts(timed)
    view = paper_view(timed)
    assert (view["in_order"], view["next_section"]) == (True, one)
    assert accesses(view) == ["ahead"] * 3
    assert codes(save(timed, 1, items(timed)[0], "a")) == ["section_not_open"]
    with pytest.raises(Conflict, match="Part one") as refusal:
        progress.open_section(timed, device="device-1", section_id=two)
    assert refusal.value.code == "section_not_open"
    progress.open_section(timed, device="device-1", section_id=one)
    view = paper_view(timed)
    assert (accesses(view), view["next_section"]) == (["open", "open", "ahead"], None)
    assert view["sections"][0]["minutes"] == 20
    deadline = view["sections"][0]["deadline_at"]
    assert deadline is not None
    assert abs(deadline - clock.now() - timedelta(minutes=20)) < timedelta(seconds=5)
    progress.close_section(timed, device="device-1", section_id=one)
    assert paper_view(timed)["next_section"] == two
    with pytest.raises(Conflict) as refusal:
        progress.open_section(timed, device="device-1", section_id=one)
    assert refusal.value.code == "section_closed"
    progress.open_section(timed, device="device-1", section_id=two)
    assert accesses(paper_view(timed)) == ["closed", "closed", "open"]


def test_opening_and_closing_twice_changes_nothing(timed: Attempt) -> None:
    one, _ = parts(timed)
    for verb in (progress.open_section, progress.close_section):
        verb(timed, device="device-1", section_id=one)
        before = list(SectionRun.objects.values())
        verb(timed, device="device-1", section_id=one)
        assert list(SectionRun.objects.values()) == before


@pytest.mark.parametrize("section", [0, 999_999_999, 2**70])
def test_sections_that_are_not_on_the_paper(timed: Attempt, section: int) -> None:
    for verb in (progress.open_section, progress.close_section):
        with pytest.raises(InvalidInput) as refusal:
            verb(timed, device="device-1", section_id=section)
        assert refusal.value.code == "not_on_paper"


def test_a_paper_without_limits_has_no_order(forward: Attempt) -> None:
    with pytest.raises(InvalidInput) as refusal:
        progress.open_section(forward, device="device-1", section_id=parts(forward)[0])
    assert refusal.value.code == "not_in_order"


def opened(attempt: Attempt, *, minutes_ago: float) -> tuple[int, int]:
    one, two = parts(attempt)
    progress.open_section(attempt, device="device-1", section_id=one)
    SectionRun.objects.update(opened_at=clock.now() - timedelta(minutes=minutes_ago))
    return one, two


def test_the_clock_closes_a_section_and_takes_in_what_was_given_before(timed: Attempt) -> None:
    _, two = opened(timed, minutes_ago=21)
    first, second, third = items(timed)
    assert paper_view(timed)["next_section"] == two
    assert codes(save(timed, 1, first, "a")) == ["section_closed"]
    in_time = clock.now() - timedelta(minutes=2)
    assert save(timed, 2, first, "b", at=in_time).accepted == [2]
    progress.open_section(timed, device="device-1", section_id=two)
    assert save(timed, 3, second, "Wien", at=in_time).accepted == [3]
    assert save(timed, 10, third, "A text.").accepted == [10]
    # The browser sends the oldest first, so this one was not waiting: its time is made up.
    assert codes(save(timed, 4, first, "c", at=in_time)) == ["section_closed"]
    assert answer_to(first) == "b"


def test_extra_time_scales_the_limit_also_while_it_runs(timed: Attempt) -> None:
    opened(timed, minutes_ago=21)
    Allowance.objects.create(institution=timed.institution, enrolment=timed.enrolment, factor="1.5")
    Attempt.objects.filter(pk=timed.pk).update(deadline_at=clock.now() + timedelta(hours=1))
    fresh = Attempt.objects.get(pk=timed.pk)
    view = paper_view(fresh)["sections"][0]
    assert (view["access"], view["minutes"]) == ("open", 30)
    assert view["deadline_at"] is not None
    assert abs(view["deadline_at"] - clock.now() - timedelta(minutes=9)) < timedelta(seconds=5)


def test_a_limit_never_reaches_beyond_the_deadline_of_the_attempt(timed: Attempt) -> None:
    Attempt.objects.filter(pk=timed.pk).update(deadline_at=clock.now() + timedelta(minutes=5))
    timed.refresh_from_db()
    opened(timed, minutes_ago=0)
    assert paper_view(timed)["sections"][0]["deadline_at"] == timed.deadline_at


def test_time_stands_still_in_a_pause_and_is_given_back(timed: Attempt) -> None:
    opened(timed, minutes_ago=15)
    attempts.pause(timed, actor=None, reason="Fire alarm")
    Attempt.objects.filter(pk=timed.pk).update(paused_at=clock.now() - timedelta(minutes=14))
    timed.refresh_from_db()
    assert accesses(paper_view(timed))[0] == "open"  # one minute used, whatever the wall clock says
    attempts.resume(timed, actor=None)
    deadline = paper_view(timed)["sections"][0]["deadline_at"]
    assert deadline is not None
    assert abs(deadline - clock.now() - timedelta(minutes=19)) < timedelta(seconds=5)


def test_of_lost_time_that_began_before_a_section_only_the_later_part_counts_for_it(timed: Attempt) -> None:
    opened(timed, minutes_ago=10)
    for began, ended in ((14, 8), (30, 20)):
        LostTime.objects.create(
            institution=timed.institution,
            attempt=timed,
            cause=Cause.OUTAGE,
            started_at=clock.now() - timedelta(minutes=began),
            ended_at=clock.now() - timedelta(minutes=ended),
            credited_seconds=(began - ended) * 60,
        )
    deadline = paper_view(timed)["sections"][0]["deadline_at"]
    assert deadline is not None
    assert abs(deadline - clock.now() - timedelta(minutes=12)) < timedelta(seconds=5)


def test_a_section_the_clock_closed_stays_closed_once_the_next_one_is_open(timed: Attempt) -> None:
    one, two = opened(timed, minutes_ago=21)
    progress.open_section(timed, device="device-1", section_id=two)
    Allowance.objects.create(institution=timed.institution, enrolment=timed.enrolment, extra_minutes=60)
    assert accesses(paper_view(timed)) == ["closed", "closed", "open"]
    assert SectionRun.objects.get(section=one).closed_turn is None


def test_an_attempt_is_handed_in_whatever_part_it_is_in(timed: Attempt) -> None:
    opened(timed, minutes_ago=1)
    attempts.submit(timed, actor=None, ended_by="candidate", device="device-1")
    assert timed.state == states.SUBMITTED


def test_exams_without_limits_and_forward_sections_ask_nothing_more_of_the_database(
    scoped: Institution, candidate: User, django_assert_num_queries: Any
) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(scoped, kinds=THREE)), candidate))
    with django_assert_num_queries(1):
        assert accesses(paper_view(attempt)) == ["open"] * 3
