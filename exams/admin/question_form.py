"""The form of a question: title, text, and the fields of its kind."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms.models import ModelFormMetaclass

from exams.bank.questions import LONGEST_STEM, newest_version
from exams.kinds.base import Content, QuestionKind
from exams.kinds.content_form import ContentForm, FieldNames, form_of
from exams.models import Question, QuestionVersion
from proctor_site.kernel.errors import InvalidInput

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Question]
else:
    _ModelForm = forms.ModelForm


class QuestionForm(_ModelForm):
    """Base of the forms that `form_for` makes; leaves the clean content in `clean_content`."""

    kind: ClassVar[QuestionKind]
    part: ClassVar[ContentForm]
    before: ClassVar[Content | None]
    clean_content: Content

    stem = forms.CharField(
        label="Question text",
        max_length=LONGEST_STEM,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        help_text="What the candidate reads. Plain text; empty lines separate paragraphs.",
    )

    class Meta:
        model = Question
        fields = ("title",)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            self.clean_content = self.kind.validate_content(self.part.read(cleaned, self.before))
        except InvalidInput as refusal:
            named = self.part.field_of(refusal.field or "", cleaned)
            self.add_error(named if named in self.fields else None, refusal.message)
        return cleaned


def form_for(kind: QuestionKind, question: Question | None) -> type[QuestionForm]:
    """The form class of one question, or of a new one of that kind, with its present values."""
    version = newest_version(question) if question else None
    part = form_of(kind)
    before = version.content if version else None
    body: dict[str, Any] = {
        "kind": kind,
        "part": part,
        "before": before,
        "__module__": __name__,
        "Meta": type("Meta", (QuestionForm.Meta,), {}),
        **part.fields(before),
    }
    made: Any = ModelFormMetaclass(f"{type(kind).__name__}QuestionForm", (QuestionForm,), body)
    made.base_fields["stem"].initial = version.stem if version else ""
    form: type[QuestionForm] = made
    return form


def layout_of(kind: QuestionKind, version: QuestionVersion | None) -> FieldNames:
    """The kind's fields as the admin lays them out."""
    return form_of(kind).layout(version.content if version else None)
