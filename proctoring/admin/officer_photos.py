"""Officers' photos in the admin: whose, by whom, when, how compared; deleted with a reason."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from accounts.admin.site import site
from proctor_site.kernel.errors import Refusal
from proctoring.admin.read_only import ReadOnlyAdmin
from proctoring.identity import officer_photos
from proctoring.models import OfficerPhoto, ReferenceFace
from proctoring.vision.exchange import Likeness
from proctoring.vision.picture_header import content_type_of

_COMPARED = {
    Likeness.ALIKE: "like the photo of check-in",
    Likeness.UNLIKE: "unlike the photo of check-in: a person checks",
    Likeness.CANNOT_SAY: "not clearly like the photo of check-in: a person checks",
}


@admin.register(OfficerPhoto, site=site)
class OfficerPhotoAdmin(ReadOnlyAdmin):
    """Photos that officers uploaded; they come by uploads and go one by one, with a reason."""

    list_display = ("candidate", "address", "kept_at", "kept_by", "used_at")
    list_select_related = ("candidate", "kept_by")
    search_fields = ("candidate__name", "candidate__email")
    search_help_text = "Searches names and addresses of candidates."
    fields = ("candidate", "address", "picture", "kept_at", "kept_by", "used_at", "compared")
    readonly_fields = ("address", "picture", "compared")
    change_list_template = "admin/proctoring/officerphoto/change_list.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may_upload = request.user.has_perm("proctoring.add_photoupload")
        return super().changelist_view(request, {"may_upload": may_upload, **(extra_context or {})})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may("delete", request, obj)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.picture_file)
        own = path("<int:photo_id>/picture/", view, name="proctoring_officerphoto_picture")
        return [own, *super().get_urls()]

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
                f"{timezone.localtime(face.consent.given_at):%-d %b %Y, %H:%M}",
                face.consent.notice,
                _COMPARED[Likeness(face.likeness)],
            )
            for face in faces
        )
        return format_html_join("", "<p>{}: consent of {} to notice {}; {}.</p>", lines)

    def picture_file(self, request: HttpRequest, photo_id: int) -> HttpResponse:
        """The picture, for who may see the row; each look is logged."""
        photo = self._found(request, str(photo_id))
        viewer: Any = request.user
        try:
            data = officer_photos.look_at(photo, viewer=viewer)
        except Refusal as refusal:
            return HttpResponse(refusal.message, status=refusal.status, content_type="text/plain")
        response = HttpResponse(data, content_type=content_type_of(data))
        response["Content-Disposition"] = "inline"
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """GET asks for the reason; POST deletes the photo and what was made of it."""
        photo = self._found(request, unquote(object_id))
        if not self.has_delete_permission(request, photo):
            raise PermissionDenied
        error = ""
        if request.method == "POST":
            actor: Any = request.user
            try:
                officer_photos.remove(photo, actor=actor, reason=request.POST.get("reason", ""))
            except Refusal as refusal:
                error = refusal.message
            else:
                messages.success(request, f"The photo of {photo.candidate} is deleted.")
                return redirect("admin:proctoring_officerphoto_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Delete the photo of {photo.candidate}",
            "opts": self.opts,
            "photo": photo,
            "error": error,
            "reason": request.POST.get("reason", ""),
        }
        return TemplateResponse(request, "admin/proctoring/officerphoto/delete.html", context)

    def _found(self, request: HttpRequest, object_id: str) -> OfficerPhoto:
        photo: OfficerPhoto | None = self.get_object(request, object_id)
        if photo is None:
            raise Http404("There is no such photo here.")
        if not self.has_view_permission(request, photo):
            raise PermissionDenied
        return photo
