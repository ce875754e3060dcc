"""The wall's candidates in the browser's scripts: order by need, pages, filters, search, words of tiles."""

from typing import Any

import pytest

from proctoring.supervision_wall import need_band
from tests.node import run_script

_WORLD = """
import { CandidateRow } from "@static/js/proctor/candidate_row.js";
import * as order from "@static/js/proctor/wall_order.js";
import * as say from "@static/js/proctor/row_words.js";
import { ZoneTimes } from "@static/js/proctor/times.js";
const rows = given.rows.map((each) => new CandidateRow(each));
const names = (list) => list.map((each) => each.name);
const result = {};
"""
SEEN = {
    "connected": True,
    "last_seen_s": 1.0,
    "rtt_ms": 45,
    "loss": 0,
    "battery": None,
    "camera": "ok",
    "microphone": "ok",
    "microphone_since": None,
}


def row(number: int, name: str, *, seen: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A row as the page's list has it; `open`: incidents by number."""
    opened = fields.get("open", {})
    waits = [each[0] for each in opened.values() if each[1]]
    rank = ["info", "low", "medium", "high"].index
    return {
        "attempt": number,
        "enrolment": number,
        "candidate": {"id": number, "name": name},
        "number": f"K-{number}",
        "state": "in_progress",
        "deadline_at": "2026-05-04T11:00:00+00:00",
        "paused_at": None,
        "extra_minutes": 0,
        "connection": "ok",
        "lost_since": None,
        "open": {},
        "warning": None,
        "watched": False,
        "presence": SEEN | (seen or {}),
        "incidents": {
            "going_on": sum(1 for each in opened.values() if each[2]),
            "unreviewed": len(waits),
            "total": len(opened),
            "worst": max(waits, key=rank, default=""),
        },
        **fields,
    }


LOST = {"connection": "lost", "seen": {"connected": False}}
PEOPLE = [
    row(1, "Ada Ash"),
    row(2, "Bea Birk", **LOST),
    row(3, "Cid Cole", open={"7": ["low", 1, 0]}),
    row(4, "Dan Dorn", open={"8": ["high", 1, 1], "9": ["low", 1, 0]}),
    row(5, "Émile Eck", talk={"unread": 0, "hand_since": "2026-05-04T10:02:00+00:00"}),
    row(6, "Fay Fox", state="submitted", connection="none"),
    row(7, "Gil Gray", state="scheduled", connection="none", seen={"connected": False}, attempt=None),
    row(8, "Hal Hill", state="checking_in"),
    row(9, "Ivy Imm", open={"10": ["medium", 1, 0]}),
    row(10, "Jo Jay", open={"11": ["high", 0, 1]}),
    row(11, "Kim Kerr", state="submitted", connection="none", talk={"unread": 2, "hand_since": None}),
]


def ask(script: str, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = run_script(
        _WORLD + script + "\nconsole.log(JSON.stringify(result));", {"rows": PEOPLE, **given}
    )
    return found


def test_those_in_need_come_first_and_the_server_orders_alike() -> None:
    found = ask("result.order = names(order.inOrder(rows)); result.bands = rows.map((each) => each.band);")
    assert found["order"] == [
        "Dan Dorn",
        "Ivy Imm",
        "Émile Eck",
        "Kim Kerr",
        "Cid Cole",
        "Jo Jay",
        "Bea Birk",
        "Hal Hill",
        "Ada Ash",
        "Gil Gray",
        "Fay Fox",
    ]
    assert found["bands"] == [need_band(each) for each in PEOPLE]


def test_a_row_moves_only_when_its_need_changes() -> None:
    found = ask(
        """
        const shown = order.inOrder(rows);
        const bands = new Map(shown.map((row) => [row, row.band]));
        const [ada, bea] = rows;
        ada.applyPulse({ ...given.rows[0].presence, rtt_ms: 900 }, 0);
        result.calm = order.movedUp(shown, order.inOrder(rows), bands);
        ada.applyIncident({ incident: 20, review_state: "unreviewed", severity: "high", ended_at: null });
        bea.applyTalk({ unread: 1 });
        result.moved = order.movedUp(shown, order.inOrder(rows), bands);
        result.first = names(order.inOrder(rows)).slice(0, 2);
        ada.applyIncident({ incident: 20, review_state: "acknowledged", severity: "high", ended_at: "x" });
        result.back = names(order.inOrder(rows))[0];
        """
    )
    assert found == {"calm": 0, "moved": 2, "first": ["Ada Ash", "Dan Dorn"], "back": "Dan Dorn"}


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (1, [1, 3, 0, ["a", "b", "c", "d"]]),
        (2, [2, 3, 4, ["e", "f", "g", "h"]]),
        (3, [3, 3, 8, ["i"]]),
        (9, [3, 3, 8, ["i"]]),
        (0, [1, 3, 0, ["a", "b", "c", "d"]]),
        (None, [1, 3, 0, ["a", "b", "c", "d"]]),
    ],
)
def test_pages(page: int | None, expected: list[Any]) -> None:
    found = ask(
        """
        const view = order.pageOf([..."abcdefghi"], given.page, 4);
        Object.assign(result, { view: [view.page, view.pages, view.first, view.rows] });
        result.none = order.pageOf([], 3, 4);
        """,
        page=page,
    )
    assert found["view"] == expected
    assert found["none"] == {"page": 1, "pages": 1, "first": 0, "rows": []}


