"""Attempts in the admin, to read: state and clock, answers in words, the journal and its check."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.keyset import KeysetLists
from accounts.admin.nameless import HidesNames
from accounts.admin.people_search import by_person
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin, TenantTabularInline
from accounts.zones import moment_in_words
from exams import states
from exams.admin.kept_answers import kept_page
from exams.admin.sitting_filter import SittingFilter
from exams.bank import wording
from exams.delivery import throwing_away
from exams.delivery.verification import verify_journal
from exams.marking.services import result_of
from exams.models import Attempt, Enrolment, JournalEntry, LostTime, OutsideSafeBrowser, PaperItem


class ReadOnly:
    """Mixin: rows that only services write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never by hand."""
        return False


class PaperInline(ReadOnly, TenantTabularInline):
    """The paper with answers, key and points."""

    model = PaperItem
    fields = ("position", "question", "answer_in_words", "certainty", "key", "points_given")
    readonly_fields = fields
    verbose_name_plural = "answers"
    ordering = ("position",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("version__question", "answer", "mark")

    @admin.display(description="question")
    def question(self, item: PaperItem) -> str:
        return wording.stem_in_words(item.version)

    @admin.display(description="answer")
    def answer_in_words(self, item: PaperItem) -> SafeString:
        answer = getattr(item, "answer", None)
        return wording.answer_html(item.version, answer.value if answer else None)

    @admin.display(description="certainty")
    def certainty(self, item: PaperItem) -> str:
        return wording.certainty_in_words(item)

    @admin.display(description="right answer")
    def key(self, item: PaperItem) -> str:
        return wording.key_in_words(item.version, asks_certainty=item.asks_certainty)

    @admin.display(description="points")
    def points_given(self, item: PaperItem) -> str:
        mark = getattr(item, "mark", None)
        if mark is None or mark.points is None:
            return f"not marked yet, of {item.points}"
        possible = item.points if mark.possible is None else mark.possible
        return f"{mark.points} of {possible}"


class LostTimeInline(ReadOnly, TenantTabularInline):
    """Intervals in which the candidate could not work."""

    model = LostTime
    fields = ("cause", "started_at", "ended_at", "credited_seconds", "why_not_in_words")
    readonly_fields = fields


class OutsideSafeBrowserInline(ReadOnly, TenantTabularInline):
    """Requests from outside Safe Exam Browser, where it is required; they stopped nothing."""

    model = OutsideSafeBrowser
    fields = ("sighting", "first_at", "last_at", "times")
    readonly_fields = fields
    verbose_name_plural = "outside Safe Exam Browser"


class AttemptSittingFilter(SittingFilter):
    """By the sitting of the enrolment."""

    path = "enrolment__sitting"


class JournalSittingFilter(SittingFilter):
    """By the sitting of the attempt."""

    path = "attempt__enrolment__sitting"


def _by_candidate(rows: Any, words: str, path: str, holders: Any, person: str) -> Any:
    return by_person(rows, words, path=path, holders=holders, person=person, with_address=True)


@admin.register(Attempt, site=site)
class AttemptAdmin(ReadOnly, KeysetLists, HidesNames, TenantAdmin):
    """Attempts. `inlines` is a list, so that proctoring can add incidents."""

    person_path = "enrolment__candidate"
    change_list_template = "admin/keyset_list.html"

    list_display = ("candidate", "sitting", "state", "started", "deadline", "ended", "ended_by")
    list_select_related = ("enrolment__candidate", "enrolment__sitting")
    list_filter = (AttemptSittingFilter, "state", "ended_by", "enrolment__sitting__is_practice")
    search_fields = ("enrolment__candidate__name", "enrolment__candidate__email")
    search_help_text = "Searches names and e-mail addresses of candidates."
    inlines = [PaperInline, LostTimeInline, OutsideSafeBrowserInline]
    fieldsets = (
        (None, {"fields": ("candidate", "sitting", "state", "ended_by", "result")}),
        ("Clock", {"fields": ("started", "deadline", "paused", "to_hand_in", "ended", "claimed")}),
        (
            "Answer journal",
            {"fields": ("journal_check", "journal_link", "late_link", "device", "seed", "paper_link")},
        ),
    )
    readonly_fields = (
        "paper_link",
        "candidate",
        "sitting",
        "result",
        "transcript",
        "journal_check",
        "journal_link",
        "late_link",
        "started",
        "deadline",
        "paused",
        "to_hand_in",
        "ended",
        "claimed",
    )

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        rows = self.named_only(request, queryset) if search_term else queryset
        return _by_candidate(rows, search_term, "enrolment", Enrolment.objects.all(), "candidate"), False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        (_, first), *others = self.fieldsets
        may_print = request.user.has_perm("exams.export_results", obj)
        more = ("transcript",) if may_print else ()
        return [(None, {"fields": (*first["fields"], *more)}), *others]

    @admin.display(description="candidate", ordering="enrolment__candidate__name")
    def candidate(self, attempt: Attempt) -> str:
        return str(attempt.enrolment.candidate)

    @admin.display(description="sitting", ordering="enrolment__sitting__opens_at")
    def sitting(self, attempt: Attempt) -> str:
        return str(attempt.enrolment.sitting)

    @admin.display(description="started", ordering="started_at")
    def started(self, attempt: Attempt) -> str:
        return moment_in_words(attempt.started_at, seconds=True)

    @admin.display(description="deadline", ordering="deadline_at")
    def deadline(self, attempt: Attempt) -> str:
        return moment_in_words(attempt.deadline_at, seconds=True)

    @admin.display(description="paused since", ordering="paused_at")
    def paused(self, attempt: Attempt) -> str:
        return moment_in_words(attempt.paused_at, seconds=True)

    @admin.display(description="ended", ordering="ended_at")
    def ended(self, attempt: Attempt) -> str:
        return moment_in_words(attempt.ended_at, seconds=True)

    @admin.display(description="to be handed in until")
    def to_hand_in(self, attempt: Attempt) -> str:
        return moment_in_words(attempt.hand_in_until, seconds=True)

    @admin.display(description="handed in, by the word of the device")
    def claimed(self, attempt: Attempt) -> str:
        if attempt.claimed_hand_in_at is None:
            return "-"
        said = moment_in_words(attempt.claimed_hand_in_at, seconds=True)
        return f"{said}; arrived too late to count by itself"

    @admin.display(description="transcript")
    def transcript(self, attempt: Attempt) -> str:
        if attempt.enrolment.sitting.is_practice:
            return "None of practice."
        if attempt.started_at is None or attempt.state not in states.ENDED:
            return "As soon as the attempt is over."
        address = reverse("transcript", args=[attempt.institution.slug, attempt.pk])
        return format_html('<a href="{}">All answers with points, to print</a>', address)

    @admin.display(description="result")
    def result(self, attempt: Attempt) -> str | SafeString:
        if attempt.is_emptied:
            return throwing_away.in_words(attempt).capitalize()
        if attempt.state == states.ABANDONED:
            address = reverse("attempt_marks", args=[attempt.institution.slug, attempt.pk])
            return format_html('Not handed in. <a href="{}">See the answers, or accept them</a>', address)
        found = result_of(attempt)
        reached = f"{found.points} of {found.possible} points, {found.percentage} %"
        if found.passed is None:
            return f"{reached}; {found.unmarked} answers are not marked yet"
        grade = f", grade {found.grade}" if found.grade else ""
        return f"{reached}: {'passed' if found.passed else 'not passed'}{grade}"

    @admin.display(description="check")
    def journal_check(self, attempt: Attempt) -> str:
        fault = verify_journal(attempt)
        if fault is None and attempt.is_emptied:
            return throwing_away.in_words(attempt).capitalize()
        if fault is None:
            return f"Whole: {attempt.journal_length} entries, every link fits, answers agree with it."
        return f"BROKEN at entry {fault.sequence}: {fault.detail}"

    @admin.display(description="paper")
    def paper_link(self, attempt: Attempt) -> str:
        if attempt.is_emptied:
            return "-"
        address = reverse("admin:exams_exam_print", args=[attempt.enrolment.sitting.exam_id])
        return format_html(
            '<a href="{}?attempt={}">The paper as it was drawn, to print</a>', address, attempt.pk
        )

    @admin.display(description="entries")
    def journal_link(self, attempt: Attempt) -> str:
        address = reverse("admin:exams_journalentry_changelist")
        return format_html(
            '<a href="{}?attempt__id__exact={}">{} entries</a>', address, attempt.pk, attempt.journal_length
        )

    @admin.display(description="after the end")
    def late_link(self, attempt: Attempt) -> str:
        late, kept = attempt.journal.filter(is_late=True).count(), attempt.kept.count()
        waiting = attempt.kept.filter(accepted_at=None).count()
        if not kept:
            return f"{late} entries counted as late, none was kept uncounted."
        address = reverse("admin:exams_attempt_kept", args=[attempt.pk])
        words = '{} entries counted as late; <a href="{}">{} kept, {} of them not counted</a>'
        return format_html(words, late, address, kept, waiting)

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(partial(kept_page, self))
        return [path("<int:attempt_id>/kept/", page, name="exams_attempt_kept"), *super().get_urls()]


@admin.register(JournalEntry, site=site)
class JournalEntryAdmin(ReadOnly, KeysetLists, HidesNames, TenantAdmin):
    """The journal, entry by entry; reached from an attempt."""

    person_path = "attempt__enrolment__candidate"
    change_list_template = "admin/keyset_list.html"

    list_display = (
        "sequence",
        "candidate",
        "question",
        "value",
        "flagged",
        "is_late",
        "device",
        "received_at",
        "client_at",
    )
    list_select_related = ("attempt__enrolment__candidate", "item__version__question")
    list_filter = (JournalSittingFilter,)
    search_fields = ("attempt__enrolment__candidate__name", "attempt__enrolment__candidate__email")
    search_help_text = "Searches names and e-mail addresses of candidates."

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        attempts = Attempt.objects.all()
        rows = self.named_only(request, queryset) if search_term else queryset
        return _by_candidate(rows, search_term, "attempt", attempts, "enrolment__candidate"), False

    @admin.display(description="candidate")
    def candidate(self, entry: JournalEntry) -> str:
        return str(entry.attempt.enrolment.candidate)

    @admin.display(description="question")
    def question(self, entry: JournalEntry) -> str:
        return f"{entry.item.position}. {entry.item.version.question}"

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return lookup == "attempt__id__exact" or super().lookup_allowed(lookup, value, request)
