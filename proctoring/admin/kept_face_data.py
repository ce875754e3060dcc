"""Photos of faces and head baselines in the admin: what is kept, in words; deleted with a reason."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from accounts.admin.site import site
from accounts.models import AuditEntry
from accounts.zones import moment_in_words
from proctoring.admin.private_photos import PrivatePhotoAdmin
from proctoring.identity import kept_face_data
from proctoring.models import Consent, HeadBaseline, KeptFaceData, MonitoringSession, ReferenceFace
from proctoring.vision.baseline import Baseline


@admin.register(KeptFaceData, site=site)
class KeptFaceDataAdmin(PrivatePhotoAdmin):
    """For who answers for data protection, and the exam office. Templates are never shown."""

    list_display = ("candidate", "address", "sitting", "views", "has_baseline", "exam_state")
    list_select_related = ("candidate", "sitting", "attempt", "head_baseline")
    list_filter = ("sitting", "started_at")
    search_fields = ("candidate__name", "candidate__email")
    search_help_text = "Searches names and addresses of candidates."
    fields = (
        "candidate",
        "address",
        "sitting",
        "exam_state",
        "consent",
        "kept",
        "picture",
        "later",
        "baseline",
    )
    readonly_fields = fields
    deletes = (
        "Delete the face data of",
        "The photo of check-in, photos that were asked for during the exam, every template of this session "
        "and the head baseline are deleted for good. "
        "The office's photo, a document's photo and pictures of incidents are kept elsewhere and stay.",
        "Delete the face data",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[KeptFaceData]:
        rows: QuerySet[KeptFaceData] = super().get_queryset(request)
        return kept_face_data.with_face_data(rows).annotate(view_count=Count("reference_faces"))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        viewer: Any = request.user
        if row is not None:
            row.photo_link = kept_face_data.photo_link(row, viewer)  # for this viewer alone
            row.later_photos = kept_face_data.later_photos(row, viewer)
        return row

    def read_photo(self, request: HttpRequest, row: Any) -> bytes:
        viewer: Any = request.user
        link, number = request.GET.get("link", ""), request.GET.get("showing")
        if number is not None:
            return kept_face_data.open_later_photo(row, number, link, viewer=viewer)
        return kept_face_data.open_photo(row, link, viewer=viewer)

    def erase(self, row: Any, *, actor: Any, reason: str) -> None:
        kept_face_data.erase(row, actor=actor, reason=reason)

    def history_of(self, request: HttpRequest, obj: Any) -> list[AuditEntry]:
        return super().history_of(request, MonitoringSession(pk=obj.pk))

    @admin.display(description="e-mail address", ordering="candidate__email")
    def address(self, session: KeptFaceData) -> str:
        return session.candidate.email if session.candidate else "-"

    @admin.display(description="templates", ordering="view_count")
    def views(self, session: Any) -> int:
        return int(session.view_count)

    @admin.display(description="head baseline", boolean=True)
    def has_baseline(self, session: KeptFaceData) -> bool:
        return hasattr(session, "head_baseline")

    @admin.display(description="attempt")
    def exam_state(self, session: KeptFaceData) -> str:
        return session.attempt.get_state_display() if session.attempt else "outside session"

    @admin.display(description="consent")
    def consent(self, session: KeptFaceData) -> str:
        given = Consent.objects.filter(session=session.pk, withdrawn_at=None).select_related("notice").first()
        if given is None:
            return "None in force."
        return f"Of {moment_in_words(given.given_at)} to notice {given.notice}."

    @admin.display(description="templates")
    def kept(self, session: KeptFaceData) -> str:
        faces = ReferenceFace.objects.filter(session=session.pk).only("view", "engine", "created_at")
        lines = [(each.get_view_display(), moment_in_words(each.created_at), each.engine) for each in faces]
        if not lines:
            return "None: no face is compared."
        return format_html_join("", "<p>One of the {}, made {} by {}. It is stored encrypted.</p>", lines)

    @admin.display(description="photo of check-in")
    def picture(self, session: Any) -> str:
        if session.photo_link is None:
            return "None is kept."
        address = reverse("admin:proctoring_keptfacedata_picture", args=[session.pk])
        return format_html(
            '<a href="{}?link={}" target="_blank" rel="noopener">Look at the photo</a>'
            "<p>The link is yours alone and works for ten minutes. Each look is logged.</p>",
            address,
            session.photo_link,
        )

    @admin.display(description="photos of the exam")
    def later(self, session: Any) -> str:
        address = reverse("admin:proctoring_keptfacedata_picture", args=[session.pk])
        lines = [
            (address, link, each.pk, moment_in_words(each.asked_at), each.asked_by)
            for each, link in session.later_photos
        ]
        if not lines:
            return "None is kept."
        return format_html_join(
            "",
            '<p><a href="{}?link={}&amp;showing={}" target="_blank" rel="noopener">'
            "Look at the photo of {}</a>, asked for by {}. The link is yours alone and works for ten "
            "minutes. Each look is logged.</p>",
            lines,
        )

    @admin.display(description="head baseline")
    def baseline(self, session: KeptFaceData) -> str:
        row = HeadBaseline.objects.filter(session=session.pk).first()
        if row is None:
            return "None is kept."
        words = kept_face_data.in_words(Baseline.from_json(row.numbers))
        return f"{words} Stored {moment_in_words(row.created_at)}; numbers only, no picture."
