"""Pictures, sounds and files in the admin: bring in, describe, copy the reference; and the editor's calls."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.models import Institution
from accounts.tenancy import current_institution
from exams.admin.refusals import RefusalsInWords
from exams.bank import media
from exams.bank.media_types import LARGEST_OTHER
from exams.models import QuestionMedia
from proctor_site.kernel.errors import InvalidInput, Refusal, TooLarge

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[QuestionMedia]
else:
    _ModelForm = forms.ModelForm


class MediaForm(_ModelForm):
    """A file and its description; stores on the way, and leaves the row in `stored`."""

    actor: Any = None
    file = forms.FileField(
        help_text="PNG, JPEG, GIF, WebP (up to 5 MB), MP3, Ogg, WAV, M4A or PDF (up to 20 MB)."
    )

    class Meta:
        model = QuestionMedia
        fields = ("description",)
        help_texts = {
            "description": "Required for pictures: what is to be seen, without the answer, for people who "
            "cannot see it. For sounds: what is to be heard, in a few words."
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        here = current_institution()
        if self.errors or here is None:
            return cleaned
        try:
            self.stored = _stored(here, cleaned["file"], cleaned["description"], self.actor)
        except (InvalidInput, TooLarge) as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else "file", refusal.message)
        return cleaned


@admin.register(QuestionMedia, site=site)
class QuestionMediaAdmin(RefusalsInWords, TenantAdmin):
    """The store of the bank. A file is never changed: bring in another one instead."""

    form = MediaForm
    list_display = ("name", "kind", "description", "kilobytes", "version_count", "created_at")
    search_fields = ("name", "description")
    search_help_text = "Searches names and descriptions."

    class Media:
        css = {"all": ("css/exams_admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(used=Count("versions"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("file", "description")
        return ("name", "shown", "description", "reference_text", "kind", "size", "version_count", "sha256")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            kwargs["form"] = forms.ModelForm
        made = super().get_form(request, obj, change, **kwargs)
        made.actor = request.user
        return made

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never changed: papers show it."""
        return super().has_change_permission(request, obj) and obj is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what no version shows."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.versions.exists())

    @admin.display(description="type", ordering="content_type")
    def kind(self, row: QuestionMedia) -> str:
        return row.content_type

    @admin.display(description="size", ordering="size")
    def kilobytes(self, row: QuestionMedia) -> str:
        return f"{max(1, row.size // 1000):,} kB"

    @admin.display(description="question versions", ordering="used")
    def version_count(self, row: QuestionMedia) -> int:
        return int(getattr(row, "used", 0))

    @admin.display(description="reference")
    def reference_text(self, row: QuestionMedia) -> SafeString:
        return format_html("<code>{}</code>", row.reference)

    @admin.display(description="preview")
    def shown(self, row: QuestionMedia) -> SafeString:
        address = reverse("api_media", args=[row.public_id])
        if row.is_picture:
            return format_html('<img class="media-preview" src="{}" alt="{}">', address, row.description)
        if row.is_audio:
            return format_html('<audio controls preload="none" src="{}"></audio>', address)
        return format_html('<a href="{}" download>{}</a>', address, row.name)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk, obj._state.adding = form.stored.pk, False
        obj.refresh_from_db()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The bank writes the audit entry itself."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The bank writes the audit entry itself."""
        return []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actor: Any = request.user
        media.remove(obj, actor=actor)

    # the editor's calls

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("upload/", wrap(require_POST(self.upload)), name="exams_questionmedia_upload"),
            path("choices/", wrap(require_safe(self.choices)), name="exams_questionmedia_choices"),
            *super().get_urls(),
        ]

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Stores a file of the editor: 201 with what `choices` gives for it, or problem details."""
        if not self.has_add_permission(request) or (here := current_institution()) is None:
            raise PermissionDenied
        given = request.FILES.get("file")
        actor: Any = request.user
        try:
            row = _stored(here, given, request.POST.get("description", ""), actor)
        except Refusal as refusal:
            problem = {"code": refusal.code, "detail": refusal.message, "field": refusal.field or ""}
            return JsonResponse(problem, status=refusal.status)
        return JsonResponse(_choice(row), status=201)

    def choices(self, request: HttpRequest) -> HttpResponse:
        """The newest files, for the editor to choose from."""
        if not self.has_view_permission(request) or (here := current_institution()) is None:
            raise PermissionDenied
        return JsonResponse({"media": [_choice(row) for row in media.newest(here)]})


def _stored(here: Institution, given: Any, description: str, actor: Any) -> QuestionMedia:
    if given is None or not given.size:
        raise InvalidInput("Choose a file.", field="file")
    if given.size > LARGEST_OTHER:  # before it is read into memory
        raise TooLarge(f"The file is larger than {LARGEST_OTHER // 1_000_000} MB.", field="file")
    return media.store(here, name=given.name or "", data=given.read(), description=description, actor=actor)


def _choice(row: QuestionMedia) -> dict[str, Any]:
    kind = "picture" if row.is_picture else "sound" if row.is_audio else "file"
    return {
        "reference": row.reference,
        "kind": kind,
        "name": row.name,
        "description": row.description,
        "url": reverse("api_media", args=[row.public_id]),
    }
