"""Photos beside an identity check: who may open which, by which link; each view is logged."""

import hashlib
from dataclasses import dataclass

from accounts import audit
from accounts.models import User
from proctor_site.kernel.errors import Conflict, NotFound
from proctoring.identity import document, officer_photos, store
from proctoring.identity.photo_links import check_link, make_link
from proctoring.models import DocumentCheck, IdentityCheck, OfficerPhoto, ReferenceFace
from proctoring.models.identity import View
from proctoring.permissions import require_watch
from proctoring.states import CHECK_WAITING

REFERENCE = "reference"
DOCUMENT = "document"
OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that can be opened. `address`: a link for one viewer and some minutes."""

    what: str
    caption: str
    address: str


def photos_of(check: IdentityCheck, viewer: User, slug: str) -> list[Photo]:
    """The photos that exist for a check, the own face first, with fresh links."""
    found = []
    if _reference_of(check) is not None:
        found.append((REFERENCE, "Reference photo, taken at check-in"))
    if _officers_of(check) is not None:
        found.append((OFFICER, "The office's photo"))
    shown = _document_of(check)
    if shown is not None and shown.photo_name:
        found.append((DOCUMENT, shown.get_document_type_display()))
    return [Photo(what, caption, _address(check, what, viewer, slug)) for what, caption in found]


def open_for(check: IdentityCheck, what: str, link: str, viewer: User) -> bytes:
    """The photo, after the checks; each view is logged.

    Raises NotFound, NotAllowed (`link_expired`, `link_invalid`), Conflict (`decided`, `altered`).
    """
    attempt = check.session.attempt
    if attempt is None:
        raise NotFound("There is no such photo here.")
    require_watch(attempt, viewer)
    check_link((check.pk, what), link, viewer)
    if check.state != CHECK_WAITING:
        raise Conflict("This check is decided; its photos are not shown any more.", code="decided")
    data, digest = _read(check, what)
    if hashlib.sha256(data).hexdigest() != digest:
        raise Conflict("This file is not the one that was stored; it is not shown.", code="altered")
    audit.record(
        check.institution, check, "identity_check.photo_viewed", actor=viewer, detail={"photo": what}
    )
    return data


def _read(check: IdentityCheck, what: str) -> tuple[bytes, str]:
    if what == REFERENCE:
        face = _reference_of(check)
        if face is not None:
            return store.read(face.photo_name), face.photo_sha256
    if what == OFFICER:
        officers = _officers_of(check)
        if officers is not None:
            return store.read(officers.photo_name), officers.photo_sha256
    if what == DOCUMENT:
        shown = _document_of(check)
        if shown is not None:
            return document.photo_of(shown), shown.photo_sha256
    raise NotFound("There is no such photo here.")


def _reference_of(check: IdentityCheck) -> ReferenceFace | None:
    return ReferenceFace.objects.filter(session=check.session_id, view=View.CHECK_IN).first()


def _officers_of(check: IdentityCheck) -> OfficerPhoto | None:
    """Shown whatever the candidate agreed to: a person who looks is no comparison by machine."""
    return officer_photos.photo_of(check.institution, check.session.candidate)


def _document_of(check: IdentityCheck) -> DocumentCheck | None:
    return DocumentCheck.objects.filter(session=check.session_id).first()


def _address(check: IdentityCheck, what: str, viewer: User, slug: str) -> str:
    link = make_link((check.pk, what), viewer)
    return f"/i/{slug}/watch/{check.sitting_id}/checks/{check.pk}/photos/{what}/?link={link}"
