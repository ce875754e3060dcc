"""Three times as many cameras as can be looked at, on real processes: what must not give way does not.

A look is made slow instead of the machine full, so that times mean something beside other tests.
"""

from collections.abc import Iterator

import pytest

from tests.faults.rehearsing import Rehearsal, broken_promises
from tests.faults.world import World, open_world, why_not

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.redis]
CANDIDATES, LOOK_S = 8, 0.4
"""Eight want a look a second each; two and a half a second are possible."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    missing = why_not()
    if missing:
        pytest.skip(missing)
    slow = {"PROCTOR_FACE_ENGINE": "tests.faults.slow_faces.SlowFaces", "FAULTS_LOOK_TAKES_S": str(LOOK_S)}
    with open_world(PROCTOR_THINGS_ENGINE="none", PROCTOR_HEAD_ENGINE="none", **slow) as running:
        yield running


def test_under_overload_sound_and_frames_give_way_and_alerts_timer_and_answers_do_not(world: World) -> None:
    exam = Rehearsal(
        world.environment, candidates=CANDIDATES, seconds=600, address=world.address, ladder=True
    )
    try:
        exam.wait_until("the exam", lambda last: " exam:" in last["words"], within_s=300.0)
        exam.wait_until("an alert that a proctor has decided", lambda last: last["decided"], within_s=90.0)
        exam.wait_until("both steps", lambda last: last["gives_way"] == ["Sound", "Frames"], within_s=90.0)
        assert "Calm candidates are looked at about every" in exam.last["page"]
        assert "Sound and Frames give way" in exam.last["page"]
        saved = exam.last["saves"]
        exam.wait_until("answers", lambda last: last["saves"] >= saved + CANDIDATES)
        exam.wait_until("sound that gives way", lambda last: last["sound_put_off"])
        exam.stop()
        result = exam.end()
    finally:
        exam.close()
    figures = result["figures"]
    assert broken_promises(result) == [], figures
    shown = [set(each["gives_way"]) for each in exam.history]
    assert all(each <= {"Sound", "Frames"} for each in shown), "nothing else ever"
    assert not any("Frames" in each and "Sound" not in each for each in shown), "sound first"
    assert figures["put_off"] > 0 and figures["timer_ms"], figures
    assert figures["save_ms"]["50"] < 1_000 * LOOK_S * CANDIDATES, "no answer waits behind pictures"
