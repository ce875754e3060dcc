"""Which policy an exam has, and the time rules that follow from it and from a candidate's allowances."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, fields, replace
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import Institution
from exams.models import Allowance, Attempt, Exam
from exams.states import RUNNING
from proctor_site.kernel.errors import InvalidInput
from proctoring import law_guards
from proctoring.browser import terms as browser_terms
from proctoring.browser.events import BrowserKind
from proctoring.browser.terms import Do, Terms
from proctoring.incidents.rule_names import rule_name
from proctoring.incidents.rules import DEFAULT_RULES, Rule
from proctoring.models import MonitoringSession
from proctoring.models.policy import DetectorMode, DiarizerChoice, Policy, PolicyAssignment, StepMode
from proctoring.models.policy_screen import ScreenMode
from proctoring.observations import SOUND_KINDS, ObservationKind, Severity
from proctoring.states import SESSION_LIVE

_WHOLE = {"min_frames", "clear_frames"}
_FIXED = {"kind", "severity", "template", "mild_severity"}
_EDITABLE = {each.name for each in fields(Rule)} - _FIXED
_MOST_SECONDS = 3_600.0
# Who reads aloud or interprets may be the only one, or the main one, who is heard in a recording.
_OF_ANOTHER_PERSON = frozenset({ObservationKind.DIFFERENT_VOICE, ObservationKind.SPEECH})


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one candidate. `rules`: kinds that raise incidents; `muted`: looked at, but silent;
    `advisory`: of severity info here, because people disagreed with them too often.

    Kinds in neither are not looked at at all.
    """

    rules: Mapping[ObservationKind, Rule]
    muted: frozenset[ObservationKind] = frozenset()
    advisory: frozenset[ObservationKind] = frozenset()

    @property
    def detectors(self) -> frozenset[ObservationKind]:
        """What the analysis is asked to look for."""
        return frozenset(self.rules) - self.muted

    def only(self, kinds: Iterable[str]) -> "RuleSet":
        """The same without every kind that is not among `kinds`."""
        named = {str(kind) for kind in kinds}
        rules = {kind: rule for kind, rule in self.rules.items() if kind.value in named}
        return RuleSet(rules, self.muted & frozenset(rules), self.advisory & frozenset(rules))

    @property
    def names(self) -> dict[ObservationKind, str]:
        """The name of each rule's numbers."""
        return {kind: rule_name(rule) for kind, rule in self.rules.items()}

    def with_advisory(self, kinds: frozenset[ObservationKind]) -> "RuleSet":
        """The same with these kinds of severity info."""
        told = {
            kind: replace(rule, severity=Severity.INFO) if kind in kinds else rule
            for kind, rule in self.rules.items()
        }
        return RuleSet(told, self.muted, kinds & frozenset(told))

    def for_pictures(self) -> "RuleSet":
        """The same without the kinds of recordings."""
        return self.only(frozenset(self.rules) - SOUND_KINDS)

    def for_sound(self) -> "RuleSet":
        """The same for recordings alone."""
        return self.only(SOUND_KINDS)


def policy_for(exam: Exam) -> Policy:
    """The exam's policy: the one assigned, else the default, else the built-in one (unsaved)."""
    assigned = PolicyAssignment._base_manager.filter(exam_id=exam.pk).select_related("policy").first()
    if assigned is not None:
        return assigned.policy
    default = Policy._base_manager.filter(institution_id=exam.institution_id, is_default=True).first()
    return default or built_in(exam.institution)


def policy_of(attempt: Attempt) -> Policy:
    """The policy of the attempt's exam; who was allowed the way without camera is asked for none.

    In practice nobody is asked for a document, and nobody is there to write to. Where another system delivers
    the exam there is no page of ours to ask or write on. What the law does not allow (any more) is off."""
    policy = policy_for(attempt.enrolment.sitting.exam)
    if law_guards.refusals(attempt.institution, policy):
        policy = copy(policy)
        law_guards.without_the_forbidden(attempt.institution, policy)
    if attempt.enrolment.sitting.is_practice:
        policy = copy(policy)
        policy.document = StepMode.OFF
        policy.chat = False
    if attempt.enrolment.sitting.exam.is_outside:
        policy = copy(policy)
        policy.document = policy.liveness = StepMode.OFF
        policy.screen = ScreenMode.OFF
        policy.chat = policy.room_scan = policy.photo_again = False
    allowances = list(attempt.enrolment.allowances.all())
    if is_screen_free(allowances):
        policy = copy(policy)
        policy.screen = ScreenMode.OFF
    if not any(each.camera_free for each in allowances):
        return policy
    without = copy(policy)
    without.camera_required = without.reference_photo_required = False
    without.document = without.liveness = StepMode.OFF
    return without


def is_screen_free(allowances: Iterable[Allowance]) -> bool:
    """Whether it was agreed that the candidate is not asked for the screen."""
    return any(BrowserKind.SCREEN_SHARE_STOPPED.value in each.muted_detectors for each in allowances)


def built_in(institution: Institution) -> Policy:
    """The policy of an institution that has made none: every detector on, reference photo required."""
    return Policy(institution=institution, name="Standard")


