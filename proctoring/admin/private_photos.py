"""Base of admin pages that show a private photo of a candidate and delete it for a reason."""

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path

from accounts.admin.nameless import HidesNames
from proctor_site.kernel.errors import Refusal
from proctoring.admin.read_only import ReadOnlyAdmin
from proctoring.identity.deletion_reason import LONGEST
from proctoring.vision.picture_header import content_type_of


class PrivatePhotoAdmin(HidesNames, ReadOnlyAdmin):
    """Rows with a photo: to look at, each look logged by the service, and to delete for a reason.

    Rows of people whom the signed-in person may not know are left out: a photo tells who it is.
    """

    change_form_template = "admin/proctoring/private_photo/change_form.html"
    deletes: ClassVar[tuple[str, str, str]]
    """The title before the candidate's name, what becomes of it in a sentence, and the button."""

    def read_photo(self, request: HttpRequest, row: Any) -> bytes:
        """The bytes of the photo, logged. Raises Refusal."""
        raise NotImplementedError

    def erase(self, row: Any, *, actor: Any, reason: str) -> None:
        """Deletes for the reason, which the service checks. Raises Refusal."""
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.named_only(request, super().get_queryset(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may("delete", request, obj)

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_picture"
        view = self.admin_site.admin_view(self.picture_file)
        return [path("<path:object_id>/picture/", view, name=name), *super().get_urls()]

    def picture_file(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The picture, for who may see the row; each look is logged."""
        row = self.found(request, unquote(object_id))
        try:
            data = self.read_photo(request, row)
        except Refusal as refusal:
            return HttpResponse(refusal.message, status=refusal.status, content_type="text/plain")
        response = HttpResponse(data, content_type=content_type_of(data))
        response["Content-Disposition"] = "inline"
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
        return response

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """GET asks for the reason; POST deletes."""
        row = self.found(request, unquote(object_id))
        if not self.has_delete_permission(request, row):
            raise PermissionDenied
        title, becomes, button = self.deletes
        error = ""
        if request.method == "POST":
            try:
                self.erase(row, actor=request.user, reason=request.POST.get("reason", ""))
            except Refusal as refusal:
                error = refusal.message
            else:
                messages.success(request, f"Deleted: {row}.")
                return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{title} {row.candidate}",
            "opts": self.opts,
            "row": row,
            "becomes": becomes,
            "button": button,
            "longest": LONGEST,
            "error": error,
            "reason": request.POST.get("reason", ""),
        }
        return TemplateResponse(request, "admin/proctoring/private_photo/delete.html", context)

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """The row, when there is such a row here (404) and the person may see it (403)."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404("There is no such photo here.")
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return row
