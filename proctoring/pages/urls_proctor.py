"""Addresses of the proctor's pages and of evidence."""

from django.urls import URLPattern, path

from proctoring.pages.evidence_file import (
    call_recording,
    evidence_captions,
    evidence_file,
    evidence_links,
    incident_sounds,
    open_incident_export,
    open_precision,
    open_review,
)
from proctoring.pages.identity_checks import decide, identity_checks, identity_photo
from proctoring.pages.proctor_wall import candidate_details, proctor_wall
from proctoring.pages.rota import proctor_rota
from proctoring.pages.showings import shown_photo
from proctoring.pages.watch_list import watch_list

_HERE = "i/<slug:slug>/"
_CHECK = _HERE + "watch/<int:sitting_id>/checks/<int:check_id>/"

urlpatterns: list[URLPattern] = [
    path(_HERE + "watch/", watch_list, name="watch_list"),
    path(_HERE + "watch/<int:sitting_id>/", proctor_wall, name="proctor_wall"),
    path(
        _HERE + "watch/<int:sitting_id>/candidates/<int:enrolment_id>/",
        candidate_details,
        name="watched_candidate",
    ),
    path(_HERE + "watch/<int:sitting_id>/proctors/", proctor_rota, name="proctor_rota"),
    path(_HERE + "watch/<int:sitting_id>/checks/", identity_checks, name="identity_checks"),
    path(_CHECK + "decide/", decide, name="identity_check_decide"),
    path(_CHECK + "photos/<slug:what>/", identity_photo, name="identity_photo"),
    path(_HERE + "watch/<int:sitting_id>/showings/<int:showing_id>/photo/", shown_photo, name="shown_photo"),
    path(_HERE + "evidence/<int:item_id>/", evidence_file, name="evidence_file"),
    path(_HERE + "evidence/<int:item_id>/captions/", evidence_captions, name="evidence_captions"),
    path(_HERE + "incidents/<int:incident_id>/sounds/", incident_sounds, name="incident_sounds"),
    path(_HERE + "calls/<int:call_id>/recording/", call_recording, name="call_recording"),
    path(_HERE + "incidents/<int:incident_id>/evidence/", evidence_links, name="evidence_links"),
    path(
        _HERE + "incidents/exports/<int:incident_export_id>/",
        open_incident_export,
        name="open_incident_export",
    ),
    path(_HERE + "precision/", open_precision, name="open_precision"),
    path(_HERE + "incidents/<int:incident_id>/review/", open_review, name="open_review"),
]
