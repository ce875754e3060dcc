"""The kinds of jobs of the bank; importing this registers them."""

from exams.bank import import_jobs

__all__ = ["import_jobs"]
