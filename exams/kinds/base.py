"""What every question kind can do; the folders beside this file are the kinds."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, ClassVar

from exams.kinds import shapes

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

    holds_files: ClassVar[bool] = False
    """Whether answers name files that `delivery.answer_files` keeps."""

    marked_by_person: ClassVar[bool] = False
    """Whether no answer but a blank one can be marked by rule."""

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
    def right_value(self, content: Content) -> Any:
        """A clean value that earns all points; None where only a person can say what does."""

    @abstractmethod
    def guess_share(self, content: Content) -> Fraction | None:
        """The share that blind guessing earns on average; None where no figure can be given.

        Guessing is blind as in Moodle's random guess score (`question_type::get_random_guess_score`): every
        answer that the widget allows is equally likely; free text is never guessed. It may be below 0 where
        wrong answers cost points.
        """

    @abstractmethod
    def describe_key(self, content: Content) -> str:
        """The right answer in words, for people who mark and review."""

    @abstractmethod
    def describe_value(self, content: Content, value: Any) -> str:
        """`describe_answer` for an answer that is not blank."""

    def option_count(self, content: Content) -> int:
        """How many options can be shuffled; 0 for kinds without options."""
        return 0

    def without_penalties(self, content: Content) -> Content:
        """`content` with which no answer earns less than nothing, and all others what they did."""
        return content

    def with_texts(self, content: Content, change: Callable[[str], str]) -> Content:
        """A copy of `content` (whole or public) with each text passed through `change`.

        Texts are what candidates read in the format of the version, plain or rich: every string under a name
        "text", at any depth. A kind that keeps such texts under other names overrides this.
        """
        return shapes.with_texts(content, change)

    def with_files(self, content: Content, change: Callable[[str], str]) -> Content:
        """A copy of `content` with each file that it names outside its texts passed through `change`."""
        return content

    def is_blank(self, value: Any) -> bool:
        """Whether a clean value is no answer at all."""
        return value is None or value in ("", [], {})

    def validate_answer(self, content: Content, value: object) -> Any:
        """`value` in its one clean form; None clears the answer. Raises InvalidInput with field "value"."""
        return None if value is None else self.clean_value(content, value)

    def mark(self, content: Content, value: Any) -> Fraction | None:
        """The share of the points that a clean value earns; None: a person has to mark it.

        From -1 to 1: a question whose author has wrong answers cost points may earn less than nothing; no
        answer at all always earns 0. `marking.automatic.result` keeps the total of an attempt at 0 or above.
        """
        return Fraction(0) if self.is_blank(value) else self.share(content, value)

    def describe_answer(self, content: Content, value: Any) -> str:
        """A clean value in words, for people who mark and review."""
        return "No answer" if self.is_blank(value) else self.describe_value(content, value)

    def value_html(self, content: Content, value: Any) -> str | None:
        """A value that is not blank as HTML, where words alone show it badly; None: `describe_value` will do.

        Made of escaped parts only, with classes and without inline style. `bank.wording.answer_html` asks.
        """
        return None


class MarkedByPerson(QuestionKind):
    """A kind that no rule can mark: no right answer is known, and guessing blindly earns nothing."""

    marked_by_person = True

    def share(self, content: Content, value: Any) -> Fraction | None:
        return None

    def right_value(self, content: Content) -> Any:
        return None

    def guess_share(self, content: Content) -> Fraction | None:
        return Fraction(0)
