"""Uploads of photos in the admin: the zip, the report of the dry run, the import and its progress."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from accounts.admin.site import site
from accounts.tenancy import current_institution
from exams.admin.job_state import state_of
from exams.models import Sitting
from exams.scheduling.roster_file import MOST_BYTES as MOST_OF_TABLE
from proctor_site.kernel.errors import Refusal
from proctoring.admin.read_only import ProctoringAdmin
from proctoring.identity import photo_uploads
from proctoring.identity.photo_table import MOST_ROWS
from proctoring.identity.photo_verdicts import WORDS, Outcome
from proctoring.models import PhotoUpload

_ON_A_PAGE = 100


class UploadForm(forms.Form):
    """The zip, the table when it lies beside it, and whose photos they may be."""

    file = forms.FileField(
        label="Zip of photos",
        max_length=200,
        help_text=f"JPEG, PNG or WebP, one face on each; at most {MOST_ROWS:,} photos and "
        f"{photo_uploads.MOST_BYTES // 1_000_000} MB. Nothing is imported yet: the next page shows what "
        "would be.",
        widget=forms.ClearableFileInput(attrs={"accept": ".zip"}),
    )
    table = forms.FileField(
        label="Table (CSV or XLSX)",
        required=False,
        max_length=200,
        help_text="With the columns e-mail or candidate number, and file. Leave it out when the table lies "
        "in the zip, or when each photo is named by address or number, as in ana@example.org.jpg or "
        "S-1234.jpg.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    sitting: Any = forms.ModelChoiceField(
        label="Only candidates of",
        required=False,
        queryset=Sitting.objects.none(),
        empty_label="All candidates of the institution",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["sitting"]
        chosen.queryset = Sitting.objects.filter(cancelled_at=None).order_by("-opens_at")


@admin.register(PhotoUpload, site=site)
class PhotoUploadAdmin(ProctoringAdmin):
    """Uploads of photos: those that were imported, and those that wait for it."""

    list_display = ("file_name", "sitting", "state", "photos", "created_by", "created_at")
    list_display_links = ("file_name",)
    list_select_related = ("created_by", "job", "sitting")
    search_fields = ("file_name",)
    search_help_text = "Searches file names."

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Uploads are dropped, never deleted: they say where photos came from."""
        return False

    @admin.display(description="state")
    def state(self, upload: PhotoUpload) -> str:
        job = upload.job
        if upload.imported_at is not None:
            return "Imported"
        if upload.dropped_at is not None:
            return "Dropped"
        if upload.checked_at is None:
            return "Could not be read" if job and job.is_over else "Is being looked at"
        if job is None or job.kind != photo_uploads.IMPORT:
            return "Waits for confirmation"
        return "Import failed" if job.is_over else "Is being imported"

    @admin.display(description="rows")
    def photos(self, upload: PhotoUpload) -> int:
        return len(upload.rows)

    def get_urls(self) -> list[Any]:
        def named(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(view), name=f"proctoring_photoupload_{name}")

        return [
            named("<int:upload_id>/confirm/", require_POST(self.confirm), "confirm"),
            named("<int:upload_id>/drop/", require_POST(self.drop), "drop"),
            named("<int:upload_id>/state/", self.job_state, "state"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The upload form; a zip that can be read leads to its report."""
        here = current_institution()
        if here is None or not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file, table = form.cleaned_data["file"], form.cleaned_data["table"]
            actor: Any = request.user
            try:
                # One byte more than allowed is read: enough for the service to refuse it.
                upload = photo_uploads.receive(
                    here,
                    file_name=file.name,
                    data=file.read(photo_uploads.MOST_BYTES + 1),
                    table=table.read(MOST_OF_TABLE + 1) if table else b"",
                    sitting=form.cleaned_data["sitting"],
                    actor=actor,
                )
                return redirect("admin:proctoring_photoupload_change", upload.pk)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        context = {
            **self.admin_site.each_context(request),
            "title": "Upload photos of candidates",
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/proctoring/photoupload/upload.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The report of one upload: what would become of each row, or has become."""
        upload = self._found(request, object_id)
        wanted = request.GET.get("outcome", "")
        counts = photo_uploads.counts_of(upload)
        rows = [row for row in upload.rows if wanted not in counts or row["outcome"] == wanted]
        page = Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("p"))
        job = upload.job
        is_over = upload.imported_at is not None or upload.dropped_at is not None
        context = {
            **self.admin_site.each_context(request),
            "title": f"Photos of {upload}",
            "opts": self.opts,
            "upload": upload,
            "state": self.state(upload),
            "outcomes": [(each.value, WORDS[each], count) for each, count in counts.items()],
            "wanted": wanted if wanted in counts else "",
            "page": page,
            "rows": [row | {"label": WORDS[Outcome(row["outcome"])]} for row in page],
            "job": job,
            "is_working": job is not None and not job.is_over,
            "importing": job is not None and job.kind == photo_uploads.IMPORT,
            "waits": not is_over,
            "changing": counts[Outcome.NEW] + counts[Outcome.REPLACED],
            "may_import": self.has_change_permission(request, upload),
            "state_url": reverse("admin:proctoring_photoupload_state", args=[upload.pk]),
        }
        return TemplateResponse(request, "admin/proctoring/photoupload/report.html", context)

    def job_state(self, request: HttpRequest, upload_id: int) -> HttpResponse:
        """How far the dry run or the import is, for the page that waits for it."""
        return state_of(self._found(request, str(upload_id)).job)

    def confirm(self, request: HttpRequest, upload_id: int) -> HttpResponse:
        """Asks for the import; a second click changes nothing."""
        return self._decide(request, upload_id, photo_uploads.ask)

    def drop(self, request: HttpRequest, upload_id: int) -> HttpResponse:
        """Gives the upload up."""
        return self._decide(request, upload_id, photo_uploads.drop)

    def _decide(self, request: HttpRequest, upload_id: int, verb: Any) -> HttpResponse:
        upload = self._found(request, str(upload_id))
        if not self.has_change_permission(request, upload):
            raise PermissionDenied
        try:
            verb(upload, actor=request.user)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        return redirect("admin:proctoring_photoupload_change", upload.pk)

    def _found(self, request: HttpRequest, object_id: str) -> PhotoUpload:
        upload: PhotoUpload | None = self.get_object(request, object_id)
        if upload is None:
            raise Http404("There is no such upload here.")
        if not self.has_view_permission(request, upload):
            raise PermissionDenied
        return upload
