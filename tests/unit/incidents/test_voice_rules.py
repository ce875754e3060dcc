"""The time rules of recordings alone: when a voice or a silence is told, goes on, comes back, and is over."""

import json
from dataclasses import replace
from typing import Any

import pytest

from proctoring.audio.exchange import ClipReport, Voice, VoiceResult
from proctoring.incidents.decisions import EndIncident, ExtendIncident, OpenIncident, RepeatIncident
from proctoring.incidents.heard_clips import heard_clip
from proctoring.incidents.known_voices import KnownVoices
from proctoring.incidents.rule_table import DEFAULT_RULES
from proctoring.incidents.voice_rules import Finding, VoiceState, judge
from proctoring.observations import Observation, ObservationKind, Severity

ANOTHER, STRANGER = ObservationKind.ANOTHER_VOICE, ObservationKind.DIFFERENT_VOICE
SILENT = ObservationKind.MICROPHONE_SILENT
RULES = {kind: DEFAULT_RULES[kind] for kind in (ANOTHER, STRANGER, SILENT)}
ANNA, BEN, CLEO = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


class Ears:
    """Judges recordings of 30 s one after the other; `at`: the second in which one began."""

    def __init__(self) -> None:
        self.state, self.voices = VoiceState(), KnownVoices()
        self.muted: frozenset[ObservationKind] = frozenset()
        self.rules = dict(RULES)

    def hear(self, at: float, *looks: Observation, voices: tuple[Voice, ...] = (), s: float = 30.0) -> Any:
        result = VoiceResult("scripted", "1", len(voices), voices=voices)
        report = ClipReport(at, 0, "webm", s, False, 1, -30, -60, 0, False, result, observations=looks)
        # Through the cache and back each time, as in life.
        kept = VoiceState.from_data(json.loads(json.dumps(self.state.to_data())))
        clip, self.voices = heard_clip(report, self.voices)
        self.state, findings = judge(kept, clip, self.rules, self.muted)
        return findings

    def guest(self, at: float, seconds: float, who: tuple[float, ...] = BEN, **look: Any) -> list[Finding]:
        """Anna, and somebody else from second 10 on."""
        voices = (
            Voice("A", 9.0, ((0.0, 9.0),), 0.9, ANNA),
            Voice("B", seconds, ((10.0, 10.0 + seconds),), 0.9, who),
        )
        measured = {"voices": 2, "second_seconds": seconds, "overlap_s": 0.0, "second_level_db": -4.0}
        seen = Observation(ANOTHER, **{"present": True, "confidence": 0.9, "measurements": measured, **look})
        return self.hear(at, seen, voices=voices)

    def calm(self, at: float, kind: ObservationKind = ANOTHER) -> list[Finding]:
        return self.hear(at, Observation(kind, False, 0.95))

    def stranger(self, at: float) -> list[Finding]:
        measured = {"similarity": 0.1, "threshold": 0.4}
        voices = (Voice("A", 9.0, ((1.0, 10.0),), 0.9, BEN),)
        return self.hear(at, Observation(STRANGER, True, 0.9, measured), voices=voices)

    def silence(self, at: float, seconds: float = 30.0) -> list[Finding]:
        return self.hear(at, Observation(SILENT, True, 0.95, {"seconds": seconds}), s=seconds)


@pytest.fixture
def ears() -> Ears:
    return Ears()


def only(findings: list[Finding], kind: type) -> Any:
    (finding,) = findings
    assert isinstance(finding.decision, kind), finding.decision
    return finding.decision


def test_a_voice_of_1_2_s_is_an_incident_at_the_moment_it_was_heard(ears: Ears) -> None:
    (finding,) = ears.guest(1000.0, 1.2)
    opened = only([finding], OpenIncident)
    assert (opened.severity, opened.started_at) == (Severity.MEDIUM, 1010.0)
    assert finding.spans == ((10.0, 11.2),)
    assert "4 dB quieter than the first" in opened.explanation and "review" not in opened.explanation


def test_a_shorter_one_is_for_review_until_a_clear_one_comes(ears: Ears) -> None:
    weak = only(ears.guest(0.0, 1.1), OpenIncident)
    assert weak.severity is Severity.INFO and weak.explanation.endswith("may be a mistake: for review")
    grown = only(ears.guest(30.0, 4.0), ExtendIncident)
    assert grown.severity is Severity.MEDIUM and "review" not in grown.explanation
    assert "for 4.0 s" in grown.explanation, "the numbers are those of the clearest recording"
    assert only(ears.guest(60.0, 1.1), ExtendIncident).severity is Severity.MEDIUM, "it never gets milder"


