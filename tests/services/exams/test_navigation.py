"""Forward-only sections: the server keeps what was left closed, and loses nothing."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Institution, User
from exams import states
from exams.delivery import attempts, progress
from exams.delivery.journal import save_batch
from exams.delivery.queries import paper_view
from exams.models import Attempt, PaperItem
from exams.models.exam import Navigation
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Refusal, TooLate
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.papers import THREE, accesses, answer_to, codes, items, leave, save


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


def test_exams_without_limits_and_forward_sections_ask_nothing_more_of_the_database(
    scoped: Institution, candidate: User, django_assert_num_queries: Any
) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(scoped, kinds=THREE)), candidate))
    paper_view(attempt)  # from now on this process knows the questions
    with django_assert_num_queries(1):
        assert accesses(paper_view(attempt)) == ["open"] * 3
