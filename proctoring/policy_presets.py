"""Ready-made policies to start from, and how any policy differs from the defaults, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.models import Institution
from proctoring.browser import terms as browser_terms
from proctoring.browser.events import BrowserKind
from proctoring.browser.words import WORDS
from proctoring.incidents.rule_table import DEFAULT_RULES, Rule
from proctoring.incidents.rule_words import number, percent
from proctoring.models.policy import DetectorMode, Policy, StepMode
from proctoring.observations import ObservationKind as Kind
from proctoring.observations import Severity
from proctoring.policies import check_overrides

ON, ADVISORY, OFF = DetectorMode.ON, DetectorMode.ADVISORY, DetectorMode.OFF
_FIELDS = {each.name: each for each in Policy._meta.fields}
_STEPS = {name: str(_FIELDS[name].verbose_name).capitalize() for name in ("document", "liveness")}
LABELS = {kind: str(_FIELDS[kind.value].verbose_name) for kind in Kind}
"""Each detector's name as the forms show it."""

NUMBER_WORDS = {
    "severity": "severity",
    "min_frames": "frames to open",
    "persist_seconds": "seconds to open",
    "share": "share that shows it",
    "clear_frames": "frames to end",
    "clear_seconds": "seconds to end",
    "merge_seconds": "same incident within",
    "cooldown_seconds": "repeat within",
    "gap_seconds": "starts again after",
}


@dataclass(frozen=True, slots=True)
class Preset:
    """A policy to start from; what it does not name is as by default."""

    key: str
    name: str
    summary: str
    modes: Mapping[Kind, DetectorMode] = field(default_factory=dict)
    rules: Mapping[Kind, Mapping[str, float | str]] = field(default_factory=dict)
    sound: bool = False
    liveness: StepMode = StepMode.OFF
    full_screen: bool = False
    browser: Mapping[BrowserKind, Mapping[str, Any]] = field(default_factory=dict)

    def policy(self, institution: Institution) -> Policy:
        """The preset as an unsaved policy of the institution."""
        modes = {kind.value: mode for kind, mode in self.modes.items()}
        rules = {kind.value: dict(changes) for kind, changes in self.rules.items()}
        steps = {"sound": self.sound, "liveness": self.liveness, "full_screen": self.full_screen}
        steps["browser"] = {kind.value: dict(changes) for kind, changes in self.browser.items()}
        return Policy(institution=institution, name=self.name, rules=rules, **steps, **modes)


# The replaced systems stored one item per candidate in ten minutes, and alarmed on single frames.
_TEN_MINUTES = 600.0
_ONE_LOOK: Mapping[str, float | str] = {
    "min_frames": 1,
    "persist_seconds": 0.0,
    "share": 1.0,
    "cooldown_seconds": _TEN_MINUTES,
}

_NOTED = browser_terms.DEFAULTS
_NOT_THEIRS = (
    *(Kind.CAMERA_COVERED, Kind.CAMERA_DARK, Kind.EYES_CLOSED, Kind.FACE_HIDDEN),
    *(Kind.SECOND_PERSON, Kind.CAMERA_FROZEN, Kind.CAMERA_REPLACED),
)
_NOT_LOOKED_FOR = dict.fromkeys(_NOT_THEIRS, OFF)
_NO_PAGE = {kind: {"do": "ignore"} for kind, usual in _NOTED.items() if usual.do != "ignore"}
_WARNING = Severity.MEDIUM.value
_EACH_FRAME: Mapping[str, float | str] = {"min_frames": 1, "persist_seconds": 0.0, "share": 1.0}

