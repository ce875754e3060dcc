"""Sections taken in order: opened by a call, closed by a call or by their clock."""

from datetime import timedelta

import pytest

from exams import states
from exams.delivery import attempts, progress
from exams.delivery.queries import paper_view
from exams.models import Allowance, Attempt, LostTime, SectionRun
from exams.models.lost_time import Cause
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from tests.papers import accesses, answer_to, codes, items, parts, save


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
