"""The form of an exam: the grade scale as lines of text, with scales to begin with."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.languages import languages
from exams.bank.grades import MOST_STEPS, PRESETS, read_steps, steps_as_text
from exams.bank.tools import clean_formula_sheet
from exams.models import Exam
from proctor_site.kernel.errors import InvalidInput

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Exam]
else:
    _ModelForm = forms.ModelForm

KEEP = ""
TOOLS = ("calculator", "formula_sheet", "scratch_pad", "highlighter", "strike_out", "spell_check")


class ExamForm(_ModelForm):
    """Title, instructions, language, tools for candidates, pass mark, grade scale."""

    language = forms.ChoiceField(
        required=False,
        choices=lambda: [("", "As the institution"), *languages()],
        help_text="In which the questions are written. Screen readers choose their voice by it, and browsers "
        "the dictionary of their spell check.",
    )
    grade_preset = forms.ChoiceField(
        label="Take a scale",
        required=False,
        choices=[(KEEP, "Use the lines below"), *((name, label) for name, (label, _) in PRESETS.items())],
        help_text="A scale chosen here replaces the lines below when you save; you can change it then.",
    )
    grade_text = forms.CharField(
        label="Grade scale",
        required=False,
        max_length=MOST_STEPS * 100,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 40}),
        help_text="One grade a line, the best one first, such as “87.5 %: Very good”. The last one begins at "
        "0 %. Empty: no grades.",
    )

    class Meta:
        model = Exam
        fields = (
            "title",
            "instructions",
            "language",
            "is_template",
            "is_outside",
            *TOOLS,
            "pass_percentage",
            "asks_certainty",
        )
        widgets = {"formula_sheet": forms.Textarea(attrs={"rows": 10, "cols": 80})}
        help_texts = {
            "calculator": "Basic: four operations, brackets, per cent, square root, memory. Scientific: "
            "powers, roots, logarithms, angles and factorials too.",
            "scratch_pad": "A field for notes. They stay in the candidate's browser and are deleted at the "
            "end: nobody can read or mark them.",
            "highlighter": "Candidates may mark words in the texts of questions, for themselves.",
            "strike_out": "Candidates may strike out options that they have ruled out. It changes no answer.",
            "formula_sheet": "Opens beside the question. Rich text as in questions, with formulas as TeX "
            r"between \( and \); a table keeps them in order. No pictures. Changes reach candidates with the "
            "next page that they load.",
            "spell_check": "The candidate's browser underlines misspelt words in typed answers. Off, it is "
            "asked not to; extensions and keyboards of phones may do it all the same.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("grade_text", steps_as_text(self.instance.grade_steps))

    def clean_formula_sheet(self) -> str:
        try:
            return clean_formula_sheet(self.cleaned_data["formula_sheet"])
        except InvalidInput as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("is_outside") and cleaned.get("is_template"):
            self.add_error("is_template", "What another system delivers is no template.")
        preset = cleaned.get("grade_preset") or KEEP
        try:
            chosen = PRESETS[preset][1] if preset else read_steps(cleaned.get("grade_text") or "")
        except InvalidInput as refusal:
            self.add_error("grade_text", refusal.message)
        else:
            if "grade_text" in cleaned:
                self.instance.grade_steps = chosen
        return cleaned


def certainty_note(exam: Exam) -> str:
    """What pass mark and grades mean with certainty-based marking; empty without it."""
    if not exam.asks_certainty:
        return ""
    also = " and the grade scale" if exam.grade_steps else ""
    return (
        "With certainty-based marking, per cent are those of the most points, three times the points of each "
        "question that a rule marks. Everything right is 33.33 % if not very sure, 66.67 % if fairly sure "
        f"and 100 % if very sure. Check that the pass mark of {exam.pass_percentage} %{also} is meant "
        "so. Papers that are drawn already stay as they are."
    )


def pass_mark_note(exam: Exam) -> str:
    """What to think about when the pass mark lies inside a grade; empty when all is well."""
    starts = [Decimal(step["least"]) for step in exam.grade_steps]
    if not starts or exam.pass_percentage in starts:
        return ""
    inside = next(step for step in exam.grade_steps if Decimal(step["least"]) <= exam.pass_percentage)
    return (
        f"The pass mark of {exam.pass_percentage} % lies inside the grade “{inside['name']}” (from "
        f"{inside['least']} %): with that grade some pass and some do not."
    )
