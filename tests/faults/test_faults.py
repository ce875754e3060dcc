"""Real processes and what they stand on fail in mid-exam: nothing acknowledged is lost, everybody comes back.

One exam for all, one test for each fault. For longer, and what takes minutes: `./run bench --only faults`.
"""

from collections.abc import Iterator

import pytest

from tests.faults.frail_world import FrailWorld
from tests.faults.rehearsing import Rehearsal, broken_promises
from tests.faults.scenes import FAULTS
from tests.faults.world import open_world, why_not

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.redis]
LASTS_S = 2.0


@pytest.fixture(scope="module")
def world() -> Iterator[FrailWorld]:
    missing = why_not()
    if missing:
        pytest.skip(missing)
    # Faces alone are looked for: what is tried here does not depend on the rest, and starts quicker.
    with open_world(FrailWorld, PROCTOR_THINGS_ENGINE="none", PROCTOR_HEAD_ENGINE="none") as running:
        yield running


@pytest.fixture(scope="module")
def exam(world: FrailWorld) -> Iterator[Rehearsal]:
    """Three candidates, of whom one has an incident that a proctor has upheld."""
    running = Rehearsal(world.environment, candidates=3, seconds=600, address=world.address)
    try:
        running.wait_until("a decided incident", lambda last: last["decided"], within_s=480.0)
        yield running
    finally:
        running.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_an_exam_goes_on_after(fault: str, world: FrailWorld, exam: Rehearsal) -> None:
    missing = FAULTS[fault].why_not(world)
    if missing:
        pytest.skip(missing)
    FAULTS[fault].scene(world, exam, LASTS_S)
    exam.goes_on()
    assert exam.check() == []


def test_after_all_of_them_everybody_hands_in_and_everything_is_there(exam: Rehearsal) -> None:
    exam.stop()
    result = exam.end()
    assert broken_promises(result) == [], result["figures"]


@pytest.mark.parametrize("twist", ["twice", "clock"])
def test_an_exam_goes_on_with(twist: str, world: FrailWorld) -> None:
    """Messages that come twice and out of order; browsers' clocks that jump by two hours."""
    running = Rehearsal(world.environment, candidates=2, seconds=10, address=world.address, twist=twist)
    try:
        result = running.end()
    finally:
        running.close()
    assert broken_promises(result) == [], result["figures"]
    assert result["figures"]["saves"] > 6
