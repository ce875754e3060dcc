"""Shared reads of sittings."""

from django.db.models import QuerySet

from exams.models import Sitting


def counted_sittings() -> QuerySet[Sitting]:
    """The sittings of the scope that count: without practice, which is left out of results and figures."""
    rows: QuerySet[Sitting] = Sitting.objects.filter(is_practice=False)
    return rows


def marked_sittings() -> QuerySet[Sitting]:
    """Those of them that have answers and results here: not where another system delivers the exam."""
    return counted_sittings().filter(exam__is_outside=False)
