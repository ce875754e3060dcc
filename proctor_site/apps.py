"""The assembling application: registers the system checks and the pages of the admin site."""

from importlib import import_module

from django.apps import AppConfig


class ProctorSiteConfig(AppConfig):
    name = "proctor_site"
    verbose_name = "Proctor"

    def ready(self) -> None:
        from proctor_site import checks, deployment_checks, error_tracking  # noqa: F401  (checks register)

        error_tracking.start()
        for name in ("accounts", "exams", "proctoring"):
            import_module(f"{name}.admin")  # each package registers its pages on accounts.admin.site
