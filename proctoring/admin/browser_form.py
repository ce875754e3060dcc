"""The part of a policy's form about what the exam page notes: what is done about each kind, and when."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from proctor_site.kernel.errors import InvalidInput
from proctoring.browser import terms as browser_terms
from proctoring.browser.events import BLOCKABLE, LASTING, BrowserKind
from proctoring.browser.terms import DEFAULTS, DO_WORDS, MOST_SECONDS, MOST_TIMES, Do, Terms, in_words
from proctoring.browser.words import WORDS, about
from proctoring.models import Policy

YES, NO = "yes", "no"


class BrowserRuleForm(forms.Form):
    """What is done about one kind. An empty box stands for the default."""

    def __init__(self, data: Any, kind: BrowserKind, now: Terms) -> None:
        super().__init__(
            data,
            prefix=f"browser-{kind.value}",
            initial={
                "do": now.do.value,
                "times": now.times,
                "seconds": f"{now.seconds:g}",
                "blocks": YES if now.blocks else NO,
            },
            use_required_attribute=False,
        )
        self.kind, self.usual = kind, DEFAULTS[kind]
        words = [(each.value, DO_WORDS[each]) for each in Do]
        self._add("do", forms.ChoiceField(label="What is done", choices=words), self.usual.do.value)
        times = forms.IntegerField(label="Incident from", min_value=1, max_value=MOST_TIMES)
        times.help_text = "So often in the attempt, or since people last decided about it."
        self._add("times", times, str(self.usual.times), unit="times")
        if kind in LASTING:
            seconds = forms.FloatField(label="Or from", min_value=0, max_value=MOST_SECONDS)
            seconds.help_text = "So long, all times together; 0: not by seconds."
            self._add("seconds", seconds, f"{self.usual.seconds:g}", unit="s together")
        if kind in BLOCKABLE:
            choices = [(NO, "No"), (YES, "Yes, and says so")]
            blocks = forms.ChoiceField(label="Page prevents it", choices=choices)
            blocks.help_text = "Screen readers, selecting, and the candidate's own answers are left alone."
            self._add("blocks", blocks, NO)

    def _add(self, name: str, field: Any, default: str, unit: str = "") -> None:
        field.required, field.default, field.unit = False, default, unit
        field.widget.attrs["data-default"] = default
        if unit:
            field.widget.attrs |= {"step": "any" if name == "seconds" else "1", "inputmode": "decimal"}
        self.fields[name] = field

    def terms(self) -> Terms:
        """What is in the form. Only after `is_valid`."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        if "do" in given:
            given["do"] = Do(given["do"])
        if "blocks" in given:
            given["blocks"] = given["blocks"] == YES
        return replace(self.usual, **given)


def forms_of(data: Any, policy: Policy) -> dict[BrowserKind, BrowserRuleForm]:
    """A form for each kind, with what the policy says now."""
    try:
        now = browser_terms.apply(policy.browser)
    except InvalidInput:  # stored by an older version; the form shows the defaults and mends it
        now = dict(DEFAULTS)
    return {kind: BrowserRuleForm(data, kind, terms) for kind, terms in now.items()}


def told(form: BrowserRuleForm) -> dict[str, Any]:
    """What the page says while the form is changed: `{words, summary, differs, errors}`."""
    if not form.is_valid():
        return {"errors": {name: " ".join(map(str, texts)) for name, texts in form.errors.items()}}
    terms = form.terms()
    return shown(form.kind, terms) | {"errors": {}}


def shown(kind: BrowserKind, terms: Terms) -> dict[str, Any]:
    """Terms in words, in few words, and whether they differ from the defaults."""
    return {
        "words": in_words(kind, terms),
        "summary": summary_of(kind, terms),
        "differs": terms != DEFAULTS[kind],
    }


def summary_of(kind: BrowserKind, terms: Terms) -> str:
    """Such as "incident: low, from 3 times or 30 s"."""
    blocked = ", prevented" if terms.blocks else ""
    if terms.do is not Do.INCIDENT:
        return f"{terms.do.value}{blocked}"
    times = "the first time" if terms.times == 1 else f"{terms.times} times"
    seconds = f" or {terms.seconds:g} s" if terms.seconds and kind in LASTING else ""
    return f"incident: {terms.severity.value}, from {times}{seconds}{blocked}"


def panel_values(form: BrowserRuleForm, stored: Terms, *, is_editable: bool) -> Mapping[str, Any]:
    """The values of a panel of the page, of what is in the form or is stored when that has errors."""
    is_right = form.is_bound and form.is_valid()
    terms = form.terms() if is_right else stored
    return {
        "kind": form.kind.value,
        "label": WORDS[form.kind].label.capitalize(),
        "about": about(form.kind),
        "rule": form if is_editable else None,
        "is_open": form.is_bound and not is_right,
        **shown(form.kind, terms),
    }
