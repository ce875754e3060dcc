"""Proctoring: capture, analysis, incidents, evidence, live pages and review."""

from django.apps import AppConfig


class ProctoringConfig(AppConfig):
    name = "proctoring"
    verbose_name = "Proctoring"

    def ready(self) -> None:
        from proctoring import checks, permissions, receivers  # noqa: F401  (they register themselves)
        from proctoring.identity import tasks  # noqa: F401  (registers the jobs)
        from proctoring.meetings import live_recordings  # noqa: F401  (registers its job)
        from proctoring.meetings.own import mail_sending  # noqa: F401  (registers the job)
        from proctoring.pages import home_part  # noqa: F401  (shows own meetings on the start page)
