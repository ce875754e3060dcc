"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, include, path

from proctoring.pages.evidence_key import evidence_key

urlpatterns: list[URLPattern | URLResolver] = [
    path("evidence-key/", evidence_key, name="evidence_key"),
    path("", include("proctoring.pages.urls_candidate")),
    path("", include("proctoring.pages.urls_record")),
    path("", include("proctoring.pages.urls_proctor")),
    path("", include("proctoring.pages.urls_law")),
    path("", include("proctoring.pages.urls_meetings")),
    path("", include("proctoring.pages.urls_interviews")),
    path("", include("proctoring.pages.urls_reports")),
]