AS_REPLACED, VIDEO_DEFAULTS = "replaced", "video"
PRESETS = (
    Preset(
        AS_REPLACED,
        "As the replaced systems",
        "The detectors and numbers of the systems that this one replaces: alarms on single frames, and one "
        "incident in ten minutes. Expect false alarms; what those systems did not look for is off.",
        modes={Kind.BOOK: ON, **_NOT_LOOKED_FOR},
        rules={
            Kind.NO_FACE: {"persist_seconds": 0.0, "cooldown_seconds": _TEN_MINUTES},
            Kind.SEVERAL_FACES: _ONE_LOOK,
            Kind.DIFFERENT_PERSON: {"persist_seconds": 0.0, "cooldown_seconds": _TEN_MINUTES},
            Kind.LOOKING_AWAY: {
                "severity": Severity.MEDIUM.value,
                "min_frames": 5,
                "persist_seconds": 0.0,
                "share": 1.0,
                "cooldown_seconds": _TEN_MINUTES,
            },
            Kind.PHONE: {"severity": Severity.MEDIUM.value, **_ONE_LOOK},
            Kind.BOOK: _ONE_LOOK,
            Kind.SECOND_SCREEN: _ONE_LOOK,
            Kind.TEXT_SHOWN: _ONE_LOOK,
        },
        browser=_NO_PAGE,
    ),
    Preset(
        VIDEO_DEFAULTS,
        "VideoProctoring defaults",
        "The alerts of VideoProctoring with its numbers of frames and severities: no face in three frames in "
        "a row, several faces in any, looking away in five, things in any, another face in three. How far is "
        "away, and how sure is seen, are our own detectors’ limits. What it did not look for is off.",
        modes={Kind.BOOK: ON, Kind.TEXT_SHOWN: ON, **_NOT_LOOKED_FOR},
        rules={
            Kind.NO_FACE: {"severity": _WARNING, "min_frames": 3, "persist_seconds": 0.0, "share": 1.0},
            Kind.SEVERAL_FACES: {"severity": Severity.HIGH.value, **_EACH_FRAME},
            Kind.DIFFERENT_PERSON: {"min_frames": 3, "persist_seconds": 0.0, "share": 1.0},
            Kind.LOOKING_AWAY: {"severity": _WARNING, "min_frames": 5, "persist_seconds": 0.0, "share": 1.0},
            Kind.PHONE: {"severity": _WARNING, **_EACH_FRAME},
            Kind.BOOK: {"severity": _WARNING, **_EACH_FRAME},
            Kind.SECOND_SCREEN: {"severity": _WARNING, **_EACH_FRAME},
            Kind.TEXT_SHOWN: {"severity": Severity.INFO.value, **_EACH_FRAME},
        },
        browser=_NO_PAGE,
    ),
    Preset(
        "calm",
        "Calm",
        "Fewer incidents: waits longer, and takes habits such as looking away as information only. For "
        "exams where people may think aloud, use paper or sit in a lively home.",
        modes={Kind.LOOKING_AWAY: ADVISORY, Kind.EYES_CLOSED: OFF, Kind.FACE_HIDDEN: OFF, Kind.BOOK: OFF},
        rules={
            Kind.NO_FACE: {"min_frames": 5, "persist_seconds": 8.0, "cooldown_seconds": 300.0},
            Kind.SEVERAL_FACES: {"min_frames": 4, "persist_seconds": 4.0, "cooldown_seconds": 300.0},
            Kind.LOOKING_AWAY: {"min_frames": 8, "persist_seconds": 8.0, "cooldown_seconds": 300.0},
            Kind.CAMERA_COVERED: {"min_frames": 4, "persist_seconds": 5.0},
            Kind.SECOND_PERSON: {"min_frames": 4, "persist_seconds": 4.0, "cooldown_seconds": 300.0},
        },
        browser={
            BrowserKind.TAB_HIDDEN: {"do": "warn"},
            BrowserKind.WINDOW_LEFT: {"do": "log"},
            BrowserKind.PASTE: {"do": "log"},
            BrowserKind.PRINT: {"do": "log"},
        },
    ),
    Preset(
        "strict",
        "Strict",
        "More incidents, sooner and of higher severity, also for books, text and a partly hidden face; sound "
        "is recorded, full screen asked for, pasting from elsewhere prevented, and candidates are asked to "
        "turn the head at check-in. For exams of high stakes, with enough proctors to look at what comes.",
        liveness=StepMode.OPTIONAL,
        modes={Kind.FACE_HIDDEN: ON, Kind.MOUTH_MOVING: ADVISORY, Kind.BOOK: ON, Kind.TEXT_SHOWN: ON},
        rules={
            Kind.NO_FACE: {"min_frames": 2, "persist_seconds": 0.5},
            Kind.SEVERAL_FACES: {"min_frames": 2, "persist_seconds": 0.5},
            Kind.LOOKING_AWAY: {"severity": Severity.MEDIUM.value, "min_frames": 2, "persist_seconds": 0.5},
            Kind.FACE_HIDDEN: {"severity": Severity.MEDIUM.value, "min_frames": 3, "persist_seconds": 2.0},
            Kind.CAMERA_COVERED: {"severity": Severity.HIGH.value, "min_frames": 2, "persist_seconds": 0.5},
            Kind.TEXT_SHOWN: {"severity": Severity.MEDIUM.value},
        },
        sound=True,
        full_screen=True,
        browser={
            BrowserKind.TAB_HIDDEN: {"times": 1, "seconds": 10.0},
            BrowserKind.WINDOW_LEFT: {"times": 3, "seconds": 30.0},
            BrowserKind.FULL_SCREEN_LEFT: {"do": "incident", "times": 2},
            BrowserKind.COPY: {"do": "warn", "blocks": True},
            BrowserKind.PASTE: {"do": "incident", "times": 1, "blocks": True},
            BrowserKind.PRINT: {"blocks": True},
            BrowserKind.SHORTCUT: {"do": "warn"},
            BrowserKind.SECOND_DISPLAY: {"do": "incident"},
            BrowserKind.VIRTUAL_DEVICE: {"do": "incident"},
            BrowserKind.SEVERAL_PAGES: {"do": "incident"},
        },
    ),
)