def exams_under(policy: Policy) -> QuerySet[Exam]:
    """The exams that the policy holds for: those it was given to; as the default, those without one too."""
    uses = Q(policy_assignment__policy=policy.pk)
    if policy.is_default:
        uses |= Q(policy_assignment=None)
    own = Exam._base_manager.filter(institution_id=policy.institution_id, is_template=False)
    return own.filter(uses).order_by("title", "pk")


def running_under(policy: Policy) -> int:
    """How many attempts that are watched run under the policy now."""
    live = MonitoringSession._base_manager.filter(state=SESSION_LIVE, attempt__state__in=RUNNING)
    return live.filter(sitting__exam__in=exams_under(policy)).count()


def rules_for(policy: Policy, allowances: Iterable[Allowance] = ()) -> RuleSet:
    """The time rules under a policy, with its modes and changes applied and the allowances' mutes.

    Mode off: no rule. Advisory: severity info. Raises InvalidInput when the policy's changes are wrong.
    """
    overrides = check_overrides(policy.rules)
    chosen: dict[ObservationKind, Rule] = {}
    for kind, rule in DEFAULT_RULES.items():
        mode = getattr(policy, kind.value, DetectorMode.ON)
        if mode == DetectorMode.OFF:
            continue
        changes = dict(overrides.get(kind, {}))
        if mode == DetectorMode.ADVISORY:
            changes["severity"] = Severity.INFO
        try:
            chosen[kind] = replace(rule, **changes)
        except ValueError as error:
            raise InvalidInput(str(error), field=f"rules.{kind.value}") from error
    return RuleSet(chosen, _muted_by(allowances) & frozenset(chosen))


def _muted_by(allowances: Iterable[Allowance]) -> frozenset[ObservationKind]:
    """What the allowances mute, with what would come of the same cause."""
    named = {name for allowance in allowances for name in allowance.muted_detectors}
    muted = frozenset(kind for kind in ObservationKind if kind.value in named)
    return muted | _OF_ANOTHER_PERSON if ObservationKind.ANOTHER_VOICE in muted else muted


def page_terms(policy: Policy, allowances: Iterable[Allowance] = ()) -> dict[BrowserKind, Terms]:
    """What the page of an exam notes under a policy; kinds that are ignored or muted are not among them.

    What is muted is not blocked either: it may be how a screen reader or a magnifier works. Raises
    InvalidInput when the policy's changes are wrong.
    """
    muted = {name for allowance in allowances for name in allowance.muted_detectors}
    if not policy.full_screen:
        muted.add(BrowserKind.FULL_SCREEN_LEFT.value)
    if not (policy.shares_screen and policy.screen == ScreenMode.REQUIRED):
        muted.add(BrowserKind.SCREEN_SHARE_STOPPED.value)
    found = browser_terms.apply(policy.browser)
    return {
        kind: terms
        for kind, terms in found.items()
        if kind.value not in muted and (terms.do is not Do.IGNORE or terms.blocks)
    }


def check_sound(policy: Policy) -> None:
    """Raises InvalidInput where a policy sends recordings away, but the operator has set no key for that."""
    if policy.diarizer == DiarizerChoice.DEEPGRAM and not settings.DEEPGRAM_KEY:
        raise InvalidInput(
            "The operator of this server has set no key for Deepgram, so recordings stay in the house.",
            field="diarizer",
            code="deepgram_not_configured",
        )


def check_overrides(data: Any) -> dict[ObservationKind, dict[str, Any]]:
    """A policy's changes to the rules, by kind, ready to apply.

    `data` is `{detector: {number: value}}` with the numbers of `Rule`, plus "severity". Raises InvalidInput
    whose `field` names the place, such as "rules.no_face.persist_seconds".
    """
    if not isinstance(data, Mapping):
        raise InvalidInput("The changes must be an object of detectors.", field="rules")
    return {_kind(name): _checked(f"rules.{name}", changes) for name, changes in data.items()}


def _kind(name: str) -> ObservationKind:
    try:
        return ObservationKind(name)
    except ValueError as error:
        known = ", ".join(kind.value for kind in ObservationKind)
        raise InvalidInput(
            f"There is no detector {name!r}; there are {known}.",
            field=f"rules.{name}",
            code="unknown_detector",
        ) from error


def _checked(place: str, changes: Any) -> dict[str, Any]:
    if not isinstance(changes, Mapping):
        raise InvalidInput("The changes of one detector must be an object.", field=place)
    return {name: _value(f"{place}.{name}", name, value) for name, value in changes.items()}


def _value(place: str, name: str, value: Any) -> Any:
    if name == "severity":
        if value not in list(Severity):
            raise InvalidInput(f"Severity is one of {', '.join(Severity)}.", field=place)
        return Severity(value)
    if name not in _EDITABLE:
        known = ", ".join(sorted(_EDITABLE | {"severity"}))
        raise InvalidInput(f"There is nothing called {name!r} to change; there are {known}.", field=place)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput("This must be a number.", field=place)
    if name in _WHOLE:
        if not 1 <= value <= 1_000 or value != int(value):
            raise InvalidInput("This must be a whole number from 1 to 1000.", field=place)
        return int(value)
    most = 1.0 if name == "share" else _MOST_SECONDS
    if not 0 <= value <= most or (name == "share" and value == 0):
        raise InvalidInput(f"This must be from 0 to {most:g}.", field=place)
    return float(value)
