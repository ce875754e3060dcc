"""Live meetings in the admin, to read: of which sitting or interview, who was there and from when to when."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.admin.site import site
from accounts.zones import moment_in_words
from proctoring.admin.read_only import ReadOnlyAdmin
from proctoring.models import Meeting, MeetingStay, Participant

_MOST = 200


@admin.register(Meeting, site=site)
class MeetingAdmin(ReadOnlyAdmin):
    """Meetings of sittings and meetings of their own. Interviews are changed on the page Meetings."""

    list_display = ("called", "kind", "state", "opens_at", "opened_at", "ended_at", "made_by")
    list_display_links = ("called",)
    list_select_related = ("sitting__exam", "made_by")
    list_filter = ("state", ("sitting", admin.EmptyFieldListFilter))
    search_fields = ("title", "sitting__title")
    ordering = ("-id",)
    fields = (
        "called",
        "kind",
        "state",
        "opens_at",
        "closes_at",
        "opened_at",
        "ended_at",
        "made_by",
        "made_at",
        "people",
        "stays",
    )
    readonly_fields = ("called", "kind", "people", "stays")

    @admin.display(description="meeting")
    def called(self, meeting: Meeting) -> str:
        return str(meeting)

    @admin.display(description="kind")
    def kind(self, meeting: Meeting) -> str:
        return "of its own" if meeting.sitting_id is None else "of a sitting"

    @admin.display(description="people")
    def people(self, meeting: Meeting) -> str | SafeString:
        rows = Participant.objects.filter(meeting=meeting).select_related("user").order_by("joined_at")
        lines = (
            (str(each.user), each.part, moment_in_words(each.joined_at, seconds=True))
            for each in rows[:_MOST]
        )
        return format_html_join("", "{} ({}), came last on {}<br>", lines) or "Nobody so far."

    @admin.display(description="from when to when")
    def stays(self, meeting: Meeting) -> str | SafeString:
        rows = MeetingStay.objects.filter(participant__meeting=meeting).select_related("participant__user")
        lines = (
            (
                str(each.participant.user),
                moment_in_words(each.began_at, seconds=True, none="now"),
                moment_in_words(each.ended_at, seconds=True, none="now"),
            )
            for each in rows.order_by("began_at")[:_MOST]
        )
        return format_html_join("", "{}: {} to {}<br>", lines) or "–"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Meeting]":
        """Without interviews about cases: they would name candidates to who reads without the name."""
        return super().get_queryset(request).filter(interview_slot=None)

    def has_view_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        return request.user.has_perm("proctoring.view_meeting")
