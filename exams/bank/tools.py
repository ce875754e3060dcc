"""What candidates may use on the exam page: set on the exam, and more for one person by an allowance."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from exams.bank import rich_text
from exams.kinds.shapes import plain_text
from exams.models import Exam
from exams.models.exam import Calculator
from proctor_site.kernel.errors import InvalidInput

LONGEST_FORMULA_SHEET = 50_000
_RANK = list(Calculator)


class AddsTools(Protocol):
    """An agreed adjustment, as far as it adds tools."""

    calculator: str
    spell_check: bool


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools that an exam page offers; `formula_sheet` is rich text, empty without one.

    Text size, colours and spacing are no part of it: everybody has them.
    """

    calculator: str
    scratch_pad: bool
    highlighter: bool
    strike_out: bool
    spell_check: bool
    formula_sheet: str

    @property
    def text_format(self) -> str:
        """That of the formula sheet, for the filters of `exam_text`."""
        return rich_text.HTML

    @property
    def in_words(self) -> str:
        """The tools as a list for people; "none" when there are none."""
        named = {
            f"{Calculator(self.calculator).label.lower()} calculator": self.calculator != Calculator.NONE,
            "formula sheet": bool(self.formula_sheet),
            "scratch pad": self.scratch_pad,
            "highlighter": self.highlighter,
            "strike-out of options": self.strike_out,
            "spell check": self.spell_check,
        }
        return ", ".join(name for name, is_offered in named.items() if is_offered) or "none"


def tools_of(exam: Exam) -> Tools:
    """What the exam offers to everybody."""
    return Tools(
        calculator=exam.calculator,
        scratch_pad=exam.scratch_pad,
        highlighter=exam.highlighter,
        strike_out=exam.strike_out,
        spell_check=exam.spell_check,
        formula_sheet=exam.formula_sheet,
    )


def with_added(tools: Tools, adjustments: Iterable[AddsTools]) -> Tools:
    """The tools of one person: never less than what everybody has."""
    given = list(adjustments)
    offered = [tools.calculator, *(each.calculator for each in given)]
    return replace(
        tools,
        calculator=max(offered, key=lambda name: _RANK.index(Calculator(name))),
        spell_check=tools.spell_check or any(each.spell_check for each in given),
    )


def clean_formula_sheet(value: object) -> str:
    """A formula sheet in its stored form: sanitised rich text. Raises InvalidInput (formula_sheet).

    It takes no pictures, sounds or files: those are given out by the questions that they belong to.
    """
    text = plain_text(
        value, "formula_sheet", "The formula sheet", most=LONGEST_FORMULA_SHEET, may_be_empty=True
    )
    cleaned = rich_text.clean(text)
    if rich_text.media_in(cleaned):
        raise InvalidInput(
            "A formula sheet holds text, tables and formulas, but no pictures, sounds or files.",
            field="formula_sheet",
        )
    return cleaned