def test_what_cannot_be_said_neither_opens_nor_ends_anything(ears: Ears) -> None:
    unsure = {"present": False, "confidence": 0.4, "informative": False}
    assert ears.guest(0.0, 1.0, **unsure) == [] and ears.state.kinds == {}
    ears.guest(30.0, 4.0)
    assert ears.guest(60.0, 1.0, **unsure) == []
    assert ears.state.open_kinds() == (ANOTHER,)
    assert only(ears.calm(90.0), EndIncident).ended_at == 44.0, "it was over when it was last heard"


def test_a_voice_that_comes_back_is_counted_and_not_told_anew(ears: Ears) -> None:
    ears.guest(0.0, 3.0)
    ears.calm(30.0)
    back = only(ears.guest(600.0, 3.0, CLEO), RepeatIncident)
    assert back.repeats == 1, "within ten minutes whoever it is"
    ears.calm(630.0)
    again = only(ears.guest(3_000.0, 3.0, CLEO), RepeatIncident)
    assert again.repeats == 2, "the same voice however late"
    assert again.explanation.endswith("heard in 3 recordings; came back 2 times")
    ears.calm(3_030.0)
    assert only(ears.guest(6_000.0, 3.0, (0.6, 0.0, -0.8)), OpenIncident).count == 1, "somebody new, late"


def test_a_stranger_s_voice_needs_two_recordings_that_agree(ears: Ears) -> None:
    assert ears.stranger(0.0) == []
    assert ears.calm(30.0, STRANGER) == []
    assert ears.stranger(60.0) == [], "one before a calm one is forgotten"
    opened = only(ears.stranger(90.0), OpenIncident)
    assert (opened.started_at, opened.count) == (61.0, 2)
    assert ears.calm(120.0, STRANGER) == [], "and two calm ones end it"
    only(ears.calm(150.0, STRANGER), EndIncident)
    apart = Ears()
    assert apart.stranger(0.0) == [] and apart.stranger(700.0) == [], "ten minutes apart they prove nothing"


def test_silence_is_told_after_a_minute_of_it_in_a_row(ears: Ears) -> None:
    assert [ears.silence(at, 20.0) for at in (0.0, 20.0)] == [[], []]
    opened = only(ears.silence(40.0, 20.0), OpenIncident)
    assert (opened.severity, opened.started_at) == (Severity.LOW, 0.0)
    assert opened.explanation.startswith("The microphone gave no signal at all in 3 recordings over 60 s")
    broken = Ears()
    assert [broken.silence(at) for at in (0.0, 130.0, 260.0)] == [[], [], []], "not added up over gaps"


def test_late_recordings_tell_when_it_was_and_end_nothing(ears: Ears) -> None:
    ears.guest(300.0, 3.0)
    assert ears.calm(60.0) == [], "a calm one from before says nothing about now"
    grown = only(ears.guest(90.0, 5.0), ExtendIncident)
    assert (grown.last_seen_at, grown.count) == (313.0, 2), "a late one never moves the end back"
    assert ears.state.open_kinds() == (ANOTHER,)
    strangers = Ears()
    assert strangers.stranger(60.0) == []
    assert strangers.calm(30.0, STRANGER) == [], "nor forgets what was heard after it"
    assert only(strangers.stranger(0.0), OpenIncident).started_at == 1.0


def test_a_mute_ends_what_is_open_and_hears_nothing_more(ears: Ears) -> None:
    ears.guest(0.0, 3.0)
    ears.muted = frozenset({ANOTHER})
    assert only(ears.guest(30.0, 3.0), EndIncident).reason == "muted"
    assert ears.guest(60.0, 3.0) == []


def test_a_policy_made_milder_holds_from_now_on(ears: Ears) -> None:
    ears.guest(0.0, 3.0)
    ears.rules[ANOTHER] = replace(RULES[ANOTHER], severity=Severity.LOW)
    assert only(ears.guest(30.0, 3.0), ExtendIncident).severity is Severity.LOW


def test_after_the_end_nothing_is_open_and_no_voice_is_remembered(ears: Ears) -> None:
    ears.guest(0.0, 3.0)
    ears.stranger(30.0)
    ears.state = ears.state.closed()
    assert ears.state.open_kinds() == ()
    assert not any(each.voices or each.pending for each in ears.state.kinds.values())
    assert only(ears.guest(5_000.0, 3.0), OpenIncident).count == 1
