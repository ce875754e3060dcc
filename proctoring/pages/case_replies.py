"""A file that a candidate handed in, as staff open it from a case."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.pages.guards import person_of, require_right
from accounts.pages.refusals import refused_page
from proctor_site.kernel.errors import Refusal
from proctoring.pages.evidence_file import private_picture
from proctoring.rights import reply_links


@require_safe
@require_right("proctoring.read_case")
def reply_file(request: HttpRequest, slug: str, reply_file_id: uuid.UUID) -> HttpResponse:
    """One file, after every check of `reply_links.open_file`; each look is logged."""
    try:
        link = request.GET.get("link", "")
        opened = reply_links.open_file(str(reply_file_id), link, viewer=person_of(request))
    except Refusal as refusal:
        response = refused_page(request, refusal)
        response["Cache-Control"] = "private, no-store"
        return response
    file = opened.file
    return private_picture(opened.data, name=f"reply-file-{file.pk}", content_type=file.content_type)
