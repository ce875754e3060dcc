"""Addresses of the pages about the law; the public one is outside of `/i/`, which is for members only."""

from django.urls import URLPattern, path

from proctoring.pages import law
from proctoring.pages.deletion_certificate import deletion_certificate

_LAW = "i/<slug:slug>/law/"

urlpatterns: list[URLPattern] = [
    path(_LAW, law.law, name="law"),
    path(_LAW + "publish/", law.publish, name="law_publish"),
    path(_LAW + "<slug:kind>/<int:number>/", law.law_document, name="law_document"),
    path(_LAW + "<slug:kind>/<int:number>/changes/", law.law_changes, name="law_changes"),
    path("privacy/<slug:slug>/", law.public_privacy, name="public_privacy"),
    path("deletion/<uuid:certificate_id>/", deletion_certificate, name="deletion_certificate"),
]
