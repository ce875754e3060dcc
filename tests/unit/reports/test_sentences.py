"""The summary written by rules: what it says of which facts, and what it never says."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from proctoring.reports.facts import Act, CaseFacts, Integrity, Lost
from proctoring.reports.sentences import length_words, share_words, summary_of
from tests.unit.reports.facts import BEGIN, coverage_facts, incident_facts, minutes, report_facts

GUILT = re.compile(r"cheat|guilt|suspicio|dishonest|fraud|offen[cs]e|violat", re.IGNORECASE)


def test_an_attempt_without_incidents_is_not_called_honest() -> None:
    words = summary_of(report_facts())
    assert "The attempt was watched for 1 h." in words
    assert "No incident was recorded." in words
    assert words[-1].endswith("the absence of incidents proves nothing either.")


def test_incidents_are_counted_by_kind_and_decision() -> None:
    incidents = [
        incident_facts(1, review="upheld"),
        incident_facts(2, review="dismissed"),
        incident_facts(3, kind="phone", words="phone"),
    ]
    words = summary_of(report_facts(incidents=incidents))
    assert "3 incidents were recorded: no face (2), phone (1)." in words
    assert "Decided by people: 1 upheld, 1 dismissed; 1 waits for a decision." in words


def test_the_order_of_incidents_does_not_change_the_words() -> None:
    incidents = [incident_facts(each, words=name) for each, name in enumerate("dcabe")]
    said = summary_of(report_facts(incidents=incidents))
    assert said == summary_of(report_facts(incidents=incidents[::-1]))
    assert "5 incidents were recorded: a (1), b (1), c (1), d (1) and 1 other kind." in said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, "was not recorded"),
        (0.4, "an absence of incidents says little here"),
        (0.8, "What happened in the rest is not known"),
        (0.97, "looked at 120 pictures; 97 % of the minutes"),
    ],
)
def test_how_much_was_seen_is_said_plainly(share: float | None, said: str) -> None:
    coverage = coverage_facts(minutes(2), share)
    assert any(said in each for each in summary_of(report_facts(coverage=coverage)))


def test_lost_time_and_acts() -> None:
    lost = [Lost(BEGIN, BEGIN + timedelta(seconds=90), "Connection lost", 0, "too short to be given back")]
    acts = [Act(BEGIN, "Pia", "time given: 5 min", ""), Act(BEGIN, "Pia", "warned", "Please stay.")]
    words = summary_of(report_facts(lost=lost, acts=acts))
    assert "The candidate lost 1 min 30 s in 1 interval; none of it was given back." in words
    assert "Staff acted 2 times: time given (1), warned (1)." in words


def test_altered_evidence_is_named() -> None:
    broken = Integrity(3, "a" * 64, BEGIN, "files", "Evidence item 2 does not fit: its file was altered.")
    assert broken.problem in summary_of(report_facts(integrity=broken))


def test_a_verdict_is_said_to_be_of_people() -> None:
    case = CaseFacts(4, "decided", "incidents", "no concern", "", None, "", None)
    assert "The verdict of people on the case is: no concern." in summary_of(report_facts(case=case))
    assert "There is no verdict yet." in " ".join(summary_of(report_facts(case=replace(case, verdict=""))))


def test_no_words_of_guilt() -> None:
    incidents = [
        incident_facts(each, review=state) for each, state in enumerate(("upheld", "dismissed", "unreviewed"))
    ]
    case = CaseFacts(4, "decided", "incidents", "breach", "", None, "", None)
    assert not GUILT.search(" ".join(summary_of(report_facts(incidents=incidents, case=case))))


def test_figures_in_words() -> None:
    assert [length_words(each) for each in (0, 59.6, 3600, 7325)] == ["0 s", "1 min", "1 h", "2 h 2 min"]
    assert [share_words(each) for each in (0, 0.001, 0.5, 0.999, 1)] == [
        "0 %", "less than 1 %", "50 %", "99 %", "100 %",
    ]  # fmt: skip
