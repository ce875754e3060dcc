"""All addresses: pages, API, admin, health."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from accounts.admin.site import site
from proctor_site import api_docs, health, metrics, operations

handler400 = "proctor_site.error_pages.bad_request"
handler500 = "proctor_site.error_pages.server_error"

urlpatterns = [
    path("health/live/", health.live, name="health_live"),
    path("health/ready/", health.ready, name="health_ready"),
    path("health/metrics/", metrics.page, name="health_metrics"),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("admin/operations/", operations.page, name="operations"),
    path("admin/", site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("api/docs/", api_docs.page, name="api_docs"),
    path("api/v1/institution/", include("accounts.api.urls")),
    path("api/v1/institution/", include("exams.api.office.urls")),
    path("api/v1/institution/", include("proctoring.api.office.urls")),
    path("api/v1/", include("exams.api.urls")),
    path("api/v1/", include("proctoring.api.urls")),
    path("", include("accounts.pages.urls")),
    path("", include("exams.pages.urls")),
    path("", include("proctoring.pages.urls")),
]

handler404 = "proctor_site.api_errors.not_found"
