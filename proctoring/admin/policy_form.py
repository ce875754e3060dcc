"""The form of a policy: modes and, for each detector, the numbers of its rule with units and defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django import forms

from accounts import law_refusals
from accounts.tenancy import current_institution
from proctor_site.kernel.errors import InvalidInput
from proctoring import law_guards
from proctoring.admin import browser_form
from proctoring.admin.detectors import about
from proctoring.browser import terms as browser_terms
from proctoring.browser.words import WORDS
from proctoring.incidents.rule_table import DEFAULT_RULES, Rule
from proctoring.incidents.rule_words import number, percent, rule_in_words, short_words
from proctoring.models import Policy
from proctoring.models.policy import DetectorMode, DiarizerChoice
from proctoring.models.policy_screen import ScreenMode
from proctoring.observations import SOUND_KINDS, ObservationKind, Severity
from proctoring.policies import check_overrides, check_sound, rules_for
from proctoring.policy_presets import LABELS, default_mode
from proctoring.review.precision_page import words_of_kinds

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Policy]
else:
    _ModelForm = forms.ModelForm

_LONGEST_S = 3_600
SHARE = "share"


@dataclass(frozen=True, slots=True)
class _Number:
    """One box: its label, unit and what it means."""

    label: str
    unit: str
    help_text: str
    least: float = 0
    most: float = _LONGEST_S
    step: float = 0.1


_NUMBERS: Mapping[str, _Number] = {
    "min_frames": _Number(
        "Frames to open", "frames", "So many frames at least, from the first that shows it.", 1, 1_000, 1
    ),
    "persist_seconds": _Number(
        "Seconds to open", "s", "And so many seconds at least. A camera sends about one frame a second."
    ),
    SHARE: _Number("Share that shows it", "%", "Of the frames in that time; 100: every one.", 1, 100, 1),
    "clear_frames": _Number("Frames to end", "frames", "So many frames in a row without it.", 1, 1_000, 1),
    "clear_seconds": _Number("Seconds to end", "s", "And so many seconds without it."),
    "merge_seconds": _Number(
        "Same incident within", "s", "Seen again so soon, the incident goes on as if it had not ended."
    ),
    "cooldown_seconds": _Number(
        "Repeat within", "s", "Seen again so soon, it is counted in the same incident; later a new one opens."
    ),
    "gap_seconds": _Number(
        "Starts again after", "s", "After so long without any look, counting begins anew.", 0.1
    ),
}

_SOUND_NUMBERS: Mapping[str, _Number] = {
    "min_frames": _Number("Recordings to open", "recordings", "So many recordings at least.", 1, 100, 1),
    "persist_seconds": _Number("Seconds to open", "s", "And so many seconds of it at least."),
    "cooldown_seconds": _Number(
        "Repeat within",
        "s",
        "Found again so soon, it is counted in the same incident; later a new one opens.",
    ),
}


def _numbers_of(rule: Rule) -> Mapping[str, _Number]:
    return _SOUND_NUMBERS if rule.kind in SOUND_KINDS else _NUMBERS


def _shown(name: str, value: Any) -> str:
    return percent(value) if name == SHARE else number(value)


class RuleForm(forms.Form):
    """The rule of one detector. An empty box stands for the default; what equals it is not stored."""

    def __init__(self, data: Any, rule: Rule, changes: Mapping[str, Any]) -> None:
        now = replace(rule, **changes)
        numbers = _numbers_of(rule)
        values = {name: _shown(name, getattr(now, name)) for name in numbers}
        initial = {"severity": now.severity.value, **values}
        super().__init__(
            data, prefix=f"rule-{rule.kind.value}", initial=initial, use_required_attribute=False
        )
        self.rule = rule
        words = [(each.value, each.value) for each in Severity]
        severity = forms.ChoiceField(choices=words, required=False, help_text="How much it matters.")
        severity.widget.attrs = {"data-default": rule.severity.value}
        severity.default = rule.severity.value  # type: ignore[attr-defined]
        self.fields["severity"] = severity
        for name, each in numbers.items():
            self.fields[name] = _box(each, _shown(name, getattr(rule, name)))

    def changes(self) -> dict[str, Any]:
        """What differs from the default rule, as `Policy.rules` keeps it. Only after `is_valid`."""
        found: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if value in (None, ""):
                continue
            stored = round(value / 100, 4) if name == SHARE else value
            default = getattr(self.rule, name)
            if stored != default:
                found[name] = stored
        return found

    def changed_rule(self) -> Rule:
        """The rule with the changes. Only after `is_valid`."""
        return changed(self.rule, self.changes())


def _box(about_it: _Number, default: str) -> forms.Field:
    step = "1" if about_it.step == 1 else "any"
    widget = forms.NumberInput(attrs={"step": step, "data-default": default, "inputmode": "decimal"})
    kind: Any = forms.IntegerField if about_it.unit in ("frames", "recordings") else forms.FloatField
    made: Any = kind(
        label=about_it.label,
        help_text=about_it.help_text,
        required=False,
        min_value=about_it.least,
        max_value=about_it.most,
        widget=widget,
    )
    made.unit, made.default = about_it.unit, default
    return made


def changed(rule: Rule, changes: Mapping[str, Any]) -> Rule:
    """A rule with changes of checked values."""
    severity = {"severity": Severity(changes["severity"])} if "severity" in changes else {}
    return replace(rule, **{**changes, **severity})


class PolicyForm(_ModelForm):
    """A policy with the rule of each detector."""

    class Meta:
        model = Policy
        exclude = ("rules", "browser")  # noqa: DJ006  (the admin's fieldsets name the others)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            overrides = check_overrides(self.instance.rules)
        except InvalidInput:  # stored by an older version; the form shows the defaults and mends it
            overrides = {}
        for kind in ObservationKind:
            if kind.value in self.fields:  # absent for those who only read
                self.fields[kind.value].widget.attrs["data-default"] = default_mode(kind)
        data = self.data if self.is_bound else None
        self.rule_forms = {
            kind: RuleForm(data, rule, overrides.get(kind, {})) for kind, rule in DEFAULT_RULES.items()
        }

        self.browser_forms = browser_form.forms_of(data, self.instance)

    def clean(self) -> Any:
        cleaned = super().clean()
        self._check_sound(cleaned or {})
        self._check_law(cleaned or {})
        self._take_browser()
        rules = {}
        for kind, form in self.rule_forms.items():
            if not form.is_valid():
                names = ", ".join(str(form.fields[name].label or name).lower() for name in form.errors)
                self.add_error(None, f"{LABELS[kind].capitalize()}: please correct {names}.")
            elif changes := form.changes():
                rules[kind.value] = changes
        if not self.errors:
            rules_for(Policy(rules=rules))
            self.instance.rules = rules
        return cleaned

    def _take_browser(self) -> None:
        for kind, form in self.browser_forms.items():
            if not form.is_valid():
                names = ", ".join(str(form.fields[name].label).lower() for name in form.errors)
                self.add_error(None, f"{WORDS[kind].label.capitalize()}: please correct {names}.")
        if not self.errors:
            terms = {kind: form.terms() for kind, form in self.browser_forms.items()}
            self.instance.browser = browser_terms.changes_of(terms)

    def _check_law(self, cleaned: Mapping[str, Any]) -> None:
        here = current_institution()
        if here is None:
            return
        wanted = Policy(**{name: cleaned[name] for name in law_guards.FIELDS if name in cleaned})
        for guard, field, why in law_guards.refusals(here, wanted):
            if field in cleaned:
                self.add_error(field, why)
                law_refusals.note(here, guard.name, why, way="form of a policy")

    def _check_sound(self, cleaned: Mapping[str, Any]) -> None:
        if cleaned.get("screen", ScreenMode.OFF) != ScreenMode.OFF and not cleaned.get("camera_required"):
            self.add_error("screen", "The screen is shared only in exams with camera.")
        if cleaned.get("sound") and not cleaned.get("camera_required"):
            self.add_error("sound", "Sound is recorded only in exams with camera.")
        try:
            check_sound(Policy(diarizer=cleaned.get("diarizer", DiarizerChoice.LOCAL)))
        except InvalidInput as refusal:
            self.add_error("diarizer", refusal.message)

    @property
    def changed_data(self) -> list[str]:
        """Also the numbers, as "phone.min_frames", for the history."""
        rows = self.rule_forms.items()
        numbers = [f"{kind.value}.{name}" for kind, form in rows for name in form.changed_data]
        noted = self.browser_forms.items()
        numbers += [f"{kind.value}.{name}" for kind, form in noted for name in form.changed_data]
        return [*super().changed_data, *numbers]


@dataclass(frozen=True, slots=True)
class Panel:
    """What the page shows of one detector."""

    kind: str
    label: str
    about: str
    mode: Any
    """The bound field, or None for readers."""
    rule: Any
    default_mode: str
    words: str
    summary: str
    differs: bool
    is_open: bool
    precision: str = ""
    """How often people here agreed with it."""


def panels_of(form: PolicyForm) -> list[Panel]:
    """A panel for each detector, with the words of what is in the form, or is stored when that has errors."""
    here = current_institution()
    told = words_of_kinds(here) if here else {}
    return [
        replace(_panel(form, kind, rule_form), precision=told.get(kind.value, "no verdicts yet"))
        for kind, rule_form in form.rule_forms.items()
    ]


def browser_panels_of(form: PolicyForm) -> list[Mapping[str, Any]]:
    """A panel for each kind of event that the exam page can note."""
    try:
        stored = browser_terms.apply(form.instance.browser)
    except InvalidInput:
        stored = dict(browser_terms.DEFAULTS)
    # Absent for those who only read.
    is_editable = "full_screen" in form.fields
    return [
        browser_form.panel_values(each, stored[kind], is_editable=is_editable)
        for kind, each in form.browser_forms.items()
    ]


def _panel(form: PolicyForm, kind: ObservationKind, rule_form: RuleForm) -> Panel:
    is_editable = kind.value in form.fields
    mode_field = form[kind.value] if is_editable else None
    mode = str(mode_field.value()) if mode_field is not None else str(getattr(form.instance, kind.value))
    has_errors = form.is_bound and not rule_form.is_valid()
    rule = _rule_of(form, kind, rule_form)
    return Panel(
        kind=kind.value,
        label=LABELS[kind].capitalize(),
        about=about(kind),
        mode=mode_field,
        rule=rule_form if is_editable else None,
        default_mode=default_mode(kind),
        words=words_of(mode, rule),
        summary=summary_of(mode, rule),
        differs=rule != rule_form.rule or mode != default_mode(kind),
        is_open=has_errors or (form.is_bound and kind.value in form.errors),
    )


def _rule_of(form: PolicyForm, kind: ObservationKind, rule_form: RuleForm) -> Rule:
    if form.is_bound and rule_form.is_valid():
        return rule_form.changed_rule()
    try:
        return replace(rule_form.rule, **check_overrides(form.instance.rules).get(kind, {}))
    except InvalidInput:
        return rule_form.rule


def words_of(mode: str, rule: Rule) -> str:
    """What a detector in that mode does, in sentences."""
    if mode == DetectorMode.OFF:
        return "Off: nobody looks for this, and candidates are not told of it."
    if mode == DetectorMode.ADVISORY:
        return f"Advisory: for information only. {rule_in_words(replace(rule, severity=Severity.INFO))}"
    return rule_in_words(rule)


def summary_of(mode: str, rule: Rule) -> str:
    """The same in a few words."""
    if mode == DetectorMode.OFF:
        return "off"
    if mode == DetectorMode.ADVISORY:
        return f"advisory: {short_words(replace(rule, severity=Severity.INFO))}"
    return f"on: {short_words(rule)}"
