"""The admin form of a single choice question."""

from exams.kinds.option_rows import OptionRowsForm


class SingleChoiceForm(OptionRowsForm):
    """Option rows, one of them ticked."""
