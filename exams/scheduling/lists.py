"""The list of a sitting's candidates as a file: CSV and XLSX that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from exams.models import Allowance, CandidateGroupMember, Enrolment, PendingEnrolment, Sitting

HEADERS = ("E-mail", "Name", "Group", "Extra minutes", "Factor", "State")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def candidate_list(sitting: Sitting) -> Iterator[tuple[str, str, str, int, str, str]]:
    """One row for each enrolled or invited candidate under HEADERS; a roster import takes the list back.

    Extra time is the part that rosters manage; what was agreed one by one is not in a list that is passed on.
    """
    times = {
        each.enrolment_id: each
        for each in Allowance.objects.filter(enrolment__sitting=sitting, from_roster=True)
    }
    groups: dict[int, str] = {}
    for candidate, group in CandidateGroupMember.objects.filter(
        candidate__enrolments__sitting=sitting
    ).values_list("candidate", "group__name"):
        groups.setdefault(candidate, group)
    enrolled = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None).select_related("candidate")
    for each in enrolled.order_by("candidate__name", "id"):
        time, person = times.get(each.pk), each.candidate
        group = groups.get(each.candidate_id, "")
        yield (person.email, person.name, group, *_time(time), "enrolled")
    for pending in PendingEnrolment.objects.filter(sitting=sitting).select_related("group"):
        group = pending.group.name if pending.group else ""
        yield (pending.email, pending.name, group, *_time(pending), "invited")


def _time(source: Allowance | PendingEnrolment | None) -> tuple[int, str]:
    return (source.extra_minutes, f"{source.factor.normalize():f}") if source else (0, "1")


def neutral(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it; the rest as it is."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def as_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with a mark, which spreadsheets need to read accents; lines end as RFC 4180 says."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(headers: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str) -> bytes:
    """A workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("".join(each for each in title if each not in "[]:*?/\\")[:31] or "List")
    for row in (headers, *rows):
        sheet.append([_cell(sheet, cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    shown = neutral(value)
    if isinstance(shown, str):
        shown = "".join(each for each in shown if each >= " " or each in "\t\n")
    cell = WriteOnlyCell(sheet, value=shown)
    if isinstance(shown, str):
        cell.data_type = "s"
    return cell
