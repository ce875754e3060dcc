"""The admin's list of what candidates and proctors wrote to each other."""

from django.contrib import admin

from accounts.admin.nameless import HidesNames
from accounts.admin.site import site
from proctoring.admin.read_only import WatchedRowsAdmin
from proctoring.models import ChatMessage


@admin.register(ChatMessage, site=site)
class ChatMessageAdmin(HidesNames, WatchedRowsAdmin):
    """Messages, newest first. Nobody adds, changes or deletes them here."""

    person_path = "attempt__enrolment__candidate"
    person_texts = ("text",)
    others = ("author",)

    sitting_path = "attempt__enrolment__sitting"
    list_display = ("text", "candidate", "side", "author", "sent_at", "read_at")
    list_select_related = ("attempt__enrolment__candidate", "author")
    list_filter = ("side", "attempt__enrolment__sitting", "sent_at")
    search_fields = ("attempt__enrolment__candidate__name", "text")
    ordering = ("-id",)
    fields = ("candidate", "side", "author", "text", "question", "sent_at", "read_at")
    readonly_fields = ("candidate", "question")

    @admin.display(description="candidate", ordering="attempt__enrolment__candidate__name")
    def candidate(self, message: ChatMessage) -> str:
        return str(message.attempt.enrolment.candidate)

    @admin.display(description="about question")
    def question(self, message: ChatMessage) -> str:
        return str(message.item) if message.item else "none"