def test_who_is_in_need_on_another_page_is_found() -> None:
    found = ask(
        """
        const held = [...rows].reverse();
        const seek = (page) => {
          const found = order.inNeedElsewhere(held, page, 4);
          return found && [found.number, found.page, found.row.name];
        };
        result.pages = [seek(1), seek(2), seek(3)];
        result.next = [null, rows[8], rows[1]].map((each) => order.nextInNeed(held, each).name);
        result.nobody = [order.inNeedElsewhere([rows[0]], 1, 4), order.nextInNeed([rows[0]], null)];
        """
    )
    assert found["pages"] == [[4, 2, "Émile Eck"], [4, 1, "Kim Kerr"], [4, 1, "Kim Kerr"]]
    assert found["next"] == ["Kim Kerr", "Émile Eck", "Kim Kerr"]
    assert found["nobody"] == [None, None]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("attention", ["Bea Birk", "Cid Cole", "Dan Dorn", "Émile Eck", "Ivy Imm", "Kim Kerr"]),
        ("talk", ["Émile Eck", "Kim Kerr"]),
        ("not_connected", ["Bea Birk"]),
        ("not_started", ["Gil Gray", "Hal Hill"]),
        ("finished", ["Fay Fox", "Kim Kerr"]),
        ("paused", []),
        ("devices", []),
        ("mine", []),
        ("no such filter", []),
    ],
)
def test_filters(which: str, expected: list[str]) -> None:
    script = "result.names = names(rows.filter((each) => each.fits(given.which, 3)));"
    assert ask(script, which=which)["names"] == expected


def test_filters_by_proctor_watching_and_devices() -> None:
    people = [
        row(1, "Mine", proctor={"id": 3, "name": "Me"}, watched=True, seen={"camera": "ended"}),
        row(2, "Theirs", proctor={"id": 4, "name": "You"}, seen={"microphone": "muted"}),
        row(3, "Open", proctor=None, seen={"screen": "window"}),
        row(4, "Gone", proctor=None, state="missed", connection="none"),
        row(5, "Silent", **LOST | {"seen": {"connected": False, "camera": "none"}}),
    ]
    found = ask(
        """
        for (const which of ["mine", "nobodys", "unwatched", "devices"]) {
          result[which] = names(rows.filter((each) => each.fits(which, 3)));
        }
        """,
        rows=people,
    )
    assert found == {
        "mine": ["Mine"],
        "nobodys": ["Open", "Silent"],
        "unwatched": ["Theirs", "Open", "Silent"],
        "devices": ["Mine", "Theirs", "Open"],
    }


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("emile", ["Émile Eck"]), (" ASH ", ["Ada Ash"]), ("k-11", ["Kim Kerr"]), ("zzz", []), ("k-1 ", 3)],
)
def test_search_by_name_or_number(typed: str, expected: Any) -> None:
    found = ask("result.names = names(rows.filter((row) => order.matches(row, given.typed)));", typed=typed)[
        "names"
    ]
    assert found == expected if isinstance(expected, list) else len(found) == expected


