"""What mild and proven sightings do to the severity of an incident."""

from dataclasses import replace

from proctoring.incidents.rules import DEFAULT_RULES, Decision, EndIncident, RuleState, advance
from proctoring.observations import FrameReport, Observation, ObservationKind, Quality, Severity, Weight

SEVERAL = ObservationKind.SEVERAL_FACES
MEASURED = {"faces": 2, "smallest_px": 84}


def weighed(*weights: Weight, kind: ObservationKind = SEVERAL) -> list[Decision]:
    """What sightings of these weights decide, one a second."""
    state, decisions = RuleState(), []
    for number, weight in enumerate(weights):
        look = Observation(kind, True, 0.9, MEASURED | {"note": f"note {number}"}, weight=weight)
        frame = FrameReport(100.0 + number, number, 640, 480, Quality(True), (look,))
        state, made = advance(RuleState.from_json(state.to_json()), frame)
        decisions += made
    return decisions


def severities(decisions: list[Decision]) -> list[Severity]:
    return [each.severity for each in decisions if not isinstance(each, EndIncident)]


def test_mild_sightings_lower_the_severity_until_one_is_proven() -> None:
    plain, mild, proven = Weight.PLAIN, Weight.MILD, Weight.PROVEN
    assert severities(weighed(plain, plain, plain, mild)) == [Severity.HIGH, Severity.LOW]
    assert severities(weighed(mild, mild, mild, proven, mild)) == [Severity.LOW, Severity.HIGH, Severity.HIGH]
    assert severities(weighed(*[mild] * 3, kind=ObservationKind.CAMERA_REPLACED)) == [Severity.INFO]


def test_the_explanation_ends_with_the_newest_note() -> None:
    decisions = weighed(*[Weight.MILD] * 5)
    assert decisions[-1].explanation.endswith("confidence 0.90; note 4")


def test_no_severity_is_raised_by_being_mild() -> None:
    rules = {SEVERAL: replace(DEFAULT_RULES[SEVERAL], severity=Severity.INFO)}
    state, decisions = RuleState(), []
    for number in range(4):
        look = Observation(SEVERAL, True, 0.9, MEASURED, weight=Weight.MILD)
        state, made = advance(
            state, FrameReport(100.0 + number, number, 640, 480, Quality(True), (look,)), rules
        )
        decisions += made
    assert severities(decisions) == [Severity.INFO, Severity.INFO]
