"""The audit log in the admin: searched by who, act, subject, time and words, exported with proof, checked."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_safe

from accounts import audit, audit_exports, audit_search
from accounts.admin.keyset import PLACES, KeysetLists
from accounts.admin.nameless import HidesNames
from accounts.admin.read_only import NeverByHand
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.audit_exports import Form
from accounts.audit_search import Search
from accounts.downloads import download
from accounts.models import AuditEntry
from accounts.naming import names_for
from accounts.tenancy import current_institution
from accounts.zones import moment_in_words
from proctor_site.kernel.errors import InvalidInput


class SearchForm(forms.Form):
    """The boxes beside the list. What cannot be read finds nothing, and says why."""

    who = forms.CharField(
        required=False, max_length=100, help_text='Name or e-mail address, or "system" for what nobody did.'
    )
    act = forms.ChoiceField(required=False)
    subject = forms.CharField(
        required=False, max_length=80, help_text="Such as attempt:12, or attempt for all of them."
    )
    since = forms.DateTimeField(
        label="From", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    until = forms.DateTimeField(
        label="Before", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    words = forms.CharField(
        label="Words in the detail", required=False, max_length=100, help_text="Slower in a long log."
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="audit-%s")
        here = current_institution()
        verbs = audit_search.acts(here) if here else []
        groups = sorted({f"{verb.split('.')[0]}." for verb in verbs if "." in verb})
        chosen = str(data.get("act", ""))
        known = [*groups, *verbs]
        if chosen and chosen not in known:
            known.append(chosen)
        words = [(each, f"{each}… (all)" if each.endswith(".") else each) for each in sorted(known)]
        act: Any = self.fields["act"]
        act.choices = [("", "Any act"), *words]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if any("\x00" in value for value in cleaned.values() if isinstance(value, str)):
            raise forms.ValidationError("There is a character in it that no entry holds.")
        return cleaned

    def search(self) -> Search | None:
        """What is looked for; None when a box holds what cannot be read."""
        return Search(**self.cleaned_data) if self.is_valid() else None


def _box(name: str) -> type[admin.SimpleListFilter]:
    """A filter that tells the list to accept the parameter; `SearchForm` shows and applies all of them."""

    class Box(admin.SimpleListFilter):
        title = name
        parameter_name = name

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [("", "")]

        def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
            return queryset

    return Box


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(KeysetLists, NeverByHand, HidesNames, TenantAdmin):
    """What was done, by whom, to what."""

    person_path = "actor"
    person_columns = ("who",)

    change_list_template = "admin/accounts/auditentry/change_list.html"
    list_display = ("when", "verb", "who", "stream", "in_words")
    list_display_links = ("when", "verb")
    list_select_related = ("actor",)
    list_filter = tuple(_box(name) for name in ("who", "act", "subject", "since", "until", "words"))
    fields = ("when", "verb", "who", "stream", "sequence", "in_words", "redacted_at", "hash", "chain")
    readonly_fields = fields
    keyset = ("-at", "-pk")

    def get_urls(self) -> list[Any]:
        export = self.admin_site.admin_view(require_safe(self.export))
        return [path("export/", export, name="accounts_auditentry_export"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """On the list only what is searched for."""
        rows = super().get_queryset(request)
        here = current_institution()
        if here is None or not request.GET:
            return rows
        search = SearchForm(request.GET).search()
        if search is None:
            return rows.none()
        return audit_search.narrow(self.named_only(request, rows) if search.who else rows, here, search)

    def walks(self, request: HttpRequest, rows: Any) -> list[Any]:
        here = current_institution()
        search = SearchForm(request.GET).search() if request.GET else None
        return [rows] if here is None or search is None else audit_search.walks(here, search, rows)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """An entry is opened whatever was searched for: its address carries the filters of the list."""
        entry = super().get_queryset(request).filter(pk=object_id).first() if object_id.isdigit() else None
        if entry is not None:
            self.veil(request, entry)
        return entry

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        form = SearchForm(request.GET)
        form.is_valid()
        given = request.GET.copy()
        for place in ("p", *PLACES):
            given.pop(place, None)
        context = {"search_form": form, "given": given.urlencode(), "is_narrowed": any(form.data.values())}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """What the search finds as a file with hashes and a signed last line. Raises InvalidInput (400)."""
        here = current_institution()
        if here is None or not self.has_view_permission(request):
            raise PermissionDenied
        try:
            form = Form(request.GET.get("as", Form.JSON_LINES.value))
        except ValueError as error:
            raise InvalidInput("The log is exported as jsonl or csv.", field="as") from error
        asked = SearchForm(request.GET)
        search = asked.search()
        if search is None:
            field, reasons = next(iter(asked.errors.items()))
            raise InvalidInput(" ".join(map(str, reasons)), field=field)
        actor: Any = request.user
        names = names_for(actor, here)
        names.require(names.hidden, "The log")
        made = audit_exports.export(here, search, form, actor=actor)
        return download(request, made.file, name=made.name, content_type=made.content_type)

    @admin.display(description="when", ordering="at")
    def when(self, entry: AuditEntry) -> str:
        """In the reader's zone, to the second."""
        return moment_in_words(entry.at, seconds=True)

    @admin.display(description="who", ordering="actor__name")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.actor) if entry.actor else "the system"

    @admin.display(description="detail")
    def in_words(self, entry: AuditEntry) -> str:
        if entry.redacted_at:
            return "removed (erasure)"
        return "; ".join(f"{name}: {value}" for name, value in entry.detail.items() if value) or "-"

    @admin.display(description="chain")
    def chain(self, entry: AuditEntry) -> str:
        """Whether all entries about the subject are still as they were written."""
        broken = audit.first_broken_entry(entry.institution, entry.stream)
        if broken is None:
            return "whole: no entry about this subject was changed or removed"
        return f"broken at entry {broken.sequence}: it was changed, or one before it was removed"
