"""The form of a question: title, text, and the fields of its kind."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms.models import ModelFormMetaclass

from exams.bank.classification import clean_tags, tag_names
from exams.bank.questions import LONGEST_STEM, Wording, clean_wording, newest_version
from exams.kinds.base import Content, QuestionKind
from exams.kinds.content_form import ContentForm, FieldNames, form_of
from exams.models import Question, QuestionVersion
from exams.models.question import TextFormat
from proctor_site.kernel.errors import InvalidInput

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Question]
else:
    _ModelForm = forms.ModelForm


class QuestionForm(_ModelForm):
    """Base of the forms that `form_for` makes; leaves what the version will hold in `wording`."""

    kind: ClassVar[QuestionKind]
    part: ClassVar[ContentForm]
    before: ClassVar[Content | None]
    wording: Wording

    stem = forms.CharField(
        label="Question text",
        max_length=LONGEST_STEM,
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
        help_text="What the candidate reads. In plain text, empty lines separate paragraphs.",
    )

    text_format = forms.ChoiceField(
        required=False,
        choices=TextFormat.choices,
        initial=TextFormat.PLAIN,
        help_text="Of the question text and of the options. Plain text is shown as it is typed; in rich text "
        "tags, formulas such as \\(x^2\\), pictures and sounds have a meaning.",
    )
    tag_names = forms.CharField(
        label="Tags", required=False, max_length=1_000, help_text="Words, separated by commas."
    )

    class Meta:
        model = Question
        fields = ("title", "difficulty")  # the category is added in the scope of a request
        help_texts = {"difficulty": "What you expect; pools may draw by it."}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            content = self.part.read(cleaned, self.before)
            self.wording = clean_wording(self.kind.name, cleaned["stem"], content, cleaned["text_format"])
        except InvalidInput as refusal:
            named = self.part.field_of(refusal.field or "", cleaned)
            self.add_error(named if named in self.fields else None, refusal.message)
        return cleaned

    def clean_text_format(self) -> str:
        """What the form did not say stays as it is."""
        return self.cleaned_data["text_format"] or self.fields["text_format"].initial

    def clean_tag_names(self) -> list[str]:
        try:
            return clean_tags([word for word in self.cleaned_data["tag_names"].split(",") if word.strip()])
        except InvalidInput as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def place(self) -> dict[str, Any]:
        """Category, tags and difficulty, as the bank takes them."""
        given = self.cleaned_data
        return {
            "category": given["category"],
            "tags": given["tag_names"],
            "difficulty": given["difficulty"],
        }


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
    made.base_fields["text_format"].initial = version.text_format if version else TextFormat.PLAIN
    made.base_fields["tag_names"].initial = ", ".join(tag_names(question)) if question else ""
    form: type[QuestionForm] = made
    return form


def layout_of(kind: QuestionKind, version: QuestionVersion | None) -> FieldNames:
    """The kind's fields as the admin lays them out."""
    return form_of(kind).layout(version.content if version else None)
