"""Monitoring sessions and warnings in the admin, to read."""

from datetime import datetime

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.admin.site import site
from proctor_site.kernel.errors import Unavailable
from proctoring.admin.read_only import WatchedRowsAdmin
from proctoring.evidence import custody
from proctoring.models import CandidateWarning, Consent, MonitoringSession

_FILES_CHECKED = 500
"""Files that the page reads to check them; more are left to the command."""


@admin.register(MonitoringSession, site=site)
class MonitoringSessionAdmin(WatchedRowsAdmin):
    """Sessions: whose, when, under which consent, and whether the evidence is whole."""

    list_display = ("candidate_name", "sitting", "state", "started_at", "ended_at", "evidence_count")
    list_display_links = ("candidate_name",)
    list_select_related = ("candidate", "sitting")
    list_filter = ("state", "sitting", "started_at")
    search_fields = ("candidate__name", "candidate__email")
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": ("candidate_name", "sitting", "attempt_link", "state", "started_at", "ended_at")}),
        ("Consent", {"fields": ("consent",)}),
        ("Evidence", {"fields": ("evidence_count", "incidents_link", "chain", "public_id")}),
    )
    readonly_fields = ("candidate_name", "attempt_link", "consent", "incidents_link", "chain", "public_id")

    @admin.display(description="candidate", ordering="candidate__name")
    def candidate_name(self, session: MonitoringSession) -> str:
        return str(session.candidate or "outside session")

    @admin.display(description="attempt")
    def attempt_link(self, session: MonitoringSession) -> str:
        attempt = session.attempt
        if attempt is None:
            return "none: a session of an outside caller"
        address = reverse("admin:exams_attempt_change", args=[attempt.pk])
        return format_html('<a href="{}">{}</a>', address, attempt.get_state_display())

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


@admin.register(CandidateWarning, site=site)
class CandidateWarningAdmin(WatchedRowsAdmin):
    """Warnings that proctors have sent."""

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


def _consent_in_words(consent: Consent) -> str:
    offered = (
        ("camera", consent.camera),
        ("face comparison", consent.face_comparison),
        ("microphone", consent.microphone),
        ("voice comparison", consent.voice_comparison),
    )
    given = " and ".join(word for word, is_given in offered if is_given) or "no camera"
    words = f"{given}, notice {consent.notice}, {_moment(consent.given_at)}"
    return f"{words}, withdrawn {_moment(consent.withdrawn_at)}" if consent.withdrawn_at else words


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%-d %b %Y, %H:%M}"
