"""The forms of marking pages. They check shapes; the services decide."""

import re
from typing import Any

from django import forms

from accounts.models import User
from exams.marking.rounds import possible_markers, questions_to_mark
from exams.models import MarkingRound, Rubric, Sitting

_LEVEL = re.compile(r"\s*(?P<points>[0-9]+([.,][0-9]+)?)\s*:\s*(?P<text>.*)")


class PeopleForm(forms.Form):
    """Who marks, and who decides where two markers differ."""

    markers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one marker."},
    )
    moderators = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="They decide where two markers differ by too much, and give the reason.",
    )

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk__in=[user.pk for user in possible_markers(sitting)])
        for name in ("markers", "moderators"):
            field: Any = self.fields[name]
            field.queryset = people.order_by("name", "pk")


class RoundForm(PeopleForm):
    """A new marking round."""

    title = forms.CharField(max_length=200, help_text="Markers see it in their list.")
    questions = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one question."},
        help_text="Only questions with answers that wait for a person are offered.",
    )
    is_anonymous = forms.BooleanField(
        label="Candidate numbers instead of names", required=False, initial=True
    )
    second_share = forms.IntegerField(
        label="Marked twice, in per cent",
        min_value=0,
        max_value=100,
        initial=0,
        help_text="This share of the answers, drawn by lot, goes to a second marker who does not see what "
        "the first one gave.",
    )
    threshold = forms.IntegerField(
        label="Largest difference, in per cent of the question’s points",
        min_value=0,
        max_value=100,
        initial=20,
        help_text="Up to this, the mean of both counts. Above it, a moderator decides.",
    )
    field_order = ("title", "questions", "markers", "second_share", "threshold", "moderators", "is_anonymous")

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any) -> None:
        super().__init__(*args, sitting=sitting, **kwargs)
        self.offered = {str(question.pk): question for question, _ in questions_to_mark(sitting)}
        choices: Any = self.fields["questions"]
        choices.choices = [
            (str(question.pk), f"{question.title} ({count} to mark)")
            for question, count in questions_to_mark(sitting)
        ]
        self.initial.setdefault("questions", list(self.offered))
        self.initial.setdefault("title", f"Marking of {sitting.title}"[:200])

    def clean_questions(self) -> list[Any]:
        return [self.offered[key] for key in self.cleaned_data["questions"]]


class MarkersForm(PeopleForm):
    """Changed markers of a round."""

    def __init__(self, *args: Any, round_: MarkingRound) -> None:
        parts = list(round_.markers.all())
        initial = {
            "markers": [part.user_id for part in parts if part.is_marker],
            "moderators": [part.user_id for part in parts if part.is_moderator],
        }
        super().__init__(*args, sitting=round_.sitting, initial=initial)


class RubricForm(forms.Form):
    """A rubric as text: a line for each criterion, below it a line for each level."""

    rubric = forms.CharField(
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "true"}),
        help_text="Write each criterion on a line of its own, and below it its levels, each as points, a "
        "colon and what it means: “2: two arguments, weighed”. Leave it empty to mark without a rubric.",
    )

    def clean_rubric(self) -> list[dict[str, Any]]:
        criteria: list[dict[str, Any]] = []
        for number, line in enumerate(self.cleaned_data["rubric"].splitlines(), start=1):
            level = _LEVEL.fullmatch(line)
            if level and not criteria:
                raise forms.ValidationError(f"Line {number}: a level needs a criterion above it.")
            if level:
                criteria[-1]["levels"].append({"points": level["points"], "text": level["text"]})
            elif line.strip():
                criteria.append({"title": line.strip(), "levels": []})
        return criteria


def rubric_as_text(rubric: Rubric | None) -> str:
    """The rubric in the form in which `RubricForm` reads it."""
    lines: list[str] = []
    for each in rubric.criteria if rubric else []:
        lines.append(each["title"])
        lines += [f"{level['points']}: {level['text']}" for level in each["levels"]]
        lines.append("")
    return "\n".join(lines).strip()