def find_preset(key: str) -> Preset | None:
    """The preset of that key, or None."""
    return next((each for each in PRESETS if each.key == key), None)


def default_mode(kind: Kind) -> str:
    """The mode of a detector in a new policy."""
    return _default_of(kind.value)


def _default_of(name: str) -> str:
    return str(_FIELDS[name].get_default())


def differences(policy: Policy) -> list[str]:
    """What a policy changes against the defaults, one line a step of check-in or a detector; empty when it
    changes nothing.

    Raises InvalidInput when its changes to the rules make no sense.
    """
    overrides = check_overrides(policy.rules)
    lines = [
        f"{label}: {getattr(policy, name)} instead of {default}"
        for name, label in _STEPS.items()
        if getattr(policy, name) != (default := _default_of(name))
    ]
    lines += ["Sound: recorded"] if policy.sound else []
    lines += ["Full screen: asked for"] if policy.full_screen else []
    lines += [f"Whole screen: shared, {policy.screen}"] if policy.shares_screen else []
    for kind, rule in DEFAULT_RULES.items():
        parts = [*_mode_change(policy, kind), *_rule_changes(rule, overrides.get(kind, {}))]
        if parts:
            lines.append(f"{LABELS[kind].capitalize()}: {'; '.join(parts)}")
    return lines + _noted_differences(policy)


def _noted_differences(policy: Policy) -> list[str]:
    terms = browser_terms.apply(policy.browser)
    return [
        f"{WORDS[kind].label.capitalize()}: {browser_terms.in_words(kind, each)}"
        for kind, each in terms.items()
        if each != browser_terms.DEFAULTS[kind]
    ]


def _mode_change(policy: Policy, kind: Kind) -> list[str]:
    default = default_mode(kind)
    mode = getattr(policy, kind.value)
    return [] if mode == default else [f"{mode} instead of {default}"]


def _rule_changes(rule: Rule, changes: Mapping[str, Any]) -> list[str]:
    changed = replace(rule, **changes)
    return [
        f"{words} {_shown(name, getattr(changed, name))} instead of {_shown(name, getattr(rule, name))}"
        for name, words in NUMBER_WORDS.items()
        if getattr(changed, name) != getattr(rule, name)
    ]


def _shown(name: str, value: Any) -> str:
    if name == "severity":
        return str(value.value)
    if name == "share":
        return f"{percent(value)} %"
    return f"{number(value)} s" if name.endswith("seconds") else number(value)
