"""Acts on many in the browser's scripts: whom they can be done to, what is typed, parts, and what is said."""

from typing import Any

from tests.node import run_script

_WORLD = """
import { inParts } from "@static/js/proctor/act_parts.js";
import * as say from "@static/js/proctor/act_words.js";
const result = {};
"""


def run(script: str, **given: Any) -> Any:
    return run_script(_WORLD + script + "\nconsole.log(JSON.stringify(result));", given)


def test_who_cannot_be_acted_on_is_left_out_and_named_and_words_are_typed() -> None:
    people = [
        {"attempt": 1, "name": "Ann", "state": "in_progress"},
        {"attempt": None, "name": "Ben", "state": "scheduled"},
        {"attempt": 3, "name": "Cem", "state": "submitted"},
        {"attempt": 4, "name": "Dea"},
    ]
    said = run(
        """
        const { can, cannot } = say.sortedOut(given.people, ["in_progress"]);
        result.can = can.map(({ name }) => name);
        result.cannot = cannot.map(({ name }) => name);
        result.titles = [say.titleOf("pause", can), say.titleOf("terminate", can.slice(0, 1))];
        result.typed = [say.wantedWords(can), say.wantedWords(can.slice(0, 1))];
        result.same = say.plain("  Carla   CANDIDATE ") === say.plain("Carla Candidate");
        """,
        people=people,
    )
    assert said == {
        "can": ["Ann", "Dea"],
        "cannot": ["Ben", "Cem"],
        "titles": ["Pause 2 candidates", "Terminate the exam of Ann"],
        "typed": ["terminate 2", "Ann"],
        "same": True,
    }


def test_who_does_not_read_warnings_is_left_out_of_a_warning_and_of_nothing_else() -> None:
    people = [
        {"attempt": 1, "name": "Ann", "state": "in_progress", "readsWarnings": True},
        {"attempt": 2, "name": "Ben", "state": "in_progress", "readsWarnings": False},
    ]
    said = run(
        """
        const names = (act) => say.sortedOut(given.people, ["in_progress"], act).can.map(({ name }) => name);
        result.warn = names("warn");
        result.pause = names("pause");
        """,
        people=people,
    )
    assert said == {"warn": ["Ann"], "pause": ["Ann", "Ben"]}


def test_results_are_said_in_one_sentence() -> None:
    said = run(
        """
        const some = [{ ok: false, name: "Ann" }, { ok: true, name: "Ben" }];
        result.one = say.saidOf("pause", { done: 1, failed: 1, results: some });
        result.many = say.saidOf("pause", { done: 12, failed: 0, results: some });
        result.none = say.saidOf("terminate", { done: 0, failed: 2, results: some.slice(0, 1) });
        const undone = [["pause", { done: 3, failed: 1 }], ["warn", { done: 2, failed: 2 }]];
        result.undone = undone.map(([act, run]) => say.undoneOf(act, run));
        """
    )
    assert said == {
        "one": "Ben paused. 1 not: see why.",
        "many": "12 paused.",
        "none": "Nothing was done. 2 not: see why.",
        "undone": ["3 resumed. 1 left as it is.", "2 withdrawn. 2 left as they are."],
    }


def test_many_go_in_parts_that_add_up_and_a_failed_part_ends_it() -> None:
    said = run(
        """
        const all = Array.from({ length: 60 }, (_, place) => place + 1);
        const sent = [];
        const told = [];
        const rows = []; // the run on the server: all parts so far; what is not found is not in it
        const send = async (part) => {
          sent.push(part.length);
          const known = part.filter((attempt) => attempt !== 3);
          rows.push(...known.map((attempt) => ({ attempt, ok: attempt !== 40 })));
          const lost = part.filter((attempt) => attempt === 3).map((attempt) => ({ attempt, ok: false }));
          return { run: 7, can_undo: true, results: [...rows, ...lost] };
        };
        const run = await inParts(all, send, (done) => told.push(done));
        Object.assign(result, { sent, told, run: run.run, done: run.done, failed: run.failed });
        let calls = 0;
        const broken = inParts(all, async (part) => {
          calls += 1;
          if (calls === 2) throw new Error("offline");
          return { results: part.map((attempt) => ({ attempt, ok: true })) };
        });
        result.error = await broken.catch(({ message }) => message);
        result.calls = calls;
        """
    )
    assert said == {
        "sent": [25, 25, 10],
        "told": [25, 50, 60],
        "run": 7,
        "done": 58,
        "failed": 2,
        "error": "offline",
        "calls": 2,
    }
