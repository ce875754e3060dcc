"""Logging to standard error, one entry a line, without personal data; faults to a service that is named."""

from proctor_site.settings import env

LOG_FORMAT = env.choice("PROCTOR_LOG_FORMAT", "text", ("text", "json"))
ERROR_TRACKING_DSN = env.secret("PROCTOR_ERROR_TRACKING_DSN")
"""Address with key of a service that understands Sentry's protocol; empty: nobody is told of faults."""
ERROR_TRACKING_ENVIRONMENT = env.text("PROCTOR_ERROR_TRACKING_ENVIRONMENT", "production")
"""What that service calls this installation."""
METRICS_TOKEN = env.secret("PROCTOR_METRICS_TOKEN")
"""With it, figures are read by who sends it as bearer; without it, from this machine only."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "proctor_site.log_lines.TextLines"},
        "json": {"()": "proctor_site.log_lines.JsonLines"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "last_errors": {"class": "proctor_site.last_errors.LastErrors", "level": "ERROR"},
    },
    "root": {"handlers": ["console", "last_errors"], "level": env.text("PROCTOR_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "propagate": True},
        "uvicorn.access": {"level": "WARNING"},
        # uvicorn brings a formatter of its own, which knows no number and masks nothing.
        "uvicorn": {"handlers": [], "propagate": True},
        "uvicorn.error": {"handlers": [], "propagate": True},
        "django_tasks": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "servestatic": {"level": "WARNING"},
    },
}
