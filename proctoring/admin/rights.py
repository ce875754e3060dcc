"""Periods, legal holds, nights, requests for erasure and certificates in the admin."""

import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.dateparse import parse_date

from accounts.admin.site import site
from accounts.models import Institution, User
from accounts.tenancy import current_institution
from exams.models import Attempt, Sitting
from proctor_site.kernel.errors import InvalidInput, Refusal
from proctoring import keeping
from proctoring.admin.moments import end_of_day
from proctoring.admin.read_only import ReadOnlyAdmin, zone_of
from proctoring.models import (
    DeletionCertificate,
    ErasureRequest,
    LegalHold,
    RetentionPeriod,
    RetentionRun,
)
from proctoring.models.rights import HoldScope
from proctoring.rights import certificates, holds, periods, requests, retention
from proctoring.rights.kinds import KINDS, kind_of

_RIGHT = "proctoring.keep_or_erase"


class _RightsAdmin(ReadOnlyAdmin):
    """Own pages beside the list, each with a right of its own."""

    def page(self, request: HttpRequest, template: str, title: str, status: int = 200, **more: Any) -> Any:
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **more}
        context |= {"zone": zone_of(request), "may_decide": request.user.has_perm(_RIGHT)}
        return TemplateResponse(request, f"admin/proctoring/rights/{template}.html", context, status=status)

    def own(self, address: str, view: Any, name: str) -> Any:
        return path(address, self.admin_site.admin_view(view), name=f"proctoring_{name}")

    def required(self, request: HttpRequest, object_id: str) -> Any:
        """The row, for who may decide. Raises Http404, PermissionDenied."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404("There is no such row here.")
        require_right(request)
        return row


def require_right(request: HttpRequest) -> None:
    """Raises PermissionDenied."""
    if not request.user.has_perm(_RIGHT):
        raise PermissionDenied("Data protection officers and admins decide on this.")


def _here() -> Institution:
    here = current_institution()
    if here is None:
        raise PermissionDenied("No institution is chosen.")
    return here


@admin.register(RetentionPeriod, site=site)
class RetentionPeriodAdmin(_RightsAdmin):
    """The list is the register itself: every kind with its period."""

    def get_urls(self) -> list[Any]:
        return [self.own("kind/<slug:code>/", self.kind_page, "retentionperiod_kind"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.page(request, "periods", "How long data is kept", lines=periods.lines(_here()))

    def kind_page(self, request: HttpRequest, code: str) -> Any:
        """GET: the form. POST with `preview`: what would go; without: changes the period."""
        require_right(request)
        try:
            kind = kind_of(code)
        except Refusal as error:
            raise Http404(error.message) from error
        here, user = _here(), _person(request)
        given = {"days": request.POST.get("days", ""), "reason": request.POST.get("reason", "")}
        refusal: Refusal | None = None
        would_go: int | None = None
        if request.method == "POST":
            try:
                if "preview" in request.POST:
                    would_go = periods.would_go(here, code, given["days"])
                else:
                    periods.change(here, code, actor=user, **given)
                    messages.success(request, f"{kind.label}: the period is changed.")
                    return redirect("admin:proctoring_retentionperiod_changelist")
            except InvalidInput as error:
                refusal = error
        else:
            days = keeping.days_in(here)[kind.code]
            given["days"] = "" if days is None else str(days)
        return self.page(
            request, "period", kind.label, kind=kind, given=given, refusal=refusal, would_go=would_go
        )


@admin.register(LegalHold, site=site)
class LegalHoldAdmin(_RightsAdmin):
    """Holds: placed and lifted with a reason, never deleted."""

    change_list_template = "admin/proctoring/rights/holds.html"
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
            _here(),
            actor=_person(request),
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
                holds.lift(hold, actor=_person(request), reason=request.POST.get("reason", ""))
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
        found = User.objects.filter(email__iexact=text, memberships__institution=_here()).first()
    elif text.isascii() and text.isdecimal() and len(text) < 19:
        model: Any = Attempt if scope == HoldScope.ATTEMPT else Sitting
        found = model.objects.filter(pk=int(text)).first()
    if found is None:
        raise InvalidInput(
            "There is no such one here: give its number, or a person's e-mail.", field="subject"
        )
    return found


@admin.register(RetentionRun, site=site)
class RetentionRunAdmin(_RightsAdmin):
    """The nights, and what would go now."""

    change_list_template = "admin/proctoring/rights/runs.html"
    list_display = ("night", "started_at", "finished_at", "deleted", "failed")
    fields = ("night", "started_at", "finished_at", "deleted", "failures", "certificate")
    readonly_fields = fields

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        more = dict(extra_context or {})
        if self.has_view_permission(request):
            due = retention.count_due(_here())
            more["due"] = [(KINDS[code].label, number) for code, number in due.items()]
            more["all_held"] = holds.is_all_held(_here())
        return super().changelist_view(request, more)

    @admin.display(description="deleted")
    def deleted(self, run: RetentionRun) -> str:
        said = [f"{KINDS[code].label}: {n}" for code, n in run.counts.items() if code in KINDS]
        return ", ".join(said) or "nothing"

    @admin.display(description="failed")
    def failed(self, run: RetentionRun) -> int:
        return len(run.failures)


@admin.register(ErasureRequest, site=site)
class ErasureRequestAdmin(_RightsAdmin):
    """Requests: looked at with a preview, granted or refused with words."""

    list_display = ("__str__", "person", "state", "asked_at", "decided_at", "finished_at")
    list_filter = ("state",)
    list_select_related = ("person",)
    change_form_template = "admin/proctoring/rights/request.html"
    fields = ("person", "state", "words", "asked_at", "decided_by", "decided_at", "answer", "finished_at")
    readonly_fields = fields

    def get_urls(self) -> list[Any]:
        return [
            self.own("<int:object_id>/decide/", self.decide, "erasurerequest_decide"),
            *super().get_urls(),
        ]

    def decide(self, request: HttpRequest, object_id: int) -> Any:
        """GET: what would be erased and kept, and the form. POST grants or refuses."""
        row = self.required(request, str(object_id))
        actor, refusal = _person(request), None
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
                    )
                else:
                    requests.refuse(row, actor=actor, answer=answer)
                messages.success(request, "Decided. The person reads the answer on their page.")
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
        )


@admin.register(DeletionCertificate, site=site)
class DeletionCertificateAdmin(_RightsAdmin):
    """Certificates: to read, to check and to take away."""

    list_display = ("public_id", "cause", "made_at", "whole")
    change_form_template = "admin/proctoring/rights/certificate.html"
    fields = ("public_id", "cause", "made_at", "deleted", "whole", "sha256", "key_id", "signature")
    readonly_fields = fields

    def get_urls(self) -> list[Any]:
        return [
            self.own("<int:object_id>/file/", self.file, "deletioncertificate_file"),
            *super().get_urls(),
        ]

    def file(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The certificate as JSON: content, hash, name of the key, signature."""
        row = self.get_object(request, str(object_id))
        if row is None:
            raise Http404("There is no such certificate here.")
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        said = {"content": row.content, "sha256": row.sha256, "key": row.key_id, "signature": row.signature}
        response = HttpResponse(json.dumps(said, indent=1), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="certificate-{row.public_id}.json"'
        return response

    @admin.display(description="deleted")
    def deleted(self, row: DeletionCertificate) -> str:
        return ", ".join(f"{label}: {number}" for label, number in certificates.lines_of(row.content))

    @admin.display(description="check")
    def whole(self, row: DeletionCertificate) -> str:
        return certificates.problem_of(row) or "Whole: content, hash and signature fit together."


def _person(request: HttpRequest) -> User:
    user: Any = request.user
    return user
