"""Rosters of a sitting: upload, the report of what importing would do, the import and its progress."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.models import User
from exams.admin.job_state import state_of
from exams.models import CandidateGroup, Roster, Sitting
from exams.scheduling import roster as service
from exams.scheduling.groups import enrol_group
from exams.scheduling.lists import HEADERS, candidate_list
from exams.scheduling.roster_file import MOST_BYTES, MOST_ROWS
from exams.scheduling.verdicts import CHANGING, Outcome, named_groups, places_left
from exams.tables import Format, as_bytes
from proctor_site.kernel.errors import Refusal

_ON_A_PAGE = 100
WORDS = {
    Outcome.ENROLLED: "enrolled",
    Outcome.INVITED: "invited by e-mail",
    Outcome.UPDATED: "changed",
    Outcome.ALREADY_ENROLLED: "enrolled already",
    Outcome.ALREADY_INVITED: "invited before",
    Outcome.REFUSED: "refused",
}


class RosterForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label="CSV file or XLSX workbook",
        max_length=200,
        help_text="Columns: e-mail; and if you like name, candidate number, group, extra minutes, factor. "
        f"Other columns are left out. At most {MOST_ROWS:,} rows and {MOST_BYTES // 1_000_000} MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )


class GroupForm(forms.Form):
    """One group of the institution at hand."""

    group: Any = forms.ModelChoiceField(queryset=None, label="Group")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["group"]
        field.queryset = CandidateGroup.objects.all()


def roster_list(model_admin: Any, request: HttpRequest, sitting_id: int) -> HttpResponse:
    """GET: the forms and the rosters so far. POST: reads a file, or enrols a group (act=group)."""
    sitting = _sitting(model_admin, request, sitting_id)
    is_group = request.POST.get("act") == "group"
    form = (
        RosterForm(request.POST, request.FILES) if request.method == "POST" and not is_group else RosterForm()
    )
    group_form = GroupForm(request.POST if is_group else None)
    if request.method == "POST":
        answer = _enrol_group(request, sitting, group_form) if is_group else _read(request, sitting, form)
        if answer is not None:
            return answer
    context = _context(model_admin, request, sitting, f"Import candidates into {sitting}") | {
        "form": form,
        "group_form": group_form,
        "has_groups": CandidateGroup.objects.exists(),
        "rosters": Roster.objects.filter(sitting=sitting).select_related("job", "created_by")[:20],
        "places_left": places_left(sitting),
    }
    return TemplateResponse(request, "admin/exams/sitting/rosters.html", context)


def roster_report(model_admin: Any, request: HttpRequest, sitting_id: int, roster_id: int) -> HttpResponse:
    """GET: row by row what importing would do, or has done. POST: asks for the import."""
    sitting = _sitting(model_admin, request, sitting_id)
    roster = _roster(sitting, roster_id)
    if request.method == "POST":
        return _import(request, roster)
    lines = _lines(roster)
    counts = service.counts([line[2] for line in lines])
    chosen = request.GET.get("outcome", "")
    shown = [line for line in lines if line[2] == chosen] if chosen in counts else lines
    page = Paginator(shown, _ON_A_PAGE).get_page(request.GET.get("page"))
    rows = service.rows_of(roster)
    context = _context(model_admin, request, sitting, f"Roster {roster}") | {
        "roster": roster,
        "job": roster.job,
        "reading": roster.read_job if roster.stored_name else None,
        "page": page,
        "lines": [
            (line, email, WORDS[Outcome(outcome)], outcome, detail) for line, email, outcome, detail in page
        ],
        "counts": [(outcome, WORDS[Outcome(outcome)], count) for outcome, count in counts.items()],
        "chosen": chosen if chosen in counts else "",
        "changing": sum(counts.get(each.value, 0) for each in CHANGING),
        "new_groups": named_groups(rows) if roster.job is None else [],
        "state_url": reverse("admin:exams_sitting_roster_state", args=[sitting.pk, roster.pk]),
    }
    return TemplateResponse(request, "admin/exams/sitting/roster.html", context)


def roster_state(model_admin: Any, request: HttpRequest, sitting_id: int, roster_id: int) -> HttpResponse:
    """How far the reading or the import is, for the page that waits for it."""
    roster = _roster(_sitting(model_admin, request, sitting_id), roster_id)
    return state_of(roster.job or roster.read_job)


def candidate_file(model_admin: Any, request: HttpRequest, sitting_id: int, *, form: str) -> HttpResponse:
    """The list of candidates as a file to download; `form` is csv or xlsx."""
    sitting = model_admin.get_object(request, str(sitting_id))
    if sitting is None:
        raise Http404("There is no such sitting.")
    if not request.user.has_perm("exams.add_enrolment", sitting):
        raise PermissionDenied
    rows = candidate_list(sitting)
    chosen = Format.XLSX if form == "xlsx" else Format.CSV_FOR_SPREADSHEETS
    answer = HttpResponse(as_bytes(chosen, HEADERS, rows), content_type=chosen.content_type)
    answer["Content-Disposition"] = f'attachment; filename="candidates-{sitting.pk}.{form}"'
    return answer


def _sitting(model_admin: Any, request: HttpRequest, sitting_id: int) -> Sitting:
    sitting: Sitting | None = model_admin.get_object(request, str(sitting_id))
    if sitting is None:
        raise Http404("There is no such sitting.")
    if not request.user.has_perm("exams.add_enrolment", sitting):
        raise PermissionDenied
    return sitting


def _roster(sitting: Sitting, roster_id: int) -> Roster:
    rows = Roster.objects.select_related("job", "read_job", "sitting__institution", "institution")
    roster = rows.filter(sitting=sitting, pk=roster_id).first()
    if roster is None:
        raise Http404("There is no such roster.")
    return roster


def _context(model_admin: Any, request: HttpRequest, sitting: Sitting, title: str) -> dict[str, Any]:
    site = model_admin.admin_site.each_context(request)
    return {**site, "title": title, "opts": model_admin.opts, "sitting": sitting}


def _actor(request: HttpRequest) -> User:
    actor: Any = request.user
    return actor


def _read(request: HttpRequest, sitting: Sitting, form: RosterForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    file = form.cleaned_data["file"]
    try:
        # One byte more than allowed is read: enough for the service to refuse it.
        data = file.read(MOST_BYTES + 1)
        roster = service.receive_roster(sitting, file_name=file.name, data=data, actor=_actor(request))
    except Refusal as refusal:
        form.add_error("file", refusal.message)
        return None
    return _to(roster)


def _enrol_group(request: HttpRequest, sitting: Sitting, form: GroupForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    try:
        verdicts = enrol_group(sitting, form.cleaned_data["group"], actor=_actor(request))
    except Refusal as refusal:
        form.add_error("group", refusal.message)
        return None
    counts = service.counts([verdict.outcome for verdict in verdicts])
    told = ", ".join(f"{count} {WORDS[Outcome(outcome)]}" for outcome, count in counts.items())
    messages.success(request, f"{form.cleaned_data['group']}: {told}.")
    for verdict in [each for each in verdicts if each.outcome == Outcome.REFUSED][:10]:
        messages.warning(request, f"{verdict.row.email}: {verdict.detail}")
    return redirect(reverse("admin:exams_sitting_rosters", args=[sitting.pk]))


def _import(request: HttpRequest, roster: Roster) -> HttpResponse:
    try:
        service.import_roster(roster, actor=_actor(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return _to(roster)


def _to(roster: Roster) -> HttpResponse:
    return redirect(reverse("admin:exams_sitting_roster", args=[roster.sitting_id, roster.pk]))


def _lines(roster: Roster) -> list[list[Any]]:
    """[line, address, outcome, detail] of all rows: what has become of them, or what would."""
    if roster.job is not None:
        return list(roster.outcomes)
    return [
        [each.row.line, each.row.email, each.outcome.value, each.detail] for each in service.try_out(roster)
    ]
