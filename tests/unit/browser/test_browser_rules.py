"""What noted events amount to: totals in any order, incidents from numbers on, words, hostile messages."""

import json
from random import Random
from typing import Any

import pytest

from proctor_site.kernel.errors import InvalidInput, TooLarge
from proctoring.browser import rules, terms
from proctoring.browser.device_names import program_behind
from proctoring.browser.events import MOST_EVENTS, BrowserKind, PageEvent, read_batch
from proctoring.browser.terms import DEFAULTS, Do, Terms
from proctoring.browser.words import WORDS

LEFT, PASTE = BrowserKind.WINDOW_LEFT, BrowserKind.PASTE
LEAVES = [
    PageEvent(1, LEFT, 100.0, 10.0),
    PageEvent(2, LEFT, 110.0, 12.0, count=0),  # the same leave, going on
    PageEvent(3, LEFT, 300.0, 9.0),
    PageEvent(4, LEFT, 400.0, 10.0),
]


def test_totals_are_the_same_in_any_order() -> None:
    totals = rules.reckon(LEAVES)
    assert (totals.times, totals.seconds, totals.longest, totals.last_seconds) == (3, 41.0, 22.0, 10.0)
    mixed = list(LEAVES)
    Random(7).shuffle(mixed)
    assert rules.reckon(mixed) == totals
    assert rules.explain(LEFT, totals) == "Left the exam's window 3 times for 41 s together, longest 22 s"
    assert rules.tell(LEFT, totals) == (
        "You left the exam's window for 10 s. This is noted. (3 times so far)"
    )


def test_a_piece_without_its_beginning_and_a_flood_count_fairly() -> None:
    assert rules.reckon([PageEvent(5, LEFT, 1.0, 30.0, count=0)]).times == 1
    flood = rules.reckon([PageEvent(6, LEFT, 1.0, 60.0, count=20)])
    assert (flood.times, flood.longest) == (20, 3.0), "many short leaves are no long one"
    assert rules.reckon([]) == rules.Totals()


@pytest.mark.parametrize(
    ("rule", "opens"),
    [
        (Terms(Do.INCIDENT, times=3), True),
        (Terms(Do.INCIDENT, times=4), False),
        (Terms(Do.INCIDENT, times=4, seconds=41), True),
        (Terms(Do.INCIDENT, times=4, seconds=42), False),
        (Terms(Do.WARN, times=1), False),
    ],
)
def test_an_incident_from_a_number_of_times_or_seconds_on(rule: Terms, opens: bool) -> None:
    finding = rules.judge(LEFT, rule, rules.reckon(LEAVES))
    assert (finding is not None) == opens
    if finding:
        assert (finding.started_at, finding.last_seen_at, finding.times) == (100.0, 410.0, 3)
        assert finding.measurements == {"times": 3, "away_seconds": 41.0, "longest_seconds": 22.0}


def test_lengths_are_named_and_seconds_count_only_for_what_lasts() -> None:
    pasted = rules.reckon([PageEvent(1, PASTE, 1.0, length=40), PageEvent(2, PASTE, 2.0, length=900)])
    assert rules.explain(PASTE, pasted) == (
        "Pasted text from elsewhere 2 times, 940 characters together, most 900"
    )
    assert rules.judge(PASTE, Terms(Do.INCIDENT, times=9, seconds=1), pasted) is None
    blocked = rules.tell(PASTE, pasted, blocked=True)
    assert blocked.startswith("You pasted text from elsewhere, which is switched off in this exam. This is")


def test_a_policys_changes_are_applied_named_and_found_again() -> None:
    changes = {"paste": {"do": "incident", "times": 1, "blocks": True}, "tab_hidden": {"seconds": 5.0}}
    applied = terms.apply(changes)
    assert applied[PASTE] == Terms(Do.INCIDENT, DEFAULTS[PASTE].severity, times=1, blocks=True)
    assert terms.changes_of(applied) == changes
    assert json.loads(json.dumps(terms.changes_of(applied))) == changes
    assert terms.apply({}) == DEFAULTS
    assert terms.in_words(PASTE, applied[PASTE]).endswith(
        "An incident of severity medium after the first time. The page prevents it and says so."
    )
    assert set(WORDS) == set(DEFAULTS) == set(BrowserKind)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ([], "browser"),
        ({"mind_reading": {}}, "browser.mind_reading"),
        ({"paste": []}, "browser.paste"),
        ({"paste": {"do": "terminate"}}, "browser.paste.do"),
        ({"paste": {"times": 0}}, "browser.paste.times"),
        ({"paste": {"seconds": 3}}, "browser.paste.seconds"),
        ({"tab_hidden": {"blocks": True}}, "browser.tab_hidden.blocks"),
        ({"paste": {"severity": "high"}}, "browser.paste.severity"),
    ],
)
def test_changes_that_make_no_sense_are_refused_by_name(changes: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        terms.apply(changes)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"n": -1}, "n"),
        ({"n": 2**53}, "n"),
        ({"n": True}, "n"),
        ({"kind": "attention"}, "kind"),
        ({"kind": []}, "kind"),
        ({"at": float("nan")}, "at"),
        ({"at": "now"}, "at"),
        ({"seconds": -1}, "seconds"),
        ({"seconds": 1e9}, "seconds"),
        ({"count": 10**6}, "count"),
        ({"length": 10**9}, "length"),
        ({"length": 1.5}, "length"),
        ({"detail": "\x00"}, "detail"),
    ],
)
def test_hostile_events_are_refused_by_place(change: dict[str, Any], field: str) -> None:
    good = {"n": 1, "kind": "paste", "at": 1_000}
    with pytest.raises(InvalidInput) as refused:
        read_batch({"events": [good, good | change]})
    assert refused.value.field == f"events.1.{field}"


def test_batches_have_a_size_and_count_a_number_once() -> None:
    event = {"n": 1, "kind": "paste", "at": 2_000, "length": 5, "text": "never read"}
    batch = read_batch({"events": [event, event | {"length": 6}], "now": 3_000})
    assert batch.events == (PageEvent(1, PASTE, 2.0, length=5),)
    assert batch.now == 3.0
    with pytest.raises(TooLarge):
        read_batch({"events": [event] * (MOST_EVENTS + 1)})
    with pytest.raises(InvalidInput):
        read_batch({"events": "paste"})


def test_only_names_of_programs_are_known() -> None:
    assert program_behind("TeamViewer Remote Audio") == "TeamViewer"
    assert program_behind("Remote Audio") == "a remote desktop"
    assert program_behind("OBS Virtual Camera") == "OBS Studio"
    assert program_behind("Anna's headset") == ""
