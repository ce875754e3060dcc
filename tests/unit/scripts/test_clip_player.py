"""The player of a recording: what its keys mean, where spans and loops lead, who is heard."""

from tests.node import run_script

_SPANS = """
import {
  actOf, clockWords, heardAt, loopOf, nextSpeed, spansToVisit, spanStart,
} from "@static/js/shared/clip_spans.js";
const marks = given.marks;
const spans = spansToVisit(marks);
console.log(JSON.stringify({
  spans,
  alone: spansToVisit(marks.slice(0, 1)),
  next: [0, 4, 9].map((time) => spanStart(spans, time, 1)),
  previous: [0, 4.2, 4.9, 12].map((time) => spanStart(spans, time, -1)),
  none: [spanStart([], 3, 1), spanStart([], 3, -1)],
  loops: [0, 5, 7, 12].map((time) => loopOf(spans, time, 12)),
  whole: loopOf([], 5, 12),
  speeds: [nextSpeed(1, 1), nextSpeed(2, 1), nextSpeed(0.5, -1), nextSpeed(0.75, -1)],
  heard: [0.5, 5, 7, 11.9].map((time) => heardAt(marks, time)),
  words: [clockWords(0.9), clockWords(67.2)],
  keys: ["k", "K", "l", "j", ";", "<", ">", "ArrowLeft", "x", "Enter"].map((key) => actOf(key, false)),
  space: [actOf(" ", false), actOf(" ", true)],
}));
"""


def test_keys_loops_and_spans() -> None:
    marks = [
        [0.0, 5.5, "voice 1", False],
        [4.0, 6.0, "another voice", True],
        [9.0, 11.9, "another voice", True],
    ]
    told = run_script(_SPANS, {"marks": marks})
    assert told["spans"] == [[4, 6], [9, 11.9]], "steps lead to the other voice"
    assert told["alone"] == [[0, 5.5]], "to the only one, where no other is marked"
    assert told["next"] == [4, 9, None]
    assert told["previous"] == [None, 4, 4, 9], "close to a begin the step goes to that of the one before"
    assert told["none"] == [None, None]
    assert told["loops"] == [[3.7, 6.3], [3.7, 6.3], [8.7, 12], [8.7, 12]]
    assert told["whole"] == [0, 12]
    assert told["speeds"] == [1.25, 2, 0.5, 0.5]
    assert told["heard"] == ["voice 1", "voice 1 and another voice", "", ""]
    assert told["words"] == ["0:00", "1:07"]
    plain = ["play", "play", "loop", "previous", "next", "slower", "faster", "back", None, None]
    assert told["keys"] == plain
    assert told["space"] == ["play", None], "the space bar stays with the button that has the focus"
