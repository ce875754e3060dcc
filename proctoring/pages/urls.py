"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, include, path

from proctoring.pages import demo_camera
from proctoring.pages.evidence_key import evidence_key

urlpatterns: list[URLPattern | URLResolver] = [
    path("evidence-key/", evidence_key, name="evidence_key"),
    path("demo/camera/", demo_camera.page, name="demo_camera"),
    path("demo/camera/token/", demo_camera.token, name="demo_camera_token"),
    path("", include("proctoring.pages.urls_candidate")),
    path("", include("proctoring.pages.urls_record")),
    path("", include("proctoring.pages.urls_proctor")),
    path("", include("proctoring.pages.urls_law")),
    path("", include("proctoring.pages.urls_meetings")),
    path("", include("proctoring.pages.urls_interviews")),
    path("", include("proctoring.pages.urls_reports")),
]
