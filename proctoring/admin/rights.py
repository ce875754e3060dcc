"""Periods, legal holds, nights and requests for erasure in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.html import format_html_join

from accounts.admin.site import site
from accounts.models import User
from exams.models import Attempt, Sitting
from proctor_site.kernel.errors import InvalidInput, Refusal
from proctoring import holds, keeping, states
from proctoring.admin.moments import end_of_day
from proctoring.admin.read_only import zone_of
from proctoring.admin.rights_pages import RIGHT, RightsAdmin, here, person_of, require_right
from proctoring.models import (
    ErasureRequest,
    LegalHold,
    RetentionPeriod,
    RetentionRun,
)
from proctoring.models.rights import HoldScope
from proctoring.rights import answers, free_text, nightly, periods, requests, retention
from proctoring.rights.kinds import KINDS, kind_of


@admin.register(RetentionPeriod, site=site)
class RetentionPeriodAdmin(RightsAdmin):
    """The list is the register itself: every kind with its period."""

    def get_urls(self) -> list[Any]:
        return [self.own("kind/<slug:code>/", self.kind_page, "retentionperiod_kind"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.page(request, "periods", "How long data is kept", lines=periods.lines(here()))

    def kind_page(self, request: HttpRequest, code: str) -> Any:
        """GET: the form. POST with `preview`: what would go; without: changes the period."""
        require_right(request)
        try:
            kind = kind_of(code)
        except Refusal as error:
            raise Http404(error.message) from error
        institution, user = here(), person_of(request)
        given = {"days": request.POST.get("days", ""), "reason": request.POST.get("reason", "")}
        refusal: Refusal | None = None
        would_go: int | None = None
        if request.method == "POST":
            try:
                if "preview" in request.POST:
                    would_go = periods.would_go(institution, code, given["days"])
                else:
                    periods.change(institution, code, actor=user, **given)
                    messages.success(request, f"{kind.label}: the period is changed.")
                    return redirect("admin:proctoring_retentionperiod_changelist")
            except InvalidInput as error:
                refusal = error
        else:
            days = keeping.days_in(institution)[kind.code]
            given["days"] = "" if days is None else str(days)
        return self.page(
            request, "period", kind.label, kind=kind, given=given, refusal=refusal, would_go=would_go
        )


@admin.register(LegalHold, site=site)
class LegalHoldAdmin(RightsAdmin):
    """Holds: placed and lifted with a reason, never deleted."""

    change_list_template = "admin/proctoring/rights/holds.html"
    nothing_yet = "There is no hold."
    change_form_template = "admin/proctoring/rights/hold.html"
    list_display = ("__str__", "reason", "placed_by", "placed_at", "until", "lifted_at")
    list_select_related = ("placed_by",)

    def get_urls(self) -> list[Any]:
        return [
            self.own("place/", self.place_page, "legalhold_place"),
            self.own("<int:object_id>/lift/", self.lift, "legalhold_lift"),
            *super().get_urls(),
        ]

    def place_page(self, request: HttpRequest) -> Any:
        """GET: the form. POST places the hold."""
        require_right(request)
        refusal = None
        if request.method == "POST":
            try:
                self._place(request)
            except InvalidInput as error:
                refusal = error
            else:
                messages.success(request, "The hold is placed: nothing that it covers is deleted.")
                return redirect("admin:proctoring_legalhold_changelist")
        given = request.POST or request.GET
        return self.page(
            request, "place", "Place a legal hold", refusal=refusal, given=given, scopes=HoldScope.choices
        )

    def _place(self, request: HttpRequest) -> None:
        scope, text = request.POST.get("scope", ""), request.POST.get("subject", "").strip()
        until = request.POST.get("until", "").strip()
        day = parse_date(until) if until else None
        if until and day is None:
            raise InvalidInput("Give the last day as year-month-day.", field="until")
        holds.place(
            here(),
            actor=person_of(request),
            scope=scope,
            subject=_subject(scope, text),
            reason=request.POST.get("reason", ""),
            until=end_of_day(day, zone_of(request)) if day else None,
        )

    def lift(self, request: HttpRequest, object_id: int) -> Any:
        """POST lifts the hold."""
        hold = self.required(request, str(object_id))
        if request.method == "POST":
            try:
                holds.lift(hold, actor=person_of(request), reason=request.POST.get("reason", ""))
                messages.success(request, "The hold is lifted: periods count again.")
            except Refusal as refusal:
                messages.error(request, refusal.message)
        return redirect("admin:proctoring_legalhold_change", hold.pk)


def _subject(scope: str, text: str) -> Any:
    """The attempt or sitting by its number, the person by e-mail address. Raises InvalidInput (`subject`)."""
    if scope == HoldScope.INSTITUTION:
        return None
    found: Any = None
    if scope == HoldScope.PERSON:
        found = User.objects.filter(email__iexact=text, memberships__institution=here()).first()
    elif text.isascii() and text.isdecimal() and len(text) < 19:
        model: Any = Attempt if scope == HoldScope.ATTEMPT else Sitting
        found = model.objects.filter(pk=int(text)).first()
    if found is None:
        raise InvalidInput(
            "There is no such one here: give its number, or a person's e-mail.", field="subject"
        )
    return found


@admin.register(RetentionRun, site=site)
class RetentionRunAdmin(RightsAdmin):
    """The nights, and what would go now."""

    change_list_template = "admin/proctoring/rights/runs.html"
    nothing_yet = "No night has been yet."

    def get_urls(self) -> list[Any]:
        return [self.own("now/", self.now, "retentionrun_now"), *super().get_urls()]

    def now(self, request: HttpRequest) -> Any:
        """GET: what would go now, and the form. POST deletes it, once the number is typed."""
        require_right(request)
        refusal: Refusal | None = None
        if request.method == "POST":
            try:
                run = nightly.run_now(here(), actor=person_of(request), typed=request.POST.get("typed", ""))
            except Refusal as error:
                refusal = error
            else:
                messages.success(request, "It is being deleted. This page says what went, once it is done.")
                return redirect("admin:proctoring_retentionrun_change", run.pk)
        due = retention.count_due(here())
        return self.page(
            request,
            "now",
            "Delete now what is due",
            status=refusal.status if refusal else 200,
            refusal=refusal,
            due=[(KINDS[code].label, number) for code, number in due.items()],
            total=sum(due.values()),
            all_held=holds.is_all_held(here()),
        )

    list_display = ("night", "started_at", "finished_at", "deleted", "failed")
    fields = ("night", "started_at", "finished_at", "deleted", "failures", "certificate")
    readonly_fields = fields

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        more = dict(extra_context or {})
        if self.has_view_permission(request):
            due = retention.count_due(here())
            more["due"] = [(KINDS[code].label, number) for code, number in due.items()]
            more["may_decide"] = request.user.has_perm(RIGHT)
            more["all_held"] = holds.is_all_held(here())
        return super().changelist_view(request, more)

    @admin.display(description="deleted")
    def deleted(self, run: RetentionRun) -> str:
        said = [f"{KINDS[code].label}: {n}" for code, n in run.counts.items() if code in KINDS]
        return ", ".join(said) or "nothing"

    @admin.display(description="failed")
    def failed(self, run: RetentionRun) -> int:
        return len(run.failures)


@admin.register(ErasureRequest, site=site)
class ErasureRequestAdmin(RightsAdmin):
    """Requests: looked at with a preview, granted or refused with words."""

    nothing_yet = "Nobody has asked for erasure yet."
    list_display = ("__str__", "person", "state", "asked_at", "decided_at", "finished_at")
    list_filter = ("state",)
    list_select_related = ("person",)
    change_form_template = "admin/proctoring/rights/request.html"
    fields = (
        "person",
        "state",
        "words",
        "asked_at",
        "decided_by",
        "decided_at",
        "answer",
        "finished_at",
        "answer_sent",
        "remains",
    )
    readonly_fields = fields

    def get_urls(self) -> list[Any]:
        return [
            self.own("<int:object_id>/decide/", self.decide, "erasurerequest_decide"),
            *super().get_urls(),
        ]

    @admin.display(description="answer by e-mail")
    def answer_sent(self, row: ErasureRequest) -> str:
        return answers.standing(row)

    @admin.display(description="what remained")
    def remains(self, row: ErasureRequest) -> str:
        """What was kept and why, and each text of others that still names them, for somebody to look at."""
        lines = [f"{each['label']}: {each['why']}" for each in row.kept]
        lines += [f"Left: {free_text.place_of(each)}" for each in row.texts if not each["cut"]]
        return format_html_join("", "<p>{}</p>", ((line,) for line in lines)) or "-"

    def decide(self, request: HttpRequest, object_id: int) -> Any:
        """GET: what would be erased and kept, and the form. POST grants or refuses."""
        row = self.required(request, str(object_id))
        actor, refusal = person_of(request), None
        if request.method == "POST":
            answer = request.POST.get("answer", "")
            try:
                if request.POST.get("verdict") == "grant":
                    requests.grant(
                        row,
                        actor=actor,
                        answer=answer,
                        typed=request.POST.get("typed", ""),
                        with_records=request.POST.get("with_records") == "on",
                        texts=request.POST.getlist("text"),
                    )
                else:
                    requests.refuse(row, actor=actor, answer=answer)
                messages.success(request, "Decided. The person gets the answer by e-mail.")
                return redirect("admin:proctoring_erasurerequest_change", row.pk)
            except Refusal as error:
                refusal = error
        return self.page(
            request,
            "decide",
            f"Decide on {row}",
            row=row,
            refusal=refusal,
            lines=requests.preview(row.institution, row.person),
            held=holds.why_person_held(row.institution, row.person),
            texts=free_text.find(row.institution, row.person) if row.state == states.ERASURE_ASKED else [],
            most=free_text.MOST,
        )
