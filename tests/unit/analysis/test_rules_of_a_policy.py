"""Policies to time rules: modes, changes, mutes, and changes that make no sense."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Institution
from exams.models import Allowance
from proctor_site.kernel.errors import InvalidInput
from proctoring import policies
from proctoring.incidents.rules import DEFAULT_RULES, RuleState, advance
from proctoring.models import Policy
from proctoring.observations import (
    SOUND_KINDS,
    FrameReport,
    Observation,
    ObservationKind,
    Quality,
    Severity,
)


def policy(**fields: Any) -> Policy:
    return Policy(institution=Institution(name="X"), name="P", **fields)


def test_without_changes_the_defaults_hold() -> None:
    found = policies.rules_for(policy()).rules
    assert set(DEFAULT_RULES) - set(found) == {
        ObservationKind.MOUTH_MOVING,
        ObservationKind.SPEECH,
    }, "off unless it is switched on"
    for kind, rule in found.items():
        mode = getattr(policy(), kind.value)
        expected = (
            DEFAULT_RULES[kind] if mode == "on" else replace(DEFAULT_RULES[kind], severity=Severity.INFO)
        )
        assert rule == expected


def test_off_is_not_looked_at_and_advisory_is_information() -> None:
    found = policies.rules_for(policy(no_face="off", several_faces="advisory"))
    assert ObservationKind.NO_FACE not in found.rules
    assert ObservationKind.NO_FACE not in found.detectors
    assert found.rules[ObservationKind.SEVERAL_FACES].severity is Severity.INFO


def test_changes_apply_and_leave_the_rest() -> None:
    changes = {"no_face": {"persist_seconds": 9, "min_frames": 6, "severity": "high"}}
    rule = policies.rules_for(policy(rules=changes)).rules[ObservationKind.NO_FACE]
    assert (rule.persist_seconds, rule.min_frames, rule.severity) == (9.0, 6, Severity.HIGH)
    assert rule.cooldown_seconds == DEFAULT_RULES[ObservationKind.NO_FACE].cooldown_seconds


def test_allowances_mute_and_unknown_mutes_do_no_harm() -> None:
    allowances = [Allowance(muted_detectors=["no_face", "telepathy"]), Allowance(muted_detectors=[])]
    found = policies.rules_for(policy(), allowances)
    assert found.muted == {ObservationKind.NO_FACE}
    assert ObservationKind.NO_FACE not in found.detectors


def test_every_kind_can_be_muted_and_then_opens_nothing() -> None:
    every_kind_on = policy(**{kind.value: "on" for kind in ObservationKind})
    for kind in set(ObservationKind) - SOUND_KINDS:
        found = policies.rules_for(every_kind_on, [Allowance(muted_detectors=[kind.value])])
        assert found.muted == {kind} and found.detectors == set(ObservationKind) - {kind}
        for muted in (frozenset[ObservationKind](), found.muted):
            state, decisions = RuleState(), []
            for second in range(30):
                look = Observation(kind, True, 0.9)
                frame = FrameReport(100.0 + second, second, 640, 480, Quality(True), (look,))
                state, made = advance(state, frame, found.rules, muted)
                decisions += made
            assert bool(decisions) is not bool(muted), kind


def test_where_another_person_speaks_no_rule_about_voices_is_left() -> None:
    allowances = [Allowance(muted_detectors=["another_voice"])]
    found = policies.rules_for(policy(speech="on"), allowances)
    assert found.muted == SOUND_KINDS - {ObservationKind.MICROPHONE_SILENT}, "an interpreter may speak most"
    own_voice = [Allowance(muted_detectors=["different_voice"])]
    assert policies.rules_for(policy(), own_voice).muted == {ObservationKind.DIFFERENT_VOICE}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ([], "rules"),
        ("x", "rules"),
        (None, "rules"),
        ({"telepathy": {}}, "rules.telepathy"),
        ({"no_face": 3}, "rules.no_face"),
        ({"no_face": {"kind": "x"}}, "rules.no_face.kind"),
        ({"no_face": {"template": "x"}}, "rules.no_face.template"),
        ({"no_face": {"persist_seconds": "5"}}, "rules.no_face.persist_seconds"),
        ({"no_face": {"persist_seconds": True}}, "rules.no_face.persist_seconds"),
        ({"no_face": {"persist_seconds": -1}}, "rules.no_face.persist_seconds"),
        ({"no_face": {"persist_seconds": float("nan")}}, "rules.no_face.persist_seconds"),
        ({"no_face": {"persist_seconds": 1e9}}, "rules.no_face.persist_seconds"),
        ({"no_face": {"min_frames": 0}}, "rules.no_face.min_frames"),
        ({"no_face": {"min_frames": 2.5}}, "rules.no_face.min_frames"),
        ({"no_face": {"min_frames": float("inf")}}, "rules.no_face.min_frames"),
        ({"no_face": {"share": 0}}, "rules.no_face.share"),
        ({"no_face": {"share": 1.1}}, "rules.no_face.share"),
        ({"no_face": {"severity": "fatal"}}, "rules.no_face.severity"),
        ({"no_face": {"severity": ["high"]}}, "rules.no_face.severity"),
        ({"no_face": {"gap_seconds": 0}}, "rules.no_face"),
    ],
)
def test_wrong_changes_are_refused_by_name(changes: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        policies.rules_for(policy(rules=changes))
    assert caught.value.field == field
