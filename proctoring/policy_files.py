"""Policies as JSON files and as copies: always a new policy, never a change to one that exams use."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import Institution, User
from proctor_site.kernel.errors import InvalidInput
from proctoring.browser import terms as browser_terms
from proctoring.law_guards import require_lawful
from proctoring.models.policy import (
    CLIP_SECONDS,
    MOST_DAYS,
    OPTIONAL_STEP,
    DetectorMode,
    DiarizerChoice,
    Policy,
    StepMode,
)
from proctoring.models.policy_screen import SCREEN_SECONDS, ScreenMode
from proctoring.observations import ObservationKind
from proctoring.policies import check_sound, rules_for

FORMAT = "proctor-policy-1"
_SWITCHES = (
    "camera_required",
    "reference_photo_required",
    "sound",
    "skips_quiet",
    "live_video",
    "record_live",
    "record_calls",
    "full_screen",
    "chat",
    "warns_candidate",
    "screen_clips",
    "room_scan",
    "photo_again",
)
_STEPS = ("document", "liveness")
_NAMES = {"format", "name", "detectors", "rules", "document_days", *_STEPS, *_SWITCHES}
_NAMES |= {"clip_seconds", "diarizer", "voice_enrolment", "browser", "screen", "screen_seconds"}
_NAME_LENGTH = 100


def to_file(policy: Policy) -> dict[str, Any]:
    """The policy as plain JSON values, without anything of the institution."""
    return {
        "format": FORMAT,
        "name": policy.name,
        **{name: getattr(policy, name) for name in _SWITCHES},
        **{name: str(getattr(policy, name)) for name in _STEPS},
        "document_days": policy.document_days,
        "clip_seconds": policy.clip_seconds,
        "diarizer": str(policy.diarizer),
        "voice_enrolment": str(policy.voice_enrolment),
        "screen": str(policy.screen),
        "screen_seconds": policy.screen_seconds,
        "detectors": {kind.value: str(getattr(policy, kind.value)) for kind in ObservationKind},
        "rules": policy.rules,
        "browser": policy.browser,
    }


def from_file(data: Any, institution: Institution) -> Policy:
    """An unsaved policy out of what `to_file` gives; what is left out is as by default.

    Raises InvalidInput whose `field` names the place, such as "detectors.phone".
    """
    if not isinstance(data, Mapping):
        raise InvalidInput("The file must be a JSON object, such as an export of a policy.", field="file")
    if data.get("format") != FORMAT:
        raise InvalidInput(f'This is not an export of a policy: "format" is not "{FORMAT}".', field="format")
    unknown = sorted(set(data) - _NAMES)
    if unknown:
        raise InvalidInput(f"A policy has nothing called {unknown[0]!r}.", field=unknown[0])
    name = data.get("name")
    if not isinstance(name, str) or not name.strip() or "\x00" in name:
        raise InvalidInput("The policy needs a name.", field="name")
    policy = Policy(institution=institution, name=name.strip()[:_NAME_LENGTH], rules=data.get("rules", {}))
    for switch in _SWITCHES:
        value = data.get(switch, getattr(policy, switch))
        if not isinstance(value, bool):
            raise InvalidInput("This must be true or false.", field=switch)
        setattr(policy, switch, value)
    _set_steps(policy, data)
    _set_sound(policy, data)
    _set_screen(policy, data)
    _set_modes(policy, data.get("detectors", {}))
    require_lawful(institution, policy, way="file of a policy")
    rules_for(policy)
    policy.browser = browser_terms.changes_of(browser_terms.apply(data.get("browser", {})))
    return policy


def _set_steps(policy: Policy, data: Mapping[str, Any]) -> None:
    for step in _STEPS:
        mode = data.get(step, getattr(policy, step))
        if mode not in StepMode.values:
            raise InvalidInput(f"This is one of {', '.join(StepMode.values)}.", field=step)
        setattr(policy, step, mode)
    days = data.get("document_days", policy.document_days)
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"This must be a whole number from 1 to {MOST_DAYS}.", field="document_days")
    policy.document_days = days


def _set_sound(policy: Policy, data: Mapping[str, Any]) -> None:
    least, most = CLIP_SECONDS
    seconds = data.get("clip_seconds", policy.clip_seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not least <= seconds <= most:
        raise InvalidInput(f"This must be a whole number from {least} to {most}.", field="clip_seconds")
    diarizer = data.get("diarizer", policy.diarizer)
    if diarizer not in DiarizerChoice.values:
        raise InvalidInput(f"This is one of {', '.join(DiarizerChoice.values)}.", field="diarizer")
    mode = data.get("voice_enrolment", policy.voice_enrolment)
    allowed = [value for value, _ in OPTIONAL_STEP]
    if mode not in allowed:
        raise InvalidInput(f"This is one of {', '.join(allowed)}.", field="voice_enrolment")
    policy.clip_seconds, policy.diarizer, policy.voice_enrolment = seconds, diarizer, mode
    check_sound(policy)


def _set_screen(policy: Policy, data: Mapping[str, Any]) -> None:
    mode = data.get("screen", policy.screen)
    if mode not in ScreenMode.values:
        raise InvalidInput(f"This is one of {', '.join(ScreenMode.values)}.", field="screen")
    least, most = SCREEN_SECONDS
    seconds = data.get("screen_seconds", policy.screen_seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not least <= seconds <= most:
        raise InvalidInput(f"This must be a whole number from {least} to {most}.", field="screen_seconds")
    policy.screen, policy.screen_seconds = mode, seconds


def _set_modes(policy: Policy, modes: Any) -> None:
    if not isinstance(modes, Mapping):
        raise InvalidInput("The detectors must be an object of modes.", field="detectors")
    known = {kind.value for kind in ObservationKind}
    for kind, mode in modes.items():
        if kind not in known:
            raise InvalidInput(f"There is no detector {kind!r}.", field=f"detectors.{kind}")
        if mode not in DetectorMode.values:
            allowed = ", ".join(DetectorMode.values)
            raise InvalidInput(f"A mode is one of {allowed}.", field=f"detectors.{kind}")
        setattr(policy, kind, mode)


def copy_of(policy: Policy) -> Policy:
    """An unsaved copy; it is nobody's default."""
    return from_file(to_file(policy), policy.institution)


def store_new(policy: Policy, *, actor: User, source: str) -> Policy:
    """Stores an unsaved policy; a name that is taken gets a number. `source`: where it comes from.

    Raises InvalidInput `forbidden_by_law`, before a transaction begins: the attempt stays in the log.
    """
    require_lawful(policy.institution, policy, way="new policy")
    return _store(policy, actor, source)


@transaction.atomic
def _store(policy: Policy, actor: User, source: str) -> Policy:
    taken = set(Policy.objects.filter(institution=policy.institution).values_list("name", flat=True))
    policy.name = _free_name(policy.name, taken)
    policy.save()
    audit.record(policy.institution, policy, "policy.added", actor=actor, detail={"from": source})
    return policy


def _free_name(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    short = name[: _NAME_LENGTH - 6].rstrip()
    return next(found for number in range(2, len(taken) + 3) if (found := f"{short} ({number})") not in taken)
