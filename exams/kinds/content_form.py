"""What every kind's form offers the admin: fields to edit the content, and the content read back."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.module_loading import import_string

from exams.kinds.base import Content, QuestionKind

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
