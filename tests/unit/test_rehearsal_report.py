"""What a rehearsal promises, and its signed report."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from proctor_site.kernel.errors import InvalidInput
from proctor_site.rehearsal import report
from proctor_site.rehearsal.checks import Found
from proctor_site.rehearsal.log import Log
from proctor_site.rehearsal.pictures import media
from proctor_site.rehearsal.plan import Plan, Stage
from proctor_site.rehearsal.promises import judge

PLAN = Plan(candidates=2, seconds=20.0)
STAGE = Stage("http://exam.example", "rehearsal", 1, 1, (), (), "sessionid", "csrftoken")


def good() -> tuple[Log, Found]:
    log = Log()
    log.saved_s, log.first_question_s = [0.1, 0.2], [0.5]
    log.planned, log.raised_at, log.told = {7}, {7: 10.0}, {7: 10.4}
    log.heard = [Counter({7: 1})]
    return log, Found(acknowledged=2, incident_counts={7: 1})


def broken(log: Log, found: Found) -> set[str]:
    return {each.name for each in judge(PLAN, log, found) if not each.holds}


def test_a_good_rehearsal_holds_everything() -> None:
    assert broken(*good()) == set()


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"lost": ["attempt 7, change 1"]}, "No acknowledged answer is lost"),
        ({"older_kept": 1}, "No acknowledged answer is lost"),
        ({"twice": 1}, "No acknowledged answer is lost"),
        ({"acknowledged": 0}, "No acknowledged answer is lost"),
        ({"broken_journals": ["attempt 7"]}, "Every journal of answers verifies"),
        ({"broken_evidence": ["session 7"]}, "Every chain of evidence verifies"),
        ({"incident_counts": {7: 2}}, "Every planned incident is there once"),
        ({"incident_counts": {}}, "Every planned incident is there once"),
        ({"not_handed_in": 1}, "Everybody hands in"),
    ],
)
def test_what_the_database_lacks_breaks_one_promise(wrong: dict[str, object], name: str) -> None:
    log, found = good()
    assert broken(log, replace(found, **wrong)) == {name}  # type: ignore[arg-type]


def test_slow_answers_missing_alerts_and_lines_that_stay_down_break_promises() -> None:
    log, found = good()
    log.saved_s = [0.1] * 9 + [0.4]
    log.heard = [Counter({7: 1}), Counter()]
    log.told = {}
    log.away = {7}
    assert broken(log, found) == {
        "An answer is saved (p95)",
        "An alert is on the proctor's screen (p95)",
        "Every proctor heard of each planned incident once",
        "Everybody comes back by himself",
    }


def test_a_report_is_signed_and_no_word_of_it_can_change() -> None:
    log, found = good()
    made = report.make(STAGE, PLAN, log, found, judge(PLAN, log, found), seconds=60, cpu_s=50)
    text = json.dumps(made)
    assert report.verify(text)["passed"] is True
    assert "may be those of the load" in report.as_markdown(made)
    for other in (
        text.replace('"passed": true', '"passed": false'),
        text.replace("proctor rehearsal 1", "proctor rehearsal 2"),
        text.replace(made["signature"]["key"], "0" * 16),
        "[]",
        "no JSON",
    ):
        assert other != text
        with pytest.raises(InvalidInput):
            report.verify(other)


def test_pictures_are_each_their_own_and_small_enough() -> None:
    made = media(10)
    frames = [made.frame(number, two=False) for number in range(100)]
    assert len(set(frames)) == len(frames)
    assert max(map(len, frames)) < 60_000
    assert 5_000 < len(made.clip) < 200_000