def test_what_a_tile_says() -> None:
    people = [
        row(1, "Ada Ash", seen={"battery": {"level": 80, "charging": True}}, extra_minutes=1),
        row(2, "Bea Birk", connection="slow", seen={"rtt_ms": 1_400, "loss": 25, "last_seen_s": 9.6}),
        row(3, "Cid Cole", seen={"camera": "ended", "battery": {"level": 9, "charging": False}, "loss": 4}),
        row(4, "Dan Dorn", state="missed", connection="none", deadline_at=None),
        row(5, "Eve Eck", state="paused", paused_at="2026-05-04T10:55:30+00:00", open={"4": ["high", 1, 1]}),
        row(6, "Fay Fox", **LOST | {"lost_since": "2026-05-04T10:31:05+00:00"}),
        row(7, "Gil Gast", seen={"picture_late_s": 2.5}),
        row(8, "Hal Hart", state="paused", seen={"picture_late_s": 2.5}),
    ]
    found = ask(
        """
        const times = new ZoneTimes("UTC");
        const words = { states: { in_progress: "in progress", missed: "missed", paused: "paused" } };
        const now = Date.parse("2026-05-04T10:30:00+00:00");
        result.lines = rows.map((each) => say.connectionWords(each, times));
        result.spoken = [rows[0], rows[3], rows[4]].map((each) => say.sentence(each, words, times, now));
        """,
        rows=people,
    )
    assert found["lines"] == [
        "connected, 45 ms, battery 80 %, charging",
        "no sign for 10 s, 1.4 s, 25 % lost",
        "connected, 45 ms, camera off, battery low: 9 %",
        "",
        "connected, 45 ms",
        "connection lost since 10:31:05",
        "connected, 45 ms, no new picture",
        "connected, 45 ms",
    ]
    assert found["spoken"] == [
        "Ada Ash: in progress; 30 minutes left; with 1 extra minute; "
        "connected, 45 ms, battery 80 %, charging.",
        "Dan Dorn: missed.",
        "Eve Eck: paused; 4 minutes left; 1 incident waits, the worst of severity high; connected, 45 ms.",
    ]


def test_a_call_is_told_while_it_rings_or_goes_on() -> None:
    proctor = {"id": 3, "name": "Pat"}
    found = ask(
        """
        const times = new ZoneTimes("UTC");
        result.words = ["open", "ringing", "declined", "ended"].map((state) => {
          rows[0].applyCall({ state, proctor: given.proctor });
          return say.talkWords(rows[0], times);
        });
        """,
        rows=[row(1, "Ada Ash", call={"state": "ringing", "proctor": proctor})],
        proctor=proctor,
    )
    assert found["words"] == ["in a call with Pat", "called by Pat", "", ""]


def test_a_warning_is_offered_where_it_is_shown_and_its_words_say_by_whom() -> None:
    times = {"id": 1, "sent_at": "2026-05-04T10:00:00+00:00", "acknowledged_at": None}
    rows = [
        row(1, "Ann", warning=times),
        row(2, "Ben", is_outside=True, reads_warnings=True, warning=times),
        row(3, "Cem", is_outside=True, reads_warnings=False),
        row(4, "Dea", state="submitted"),
    ]
    said = ask(
        """
        const times = new ZoneTimes("UTC");
        result.warn = names(rows.filter((each) => each.allows("warn", ["in_progress"])));
        result.pause = names(rows.filter((each) => each.allows("pause", ["in_progress"])));
        result.words = rows.slice(0, 2).map((each) => say.warningWords(each, times));
        """,
        rows=rows,
    )
    assert said["warn"] == ["Ann", "Ben"] and said["pause"] == ["Ann", "Ben", "Cem"]
    assert said["words"] == ["warned 10:00, not read yet", "warned 10:00, not shown yet"]
