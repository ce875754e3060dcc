"""What the help page reads from Safe Exam Browser's JavaScript interface, in its newer and older manner."""

from typing import Any

from tests.node import run_script

SCRIPT = """
const { readKeys, pageAddress } = await import("@static/js/candidate/safe_browser.js");
const asked = { security: { configKey: "", updateKeys(done) { this.configKey = "c"; done(); } } };
const silent = { security: { updateKeys() {} } };
const found = [
  await readKeys(undefined),
  await readKeys({ security: { configKey: "a", browserExamKey: "b" } }),
  await readKeys(asked),
  await readKeys(silent, 1),
];
console.log(JSON.stringify({ found, address: pageAddress("https://a.example/exam/?q=1#question-2") }));
"""


def test_keys_are_there_or_asked_for_or_missing() -> None:
    told: dict[str, Any] = run_script(SCRIPT, {})
    assert told["address"] == "https://a.example/exam/?q=1"
    assert told["found"] == [
        None,
        {"config_key": "a", "browser_exam_key": "b"},
        {"config_key": "c", "browser_exam_key": ""},
        None,
    ]
