"""The tools that one attempt has: those of its exam, and what was agreed for the candidate."""

from exams.bank import tools
from exams.models import Attempt


def tools_of(attempt: Attempt) -> tools.Tools:
    """One query more than what is loaded already."""
    enrolment = attempt.enrolment
    return tools.with_added(tools.tools_of(enrolment.sitting.exam), enrolment.allowances.all())
