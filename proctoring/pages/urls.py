"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("proctoring.pages.urls_candidate")),
    path("", include("proctoring.pages.urls_proctor")),
    path("", include("proctoring.pages.urls_meetings")),
]
