"""Exams: questions, sittings, attempts, answers, marks. Knows nothing of proctoring."""

from django.apps import AppConfig


class ExamsConfig(AppConfig):
    name = "exams"
    verbose_name = "Exams"

    def ready(self) -> None:
        from exams import admin, permissions  # noqa: F401  (register admin pages and rules)
        from exams.bank import tasks as bank_tasks  # noqa: F401  (registers the jobs)
        from exams.delivery import receivers as delivery_receivers  # noqa: F401  (follows groups)
        from exams.delivery import (
            sign_out_warnings,  # noqa: F401  (registers what it says)
            telling,  # noqa: F401  (tells other systems)
        )
        from exams.marking import receivers as marking_receivers  # noqa: F401  (follows attempts)
        from exams.reports import receivers as report_receivers  # noqa: F401  (follows releases)
        from exams.reports import tasks  # noqa: F401  (registers the job)
        from exams.scheduling import receivers  # noqa: F401  (listens for new candidates)
        from exams.scheduling import tasks as scheduling_tasks  # noqa: F401  (registers the jobs)
