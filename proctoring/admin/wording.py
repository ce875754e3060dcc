"""Coded reasons and ready texts: what proctors of the institution choose from."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.site import site
from accounts.languages import languages
from proctoring.admin.read_only import ProctoringAdmin
from proctoring.models import ReadyText, ReasonCode
from proctoring.models.supervision import LONGEST_TEXT, ActKind

if TYPE_CHECKING:
    _CodeForm = forms.ModelForm[ReasonCode]
    _TextForm = forms.ModelForm[ReadyText]
else:
    _CodeForm = _TextForm = forms.ModelForm


class TextsField(forms.CharField):
    """Texts by language, one line each: "de: Bitte bleiben Sie im Bild." """

    widget = forms.Textarea(attrs={"rows": 6, "cols": 90})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return "\n".join(f"{tag}: {text}" for tag, text in value.items())
        return value

    def clean(self, value: Any) -> Any:
        known = dict(languages())
        texts: dict[str, str] = {}
        for number, line in enumerate(str(super().clean(value)).splitlines(), start=1):
            if not line.strip():
                continue
            tag, colon, text = line.partition(":")
            tag, text = tag.strip(), text.strip()
            if not colon or not text:
                raise forms.ValidationError(
                    f'Line {number}: write a language, a colon and the text: "en: …".'
                )
            if tag not in known:
                raise forms.ValidationError(
                    f"Line {number}: {tag[:20]!r} is not a language; use en, de, fr …"
                )
            if tag in texts:
                raise forms.ValidationError(f"Line {number}: there is a text for {tag} already.")
            if len(text) > LONGEST_TEXT or "\x00" in text:
                raise forms.ValidationError(f"Line {number}: at most {LONGEST_TEXT} ordinary characters.")
            texts[tag] = text
        return texts


_HELP = (
    "One line for each language, such as “de: Bitte bleiben Sie im Bild.” Candidates read the language of "
    "their exam; where it is missing, English, or else the first line."
)


class ReasonCodeForm(_CodeForm):
    """A coded reason."""

    acts = forms.MultipleChoiceField(
        label="For",
        choices=ActKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Where it is offered.",
    )
    texts = TextsField(label="Candidates read", required=False, help_text=_HELP)

    class Meta:
        model = ReasonCode
        fields = ("code", "wording", "acts", "texts", "needs_words", "is_active", "order")
        help_texts = {"wording": "What proctors choose, and what histories and the audit log show."}


class ReadyTextForm(_TextForm):
    """A ready text."""

    texts = TextsField(help_text=_HELP)

    class Meta:
        model = ReadyText
        fields = ("kind", "texts", "is_active", "order")

    def clean_texts(self) -> Any:
        texts = self.cleaned_data["texts"]
        if not texts:
            raise forms.ValidationError("Write at least one line.")
        return texts


@admin.register(ReasonCode, site=site)
class ReasonCodeAdmin(ProctoringAdmin):
    """Reasons that proctors choose. What was done keeps the words of its time."""

    form = ReasonCodeForm
    list_display = ("wording", "code", "offered_for", "spoken", "is_active", "order")
    list_filter = ("is_active",)
    search_fields = ("code", "wording")

    @admin.display(description="for")
    def offered_for(self, row: ReasonCode) -> str:
        words = dict(ActKind.choices)
        return ", ".join(words.get(act, act) for act in row.acts)

    @admin.display(description="languages")
    def spoken(self, row: ReasonCode) -> str:
        return ", ".join(row.texts) or "none"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A code that is in the audit log means one thing for good."""
        return ("code",) if obj is not None else ()


@admin.register(ReadyText, site=site)
class ReadyTextAdmin(ProctoringAdmin):
    """Texts that proctors choose, and may change before they are sent."""

    form = ReadyTextForm
    list_display = ("__str__", "kind", "spoken", "is_active", "order")
    list_filter = ("kind", "is_active")

    @admin.display(description="languages")
    def spoken(self, row: ReadyText) -> str:
        return ", ".join(row.texts)
