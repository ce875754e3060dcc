"""What every question kind can do; the folders beside this file are the kinds."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar

Content = dict[str, Any]
"""What a question holds besides its stem, key included: plain JSON in the shape the kind documents."""


class QuestionKind(ABC):
    """One kind of question. Instances hold no state; all of it is in `content` and `value`.

    The docstring of each kind gives the shape of `content`, of `public_content` (what the candidate's widget
    in `templates/exams/kinds/<name>.html` gets) and of an answer's `value`. A value of None is no answer.
    """

    name: ClassVar[str]
    """Stored in rows and sent to browsers: never rename one."""
    label: ClassVar[str]
    form: ClassVar[str]
    """Dotted path of the Django form that edits `content`; imported by the admin only."""

    @abstractmethod
    def validate_content(self, content: object) -> Content:
        """`content` in its one clean form. Raises InvalidInput whose field names the part at fault."""

    @abstractmethod
    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        """What a candidate may see: options in the order drawn for the paper, and nothing of the key."""

    @abstractmethod
    def clean_value(self, content: Content, value: object) -> Any:
        """`validate_answer` for a value that is not None."""

    @abstractmethod
    def share(self, content: Content, value: Any) -> Fraction | None:
        """`mark` for an answer that is not blank."""

    @abstractmethod
    def describe_key(self, content: Content) -> str:
        """The right answer in words, for people who mark and review."""

    @abstractmethod
    def describe_value(self, content: Content, value: Any) -> str:
        """`describe_answer` for an answer that is not blank."""

    def option_count(self, content: Content) -> int:
        """How many options can be shuffled; 0 for kinds without options."""
        return 0

    def is_blank(self, value: Any) -> bool:
        """Whether a clean value is no answer at all."""
        return value is None or value == "" or value == []

    def validate_answer(self, content: Content, value: object) -> Any:
        """`value` in its one clean form; None clears the answer. Raises InvalidInput with field "value"."""
        return None if value is None else self.clean_value(content, value)

    def mark(self, content: Content, value: Any) -> Fraction | None:
        """The share of the points that a clean value earns, 0 to 1; None: a person has to mark it."""
        return Fraction(0) if self.is_blank(value) else self.share(content, value)

    def describe_answer(self, content: Content, value: Any) -> str:
        """A clean value in words, for people who mark and review."""
        return "No answer" if self.is_blank(value) else self.describe_value(content, value)
