"""Jobs: work that may wait, queued as rows of our database (django-tasks-db)."""

from proctor_site.settings import env
from proctor_site.settings.roles import ROLE

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
JOBS_IN_PROCESS = env.flag("PROCTOR_JOBS_IN_PROCESS", default=ROLE == "all")
"""The web process carries out jobs itself; off when `manage.py run_jobs` runs elsewhere."""
