"""The forms of the page on which an exam is put together: section, pool, search of the bank."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from exams.bank.categories import lies_in
from exams.models import Exam, Question, QuestionCategory, QuestionTag, Section
from exams.models.pool import LARGEST_POOL
from exams.models.question import Difficulty

MOST_FOUND = 40
_DIFFICULTY = [("", "any"), *((str(value), label) for value, label in Difficulty.choices)]


class SectionForm(forms.Form):
    """The title of a new section."""

    title = forms.CharField(label="Title of the new section", max_length=200)


class PoolForm(forms.Form):
    """A pool; choices are rows of the institution whose scope is open."""

    section: Any = forms.ModelChoiceField(label="Section", queryset=None)
    count = forms.IntegerField(label="How many questions", min_value=1, max_value=LARGEST_POOL, initial=5)
    points = forms.DecimalField(label="Points each", min_value=0, max_digits=6, decimal_places=2, initial=1)
    category: Any = forms.ModelChoiceField(
        label="Category",
        queryset=None,
        required=False,
        empty_label="The whole bank",
    )
    with_children = forms.BooleanField(
        label="Also from the categories below it", required=False, initial=True
    )
    tags: Any = forms.ModelMultipleChoiceField(
        label="Tags",
        queryset=None,
        required=False,
        help_text="Only questions that have all of these.",
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )
    least_difficulty = forms.TypedChoiceField(
        label="Difficulty from", choices=_DIFFICULTY, coerce=int, empty_value=None, required=False
    )
    most_difficulty = forms.TypedChoiceField(
        label="Difficulty to", choices=_DIFFICULTY, coerce=int, empty_value=None, required=False
    )

    def __init__(self, exam: Exam, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["section"].queryset = Section.objects.filter(exam=exam)
        fields["category"].queryset = QuestionCategory.objects.all()
        fields["tags"].queryset = QuestionTag.objects.all()


class SearchForm(forms.Form):
    """What to look for in the bank."""

    q = forms.CharField(label="Words in title, text or tag", max_length=100, required=False)
    category: Any = forms.ModelChoiceField(label="Category", queryset=None, required=False, empty_label="All")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.queryset = QuestionCategory.objects.all()

    def found(self) -> "QuerySet[Question]":
        """The questions that fit, at most MOST_FOUND + 1; none when the form makes no sense."""
        if not self.is_valid():
            return Question.objects.none()
        rows = Question.objects.filter(retired_at=None, versions__isnull=False)
        for word in self.cleaned_data["q"].split():
            fits = Q(title__icontains=word) | Q(tags__name__icontains=word)
            rows = rows.filter(fits | Q(versions__stem__icontains=word))
        if category := self.cleaned_data["category"]:
            rows = rows.filter(lies_in(category))
        return rows.select_related("category").distinct().order_by("title", "pk")[: MOST_FOUND + 1]
