"""Addresses of the proctor's pages and of evidence."""

from django.urls import URLPattern, path

from proctoring.pages.evidence_file import evidence_file, evidence_links, open_review
from proctoring.pages.proctor_wall import candidate_details, proctor_wall
from proctoring.pages.watch_list import watch_list

_HERE = "i/<slug:slug>/"

urlpatterns: list[URLPattern] = [
    path(_HERE + "watch/", watch_list, name="watch_list"),
    path(_HERE + "watch/<int:sitting_id>/", proctor_wall, name="proctor_wall"),
    path(
        _HERE + "watch/<int:sitting_id>/candidates/<int:enrolment_id>/",
        candidate_details,
        name="watched_candidate",
    ),
    path(_HERE + "evidence/<int:item_id>/", evidence_file, name="evidence_file"),
    path(_HERE + "incidents/<int:incident_id>/evidence/", evidence_links, name="evidence_links"),
    path(_HERE + "incidents/<int:incident_id>/review/", open_review, name="open_review"),
]
