"""Results for the exam office: sittings, the table of one, marks of one attempt, release, policy."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.naming import names_for
from accounts.pages import refusals
from accounts.pages.guards import here_of, person_of, require_right
from exams.bank import wording
from exams.delivery.admission import extra_of
from exams.kinds.registry import kind_named
from exams.marking import marks, overview, releases
from exams.marking.services import result_of
from exams.marking.shown import has_sittings_ahead, released_of
from exams.models import Attempt, Exam, MarkChange, MarkingRound, PaperItem, ResultPolicy, Sitting
from exams.scheduling.queries import marked_sittings
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, Refusal

_PER_PAGE = 50
_SHOWS = ("shows_total", "shows_marks", "shows_answers", "shows_key", "shows_comments")


class ReleaseForm(forms.Form):
    """What a release includes."""

    allow_unmarked = forms.BooleanField(
        required=False, label="Release although answers are not marked yet; they count nothing so far"
    )
    with_terminated = forms.BooleanField(
        required=False,
        label="Also the attempts that a proctor ended; whether they are valid is not decided here",
    )


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """What candidates see."""

    class Meta:
        model = ResultPolicy
        fields = (*_SHOWS, "not_before")
        widgets = {
            "not_before": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        }
        labels = {"not_before": "Not before"}
        help_texts = {"not_before": "In your own time zone."}


@require_safe
@require_right("exams.view_results")
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """The sittings that have begun, newest first."""
    rows = marked_sittings().filter(opens_at__lte=clock.now()).select_related("exam")
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    lines = [(each, releases.current_release(each)) for each in page]
    return render(request, "exams/results/sittings.html", {"page": page, "lines": lines})


@require_safe
@require_right("exams.view_results")
def sitting_results(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """The table of one sitting: search, filter, order, pages."""
    sitting = _sitting(sitting_id)
    search, only = request.GET.get("q", "").replace("\x00", "").strip()[:200], request.GET.get("only", "")
    sort = request.GET.get("sort", "name")
    if only not in overview.FILTERS:
        only = ""
    if sort.removeprefix("-") not in overview.SORTS:
        sort = "name"
    names = names_for(request.user, here_of(request))
    table = overview.result_table(sitting, search=search, only=only, sort=sort, nameless=names.hidden)
    page = Paginator(table.attempts, _PER_PAGE).get_page(request.GET.get("page"))
    lines = [(line, _minutes(line.attempt)) for line in table.lines_of(list(page.object_list))]
    for line, _ in lines:
        names.veil(line.attempt, "enrolment__candidate")
    chosen = {name: value for name, value in (("q", search), ("only", only)) if value}
    context = {
        "sitting": sitting,
        "page": page,
        "lines": lines,
        "search": search,
        "only": only,
        "sort": sort,
        "filters": overview.FILTERS.items(),
        "query": urlencode(chosen),
        "page_query": urlencode(chosen | {"sort": sort}),
        "sorts": {name: f"-{name}" if sort == name else name for name in overview.SORTS},
        "in_force": releases.current_release(sitting),
        "rounds": MarkingRound.objects.filter(sitting=sitting),
        "zone": _zone(request),
    }
    return render(request, "exams/results/table.html", context)


def _minutes(attempt: Attempt) -> int:
    return round(extra_of(attempt.enrolment).total_seconds() / 60)


@require_http_methods(["GET", "POST"])
@require_right("exams.view_results")
def attempt_marks(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """All marks of one attempt with their history; a POST changes one by hand, with a reason."""
    rows = Attempt.objects.select_related("enrolment__candidate", "enrolment__sitting__exam", "institution")
    attempt: Attempt = get_object_or_404(rows, pk=attempt_id, enrolment__sitting__is_practice=False)
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = _override(request, attempt)
        if refusal is None:
            return redirect("attempt_marks", slug=slug, attempt_id=attempt_id)
    names_for(request.user, here_of(request)).veil(attempt, "enrolment__candidate")
    context = {
        "attempt": attempt,
        "sitting": attempt.enrolment.sitting,
        "result": result_of(attempt),
        "lines": _mark_lines(attempt, request.POST if refusal else {}),
        "may_change": request.user.has_perm("exams.manage_marking"),
        "released": released_of(attempt),
        "refusal": refusal,
        "zone": _zone(request),
    }
    return render(request, "exams/results/marks.html", context, status=refusal.status if refusal else 200)


def _override(request: HttpRequest, attempt: Attempt) -> Refusal | None:
    if not request.user.has_perm("exams.manage_marking"):
        raise PermissionDenied("Only the exam office changes marks by hand.")
    wanted = request.POST.get("item", "")
    key = int(wanted) if wanted.isdecimal() and len(wanted) < 18 else 0
    item: PaperItem = get_object_or_404(
        PaperItem.objects.select_related("attempt__institution"), pk=key, attempt=attempt
    )
    try:
        marks.override(
            item,
            points=request.POST.get("points", "").strip(),
            comment=request.POST.get("comment"),
            reason=request.POST.get("reason"),
            actor=person_of(request),
        )
    except Refusal as refusal:
        return refusal
    messages.success(request, f"The mark of question {item.position} is changed.")
    return None


def _mark_lines(attempt: Attempt, typed: Any) -> list[dict[str, Any]]:
    history: dict[int, list[MarkChange]] = {}
    for change in MarkChange.objects.filter(item__attempt=attempt).select_related("actor"):
        history.setdefault(change.item_id, []).append(change)
    rows = attempt.paper.select_related("version__question", "answer", "mark__marker", "mark__key")
    lines = []
    for item in rows.order_by("position"):
        kind = kind_named(item.version.question.kind)
        saved, mark = getattr(item, "answer", None), marks.mark_of(item)
        key = mark.key if mark and mark.key else item.version
        is_typed = typed.get("item") == str(item.pk)
        lines.append(
            {
                "item": item,
                "answer": wording.answer_html(item.version, saved.value if saved else None),
                "certainty": wording.certainty_in_words(item),
                "key": wording.key_in_words(key, kind, asks_certainty=item.asks_certainty),
                "mark": mark,
                "possible": item.points if mark is None or mark.possible is None else mark.possible,
                "most": format(marks.wanted_as_is(item).layers.most.normalize(), "f"),
                "history": history.get(item.pk, []),
                "typed": typed if is_typed else None,
            }
        )
    return lines


@require_http_methods(["GET", "POST"])
@require_right("exams.release_results")
def release(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """What a release would show to how many; a POST releases."""
    sitting = _sitting(sitting_id)
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            releases.release(sitting, actor=person_of(request), **form.cleaned_data)
        except Conflict as refusal:
            refusals.add_to_form(form, refusal)
        else:
            messages.success(request, "The results are released. The candidates are told by e-mail.")
            return redirect("sitting_results", slug=slug, sitting_id=sitting.pk)
    with_terminated = form.is_bound and form.is_valid() and form.cleaned_data["with_terminated"]
    context = {
        "sitting": sitting,
        "form": form,
        "preview": releases.preview(sitting, with_terminated=bool(with_terminated)),
        "policy": releases.policy_of(sitting.exam),
        "shows": _shown_words(releases.policy_of(sitting.exam)),
        "zone": _zone(request),
    }
    return render(request, "exams/results/release.html", context, status=409 if form.errors else 200)


@require_POST
@require_right("exams.release_results")
def withdraw(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """Withdraws the release in force, with a reason."""
    found = releases.current_release(_sitting(sitting_id))
    try:
        if found is None:
            raise Conflict("No results are released at the moment.", code="nothing")
        releases.withdraw(found, actor=person_of(request), reason=request.POST.get("reason"))
    except Refusal as refusal:
        messages.error(request, f"Not withdrawn: {refusal.message}")
        return redirect("release_results", slug=slug, sitting_id=sitting_id)
    messages.success(request, "The results are withdrawn; candidates no longer see them.")
    return redirect("sitting_results", slug=slug, sitting_id=sitting_id)


@require_http_methods(["GET", "POST"])
@require_right("exams.release_results")
def policy(request: HttpRequest, slug: str, exam_id: int) -> HttpResponse:
    """What candidates of an exam see of their results."""
    exam: Exam = get_object_or_404(Exam, pk=exam_id)
    now = releases.policy_of(exam)
    form = PolicyForm(request.POST if request.method == "POST" else None, instance=now)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        shows = {name: chosen[name] for name in _SHOWS}
        try:
            releases.set_policy(exam, actor=person_of(request), not_before=chosen["not_before"], **shows)
        except Refusal as refusal:
            refusals.add_to_form(form, refusal)
        else:
            messages.success(request, "Saved. It holds at once, also for results that are released already.")
            return redirect("result_policy", slug=slug, exam_id=exam.pk)
    context = {"form": form, "exam": exam, "has_sittings_ahead": has_sittings_ahead(exam)}
    return render(request, "exams/results/policy.html", context, status=400 if form.errors else 200)


def _shown_words(found: ResultPolicy) -> list[str]:
    if not found.shows_total:
        return []
    labels = PolicyForm(instance=found).fields
    return [str(labels[name].label) for name in _SHOWS if getattr(found, name)]


def _sitting(sitting_id: int) -> Sitting:
    found: Sitting = get_object_or_404(marked_sittings().select_related("exam", "institution"), pk=sitting_id)
    return found


def _zone(request: HttpRequest) -> str:
    return person_of(request).time_zone or here_of(request).time_zone
