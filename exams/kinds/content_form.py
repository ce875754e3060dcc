"""What every kind's form offers the admin: fields to edit the content, and the content read back."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.module_loading import import_string

from exams.kinds.base import Content, QuestionKind
from exams.kinds.shares import percent_text, share_of_percent

Cleaned = Mapping[str, Any]
FieldNames = list[str | tuple[str, ...]]


class ContentForm(ABC):
    """The part of the question form that belongs to one kind; works without JavaScript.

    `before` is the content of the newest version, None for a new question.
    """

    @abstractmethod
    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        """The form fields by name, in order, with the values of `before` as initial values."""

    @abstractmethod
    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        """The content as entered, not validated yet. Raises InvalidInput naming a field of the form."""

    def field_of(self, path: str, cleaned: Cleaned) -> str:
        """The form field that shows the part of the content which an InvalidInput names."""
        return path.split(".")[0]

    def layout(self, before: Content | None) -> FieldNames:
        """Names of the fields as the admin lays them out; a tuple stands on one line."""
        return list(self.fields(before))


def form_of(kind: QuestionKind) -> ContentForm:
    """The form of a kind."""
    made: ContentForm = import_string(kind.form)()
    return made


def penalty_field(before: Content | None) -> forms.Field:
    """The field "penalty" of kinds where a wrong answer may cost points."""
    return forms.CharField(
        label="Penalty in per cent",
        required=False,
        initial=percent_text(before["penalty"]) if before and "penalty" in before else "",
        help_text="What a wrong answer takes away, in per cent of the points; candidates are told. Empty: "
        "nothing. Guessing is worth nothing at 100 / (number of choices - 1), such as 33.33 with four.",
    )


def read_penalty(cleaned: Cleaned) -> dict[str, str]:
    """The entered penalty as its part of the content. Raises InvalidInput with field "penalty"."""
    written = cleaned.get("penalty") or "0"
    return {"penalty": share_of_percent(written, "penalty", "The penalty")}
