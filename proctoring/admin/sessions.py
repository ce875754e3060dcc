"""Monitoring sessions and warnings in the admin, to read."""

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST, require_safe

from accounts.admin.keyset import KeysetLists
from accounts.admin.nameless import HidesNames
from accounts.admin.people_search import by_person
from accounts.admin.site import site
from accounts.zones import moment_in_words
from proctor_site.kernel.errors import Unavailable
from proctoring.admin import evidence_store
from proctoring.admin.incident_filters import SittingFilter
from proctoring.admin.read_only import WatchedRowsAdmin, zone_of
from proctoring.evidence import custody
from proctoring.evidence.history import history_of
from proctoring.identity.shown import shown_of
from proctoring.models import CandidateWarning, Case, Consent, MonitoringSession, OutsideSession

_SAME_ID = 100
"""Of an id that its caller has used again and again, the first ones are found."""
_DEEDS_SHOWN = 500
_FILES_CHECKED = 500
"""Files that the page reads to check them; more are left to the command."""


@admin.register(MonitoringSession, site=site)
class MonitoringSessionAdmin(KeysetLists, HidesNames, WatchedRowsAdmin):
    """Sessions: whose, when, under which consent, and whether the evidence is whole."""

    person_columns = ("candidate_name",)

    list_display = (
        "candidate_name",
        "callers_id",
        "sitting",
        "state",
        "started_at",
        "ended_at",
        "evidence_count",
    )
    list_display_links = ("candidate_name",)
    list_select_related = ("candidate", "sitting", "outside")
    list_filter = (SittingFilter, "state", "is_outside", "started_at")
    search_fields = ("candidate__name", "candidate__email")
    search_help_text = (
        "Searches names and e-mail addresses of candidates, or finds the whole session id of another system."
    )
    change_list_template = "admin/keyset_list.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "candidate_name",
                    "sitting",
                    "attempt_link",
                    "state",
                    "started_at",
                    "ended_at",
                    "callers_id",
                )
            },
        ),
        ("Review", {"fields": ("review",)}),
        ("Consent", {"fields": ("consent",)}),
        (
            "Evidence",
            {"fields": ("evidence_count", "incidents_link", "shown", "chain", "custody", "public_id")},
        ),
    )
    readonly_fields = (
        "candidate_name",
        "callers_id",
        "attempt_link",
        "review",
        "consent",
        "incidents_link",
        "shown",
        "chain",
        "custody",
        "public_id",
    )

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        rows = self.named_only(request, queryset) if search_term else queryset
        called = OutsideSession.objects.filter(name=search_term.strip()).values_list("session", flat=True)
        numbers = list(called[:_SAME_ID]) if search_term else []
        if numbers:
            return rows.filter(pk__in=numbers), False
        sessions = MonitoringSession.objects.all()
        found = by_person(
            rows, search_term, path="pk", holders=sessions, person="candidate", with_address=True
        )
        return found, False

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_safe(self.custody_page))
        retry = self.admin_site.admin_view(require_POST(self.store_retry))
        waiting = self.admin_site.admin_view(require_safe(self.store_page))
        return [
            path("store/", waiting, name="proctoring_evidence_store"),
            path("store/retry/", retry, name="proctoring_evidence_store_retry"),
            path("<int:session_id>/custody/", view, name="proctoring_session_custody"),
            *super().get_urls(),
        ]

    def store_retry(self, request: HttpRequest) -> HttpResponse:
        """Tries at once what waits."""
        return evidence_store.retry(self, request)

    def store_page(self, request: HttpRequest) -> HttpResponse:
        """Whether evidence reaches its store."""
        return evidence_store.page(self, request)

    def custody_page(self, request: HttpRequest, session_id: int) -> HttpResponse:
        """Who saw, exported, sealed or erased what of the session's evidence, and whether all is whole."""
        session = self.get_queryset(request).filter(pk=session_id).select_related("institution").first()
        if session is None:
            raise Http404("There is no such session here.")
        if not self.has_view_permission(request, session):
            raise PermissionDenied
        told, words = history_of(session), self.words_about(request, session)
        context = {
            **self.admin_site.each_context(request),
            "title": "Who saw what",
            "opts": self.opts,
            "session": session,
            "evidence_words": self.chain(session),
            "history": told,
            "deeds": [replace(each, who=words(each.who)) for each in told.deeds[:_DEEDS_SHOWN]],
            "more": max(0, len(told.deeds) - _DEEDS_SHOWN),
            "manifests": session.manifests.all(),
            "zone": zone_of(request),
        }
        return TemplateResponse(request, "admin/proctoring/monitoringsession/custody.html", context)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        viewer: Any = request.user
        if row is not None:
            sees = viewer.has_perm("proctoring.view_evidence", row)
            # Links for this viewer alone.
            row.shown = shown_of(row, viewer, row.institution.slug, self.words_about(request, row))
            row.shown = row.shown if sees else [each | {"pictures": []} for each in row.shown]
        return row

    @admin.display(description="candidate", ordering="candidate__name")
    def candidate_name(self, session: MonitoringSession) -> str:
        return str(session.candidate or "outside session")

    @admin.display(description="session id elsewhere")
    def callers_id(self, session: MonitoringSession) -> str:
        return session.outside.name if hasattr(session, "outside") else "–"

    @admin.display(description="attempt")
    def attempt_link(self, session: MonitoringSession) -> str:
        attempt = session.attempt
        if attempt is None:
            return "none: a session of an outside caller"
        address = reverse("admin:exams_attempt_change", args=[attempt.pk])
        return format_html('<a href="{}">{}</a>', address, attempt.get_state_display())

    @admin.display(description="case")
    def review(self, session: MonitoringSession) -> str:
        """Its case, and the way to ask for one."""
        report = reverse("proctoring_session_report", args=[session.institution.slug, session.public_id])
        case = Case.objects.filter(session=session).first()
        if case is not None:
            state = f"Case {case.pk}, {case.get_state_display()}"
            return format_html('{}. <a href="{}">Report</a>', state, report)
        ask = reverse("proctoring_ask_for_look", args=[session.institution.slug, session.public_id])
        markup = 'None. <a class="button" href="{}">Ask for a look</a> <a href="{}">Report</a>'
        return format_html(markup, ask, report)

    @admin.display(description="consent")
    def consent(self, session: MonitoringSession) -> str:
        rows = Consent.objects.filter(session=session).select_related("notice").order_by("-id")
        lines = [_consent_in_words(each) for each in rows]
        return "; ".join(lines) or "None: nothing may be captured."

    @admin.display(description="incidents")
    def incidents_link(self, session: MonitoringSession) -> str:
        address = reverse("admin:proctoring_incident_changelist")
        return format_html(
            '<a href="{}?session__id__exact={}">{}</a>', address, session.pk, "incidents of this session"
        )

    @admin.display(description="asked to show")
    def shown(self, session: Any) -> str:
        """Each request, and its pictures as links; also of sessions without any incident."""
        if not session.shown:
            return "Nothing."
        return format_html_join(
            "", "<p>{}, {}, asked by {}: {}. {}</p>", map(_request_in_words, session.shown)
        )

    @admin.display(description="evidence chain")
    def chain(self, session: MonitoringSession) -> str:
        check_files = session.evidence_count <= _FILES_CHECKED
        try:
            broken = custody.first_broken(session, check_files=check_files)
        except Unavailable as refusal:
            return f"Not proved: {refusal.message}"
        if broken is not None:
            place = f"item {broken.item.sequence}" if broken.item else "the session"
            return f"BROKEN at {place}: {broken.problem}."
        what = "every file and every link fits" if check_files else "every link fits; files were not read"
        return f"Whole: {session.evidence_count} items, {what}."

    @admin.display(description="custody")
    def custody(self, session: MonitoringSession) -> str:
        address = reverse("admin:proctoring_session_custody", args=[session.pk])
        return format_html('<a href="{}">Who saw what of this evidence</a>', address)


