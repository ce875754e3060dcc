"""Officers' photos in the admin: whose, by whom, when, how compared; deleted with a reason."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from accounts.admin.site import site
from accounts.zones import moment_in_words
from proctoring.admin.private_photos import PrivatePhotoAdmin
from proctoring.identity import officer_photos
from proctoring.models import OfficerPhoto, ReferenceFace
from proctoring.vision.exchange import Likeness

_COMPARED = {
    Likeness.ALIKE: "like the photo of check-in",
    Likeness.UNLIKE: "unlike the photo of check-in: a person checks",
    Likeness.CANNOT_SAY: "not clearly like the photo of check-in: a person checks",
}


@admin.register(OfficerPhoto, site=site)
class OfficerPhotoAdmin(PrivatePhotoAdmin):
    """Photos that officers uploaded; they come by uploads and go one by one, with a reason."""

    list_display = ("candidate", "address", "kept_at", "kept_by", "used_at")
    list_select_related = ("candidate", "kept_by")
    search_fields = ("candidate__name", "candidate__email")
    search_help_text = "Searches names and addresses of candidates."
    fields = ("candidate", "address", "picture", "kept_at", "kept_by", "used_at", "compared")
    readonly_fields = ("address", "picture", "compared")
    deletes = (
        "Delete the photo of",
        "The photo and every template that was made of it are deleted for good. The candidate's own photo of "
        "check-in stays.",
        "Delete the photo",
    )
    change_list_template = "admin/proctoring/officerphoto/change_list.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may_upload = request.user.has_perm("proctoring.add_photoupload")
        return super().changelist_view(request, {"may_upload": may_upload, **(extra_context or {})})

    @admin.display(description="e-mail address", ordering="candidate__email")
    def address(self, photo: OfficerPhoto) -> str:
        return photo.candidate.email

    @admin.display(description="photo")
    def picture(self, photo: OfficerPhoto) -> str:
        return format_html(
            '<img class="officer-photo" src="{}" alt="Photo of {}"><p>Each look at it is logged.</p>',
            reverse("admin:proctoring_officerphoto_picture", args=[photo.pk]),
            photo.candidate,
        )

    @admin.display(description="consent and comparison")
    def compared(self, photo: OfficerPhoto) -> str:
        faces = ReferenceFace.objects.filter(officer_photo=photo).select_related(
            "consent__notice", "session__sitting"
        )
        if not faces:
            return "Not compared: no template is made before the candidate agrees to it at check-in."
        lines = (
            (
                face.session.sitting or "outside session",
                moment_in_words(face.consent.given_at),
                face.consent.notice,
                _COMPARED[Likeness(face.likeness)],
            )
            for face in faces
        )
        return format_html_join("", "<p>{}: consent of {} to notice {}; {}.</p>", lines)

    def read_photo(self, request: HttpRequest, row: Any) -> bytes:
        viewer: Any = request.user
        return officer_photos.look_at(row, viewer=viewer)

    def erase(self, row: Any, *, actor: Any, reason: str) -> None:
        officer_photos.remove(row, actor=actor, reason=reason)
