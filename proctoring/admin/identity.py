"""Notices and consents in the admin, to read. Reference faces are never shown as rows."""

from django.contrib import admin

from accounts.admin.nameless import HidesNames
from accounts.admin.site import site
from proctoring.admin.read_only import ReadOnlyAdmin
from proctoring.models import Consent, Notice


@admin.register(Notice, site=site)
class NoticeAdmin(ReadOnlyAdmin):
    """Wordings of the notice; a changed wording is a new version."""

    list_display = ("version", "created_at")
    fields = ("version", "created_at", "body", "sha256")
    ordering = ("-version",)


@admin.register(Consent, site=site)
class ConsentAdmin(HidesNames, ReadOnlyAdmin):
    """Who agreed to what, and when."""

    list_display = (
        "candidate",
        "notice",
        "camera",
        "face_comparison",
        "microphone",
        "given_at",
        "withdrawn_at",
    )
    list_select_related = ("candidate", "notice")
    list_filter = ("camera", "face_comparison", "microphone", "given_at")
    search_fields = ("candidate__name", "candidate__email")
    ordering = ("-id",)
    fields = ("candidate", "notice", "camera", "face_comparison", "microphone", "given_at", "withdrawn_at")
