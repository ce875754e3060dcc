"""The device check's judgement of sound, its marks for the camera, and the calm of its advice."""

import json
import math
from typing import Any

import pytest

from proctoring.pages.check_in import _LOOK_MARKS
from proctoring.vision.coaching import Coaching
from tests.node import run_script

_SOUND = """
import { judge, measure, placeOf, soundAdvice } from "@static/js/candidate/sound_level.js";
const tone = ([db, length]) => {
  const peak = Math.SQRT2 * 10 ** (db / 20);
  return Float32Array.from({ length }, (_, n) => Math.max(-1, Math.min(1, peak * Math.sin(n * 0.3))));
};
const verdicts = Object.entries(given.scenes).map(([name, levels]) => {
  const { code, levelDb } = judge(levels.map((db) => measure(tone([db, 2048]))));
  return [name, { code, levelDb, text: soundAdvice(code, "Headset") }];
});
console.log(JSON.stringify({ verdicts: Object.fromEntries(verdicts), places: given.places.map(placeOf) }));
"""
_MARKS = """
import { MARKS, marksOf } from "@static/js/candidate/look_marks.js";
const answers = given.map(([codes, hasFace]) => marksOf(codes, hasFace));
console.log(JSON.stringify({ names: MARKS, answers }));
"""
_WORDS = """
import { CalmWords } from "@static/js/candidate/calm_words.js";
const shown = [];
const words = new CalmWords((sentence) => shown.push(sentence));
for (const [sentence, now] of given) {
  if (sentence === null) words.clear();
  else words.say(sentence, now);
}
console.log(JSON.stringify(shown));
"""
_SCENES = {
    "listening": [-30.0] * 5,
    "no_signal": [-200.0] * 50,
    "nothing": [-70.0] * 50,
    "too_quiet": [-75.0] * 30 + [-52.0] * 20,
    "good": [-65.0] * 25 + [-28.0] * 25,
    "too_loud": [-50.0] * 25 + [-1.0] * 25,
    "noisy": [-30.0] * 40 + [-20.0] * 10,
    "tap": [-65.0] * 47 + [-30.0] * 3,
    "fan": [-35.0] * 50,
}


@pytest.fixture(scope="module")
def sound() -> Any:
    places = [-100, -75, -45, -27.5, -10, 0, 5]
    return run_script(_SOUND, {"scenes": _SCENES, "places": places})


@pytest.mark.parametrize("scene", _SCENES)
def test_what_a_microphone_hears_has_its_name_and_advice(sound: Any, scene: str) -> None:
    verdict = sound["verdicts"][scene]
    assert verdict["code"] == {"tap": "good", "fan": "noisy"}.get(scene, scene)
    assert verdict["text"]
    assert ("“Headset”" in verdict["text"]) is (scene in ("no_signal", "nothing"))  # perhaps the wrong one


def test_loudness_is_in_dbfs_and_the_scale_has_its_marks(sound: Any) -> None:
    assert math.isclose(sound["verdicts"]["good"]["levelDb"], -28, abs_tol=0.2)
    assert sound["places"] == [0, 0, 25, 50, 75, 100, 100]


def test_every_problem_speaks_against_a_mark() -> None:
    given: list[Any] = [[[code.value], code is not Coaching.NO_FACE] for code in Coaching]
    told = run_script(
        _MARKS,
        [
            *given,
            [[], True],
            [["no_face"], False],
            [["camera_covered"], False],
            [["too_dark", "blurred"], False],
        ],
    )
    assert told["names"] == [name for name, _ in _LOOK_MARKS]
    *of_each, well, nobody, covered, dark = told["answers"]
    for code, marks in zip(Coaching, of_each, strict=True):
        assert "bad" in marks.values(), code
    assert set(well.values()) == {"good"}
    assert nobody == {"face": "bad", "light": "good", "sharp": "good", "size": "unknown", "alone": "unknown"}
    assert (dark["light"], dark["sharp"]) == ("bad", "unknown")
    assert covered["sharp"] == "unknown"  # what nothing is seen of is not praised


def test_advice_stays_two_seconds_and_is_not_said_twice() -> None:
    said = [["a", 0], ["a", 500], ["b", 1900], ["a", 1950], ["b", 2000], ["c", 3000], [None, 0], ["c", 3001]]
    assert run_script(_WORDS, said) == ["a", "b", "c"], json.dumps(said)
