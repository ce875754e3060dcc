"""How soon the next frame is wanted: risk, calm, and beginnings found in time from the slowest pace."""

import pytest

from proctoring.incidents.frame_pace import Intervals, gravest_doubt, wanted_interval_ms
from proctoring.incidents.rules import DEFAULT_RULES, OpenIncident, RuleState, advance
from proctoring.observations import FrameReport, Observation, ObservationKind, Quality, Severity

INTERVALS = Intervals(usual=1_000, at_risk=500, in_calm=2_000)
NO_FACE, EYES = ObservationKind.NO_FACE, ObservationKind.EYES_CLOSED
NUMBERS = dict.fromkeys(
    ("faces", "smallest_px", "similarity", "threshold", "score", "size_px", "degrees", "direction", "why"), 1
)
START = 5_000.0


class Camera:
    """One session's frames and what the server wants next."""

    def __init__(self, kind: ObservationKind, intervals: Intervals = INTERVALS) -> None:
        self.kind, self.intervals = kind, intervals
        self.state, self.at, self.opened = RuleState(), START, []

    def send(self, seen: bool) -> int:
        look = Observation(self.kind, seen, 0.9, NUMBERS)
        report = FrameReport(self.at, self.state.last_sequence + 1, 640, 480, Quality(True), (look,))
        self.state, decisions = advance(self.state, report)
        self.opened += [each for each in decisions if isinstance(each, OpenIncident)]
        wanted = wanted_interval_ms(self.state, DEFAULT_RULES, self.intervals)
        self.at += wanted / 1000
        return wanted

    def send_until(self, seconds: float, seen: bool) -> int:
        end, wanted = self.at + seconds, 0
        while self.at < end:
            wanted = self.send(seen)
        return wanted


def test_the_pace_slows_down_in_calm_and_is_back_at_the_first_sighting() -> None:
    camera = Camera(NO_FACE)
    assert camera.send(False) == 1_000
    assert camera.send_until(110, False) == 1_000
    assert camera.send_until(20, False) == 1_500
    assert camera.send_until(200, False) == 2_000
    assert camera.send(True) == 500
    assert camera.send(False) == 500, "one of the last two looks saw it"
    assert camera.send(False) == 1_000


def test_an_incident_is_followed_closely_for_half_a_minute() -> None:
    camera = Camera(NO_FACE)
    assert camera.send_until(20, True) == 500
    assert camera.state.open_kinds() == (NO_FACE,)
    assert camera.send_until(20, True) == 1_000
    assert camera.send_until(600, True) == 1_000, "what goes on is no calm"


def test_advice_is_no_reason_to_look_twice_as_often() -> None:
    assert DEFAULT_RULES[EYES].severity is Severity.INFO
    assert Camera(EYES).send(True) == 1_000


def test_the_bounds_are_the_settings() -> None:
    slow = Camera(NO_FACE, Intervals(usual=400, at_risk=500, in_calm=300))
    assert slow.send(True) == 400, "risk never slows a camera down"
    slow.at += 10
    assert slow.send_until(400, False) == 400, "calm never makes it faster"


def test_a_clock_set_back_starts_the_calm_anew() -> None:
    camera = Camera(NO_FACE)
    camera.send_until(400, False)
    camera.at -= 10_000
    assert camera.send(False) == 1_000


def test_in_doubt_is_what_the_next_looks_decide() -> None:
    camera = Camera(NO_FACE)

    def doubt_after(seen: bool) -> int:
        camera.send(seen)
        return gravest_doubt(camera.state, DEFAULT_RULES)

    grave = DEFAULT_RULES[NO_FACE].severity.rank
    assert doubt_after(False) == 0
    assert doubt_after(True) == grave
    assert doubt_after(False) == grave, "one of two"
    assert doubt_after(False) == 0, "it was nothing"
    while not camera.opened:
        camera.send(True)
    assert doubt_after(True) == 0, "an incident is decided"
    assert doubt_after(False) == grave, "is it over?"
    while camera.state.open_kinds():
        camera.send(False)
    assert doubt_after(False) == 0


def test_advice_is_in_nobodys_way() -> None:
    camera = Camera(EYES)
    camera.send(True)
    assert gravest_doubt(camera.state, DEFAULT_RULES) == 0


def test_the_pace_survives_storing() -> None:
    camera = Camera(NO_FACE)
    camera.send_until(400, False)
    assert RuleState.from_json(camera.state.to_json()) == camera.state


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind, rule in DEFAULT_RULES.items()
        if rule.severity is not Severity.INFO and rule.persist_seconds <= 2.5
    ],
    ids=str,
)
def test_from_long_calm_a_beginning_becomes_an_incident_within_five_seconds(kind: ObservationKind) -> None:
    camera = Camera(kind)
    camera.send_until(400, False)
    began = camera.at - 1.99  # just after the newest frame
    while not camera.opened and camera.at < began + 30:
        now = camera.at
        camera.send(True)
    assert camera.opened and now - began <= 5
