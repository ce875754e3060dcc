"""A look for things that could not say is followed up at once, and not for ever."""

import pytest

from proctoring.incidents.rules import RuleState, advance
from proctoring.incidents.work_pace import work_due
from proctoring.observations import FrameReport, Observation, ObservationKind, Quality
from proctoring.vision.exchange import Work

PHONE = ObservationKind.PHONE
SEEN = Observation(PHONE, True, 0.8, {"width_px": 40, "height_px": 80})
CLEAR = Observation(PHONE, False, 0.95)
DOUBT = Observation(PHONE, False, 0.0, informative=False)


def play(looks: list[Observation | None]) -> RuleState:
    """The state after frames a second apart; None: a frame that was not searched for things."""
    state = RuleState()
    for number, look in enumerate(looks):
        done = (Work.THINGS,) if look else ()
        observations = (look,) if look else ()
        report = FrameReport(
            1000.0 + number, number, 640, 480, Quality(True), observations=observations, done=done
        )
        state, _ = advance(state, report)
    return state


@pytest.mark.parametrize(
    ("looks", "due"),
    [
        ([CLEAR], False),
        ([SEEN], True),
        ([SEEN, None], True),  # a shed or dark frame in between decides nothing
        ([SEEN, CLEAR], True),  # a hand may have turned for a moment
        ([SEEN, CLEAR, CLEAR], False),
        ([SEEN, SEEN], False),  # an incident now: the phone lies there
        ([DOUBT], True),
        ([DOUBT, None], True),
        ([DOUBT, DOUBT], True),
        ([DOUBT, DOUBT, DOUBT], False),  # a bag that might be one must not make every frame dear
        ([DOUBT, DOUBT, DOUBT, CLEAR], False),
        ([DOUBT, DOUBT, DOUBT, CLEAR, DOUBT], True),
    ],
    ids=lambda value: None if isinstance(value, bool) else _words(value),
)
def test_a_sighting_or_a_doubt_is_followed_up_on_the_next_frame(
    looks: list[Observation | None], due: bool
) -> None:
    assert (Work.THINGS in work_due(play(looks), 1000.0 + len(looks))) is due


def test_doubts_are_remembered_with_the_state() -> None:
    state = play([DOUBT, DOUBT])
    assert RuleState.from_json(state.to_json()) == state
    older = state.to_json()
    del older["things_doubts"]  # written before there was a detector of things
    assert RuleState.from_json(older).things_doubts == 0


def _words(looks: list[Observation | None]) -> str:
    words = {id(SEEN): "seen", id(CLEAR): "clear", id(DOUBT): "doubt"}
    return " ".join(words.get(id(look), "none") for look in looks)
