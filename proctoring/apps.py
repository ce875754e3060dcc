"""Proctoring: capture, analysis, incidents, evidence, live pages and review."""

from django.apps import AppConfig


class ProctoringConfig(AppConfig):
    name = "proctoring"
    verbose_name = "Proctoring"

    def ready(self) -> None:
        from proctoring import checks, permissions, receivers  # noqa: F401  (they register themselves)
        from proctoring.compat import film_job  # noqa: F401  (registers its job)
        from proctoring.evidence import package  # noqa: F401  (registers its job)
        from proctoring.identity import tasks  # noqa: F401  (registers the jobs)
        from proctoring.law import mails, settings_changed  # noqa: F401  (they register themselves)
        from proctoring.meetings import live_recordings  # noqa: F401  (registers its job)
        from proctoring.meetings.own import mail_sending  # noqa: F401  (registers the job)
        from proctoring.pages import (
            home_part,  # noqa: F401  (shows own meetings on the start page)
            record_link,  # noqa: F401  (links to it from the pages of an attempt)
        )
        from proctoring.reports import files  # noqa: F401  (registers its job)
        from proctoring.review import incident_export_mails, trials  # noqa: F401  (register their jobs)
        from proctoring.rights import erasure, export_making, nightly  # noqa: F401  (register their jobs)
        from proctoring.rights import mail_sending as case_mails  # noqa: F401  (registers the job)