@admin.register(CandidateWarning, site=site)
class CandidateWarningAdmin(HidesNames, WatchedRowsAdmin):
    """Warnings that proctors have sent."""

    person_path = "session__candidate"
    person_texts = ("text",)

    sitting_path = "session__sitting"
    list_display = ("text", "candidate", "proctor", "sent_at", "acknowledged_at")
    list_select_related = ("session__candidate", "proctor")
    list_filter = ("session__sitting", "sent_at")
    search_fields = ("session__candidate__name",)
    ordering = ("-id",)
    fields = ("candidate", "text", "proctor", "sent_at", "acknowledged_at")
    readonly_fields = ("candidate",)

    @admin.display(description="candidate", ordering="session__candidate__name")
    def candidate(self, warning: CandidateWarning) -> str:
        return str(warning.session.candidate or "outside session")


def _request_in_words(asked: dict[str, Any]) -> tuple[Any, ...]:
    row, links = asked["row"], [(each["url"], each["words"]) for each in asked["pictures"]]
    pictures = format_html_join(", ", '<a href="{}" target="_blank" rel="noopener">{}</a>', links)
    words = format_html("Pictures, each look is logged: {}.", pictures) if links else ""
    return asked["what"].capitalize(), moment_in_words(row.asked_at), row.asked_by, asked["state"], words


def _consent_in_words(consent: Consent) -> str:
    offered = (
        ("camera", consent.camera),
        ("face comparison", consent.face_comparison),
        ("microphone", consent.microphone),
        ("voice comparison", consent.voice_comparison),
    )
    given = " and ".join(word for word, is_given in offered if is_given) or "no camera"
    words = f"{given}, notice {consent.notice}, {moment_in_words(consent.given_at)}"
    return f"{words}, withdrawn {moment_in_words(consent.withdrawn_at)}" if consent.withdrawn_at else words


site.notes.append(evidence_store.note)
