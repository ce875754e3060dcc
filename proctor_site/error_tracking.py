"""Tells a service that understands Sentry's protocol of faults, when the operator names one; scrubbed."""

import re
from typing import Any

from django.conf import settings

from proctor_site.kernel import request_ids
from proctor_site.log_lines import scrub

_KEPT = (
    "event_id",
    "timestamp",
    "level",
    "platform",
    "logger",
    "exception",
    "release",
    "environment",
    "transaction",
)
_QUOTES_VALUES = re.compile(r"(django\.db|psycopg|sqlite3)")


def start() -> bool:
    """Begins to tell, if `PROCTOR_ERROR_TRACKING_DSN` is set; whether it does.

    The library is loaded only then. No request, no person, no variable, no breadcrumb leaves the house:
    what went wrong, where in the source, and the number of the request.
    """
    if not settings.ERROR_TRACKING_DSN:
        return False
    import sentry_sdk

    sentry_sdk.init(
        dsn=settings.ERROR_TRACKING_DSN,
        before_send=keep_little,  # type: ignore[arg-type]
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="",
        traces_sample_rate=None,
        environment=settings.ERROR_TRACKING_ENVIRONMENT,
    )
    return True


def keep_little(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """The event with nothing in it but what is in a scrubbed log entry."""
    kept = {name: event[name] for name in _KEPT if name in event}
    if isinstance(kept.get("transaction"), str):
        kept["transaction"] = scrub(kept["transaction"])
    for each in kept.get("exception", {}).get("values", []):
        quotes = _QUOTES_VALUES.match(each.get("module") or "") or each.get("type") == "ValidationError"
        each["value"] = "" if quotes else scrub(str(each.get("value") or ""))
        for frame in (each.get("stacktrace") or {}).get("frames", []):
            frame.pop("vars", None)
    told = event.get("logentry") or {}
    # The wording without what was put into it.
    kept["logentry"] = {"message": scrub(str(told.get("message") or ""))}
    kept["tags"] = {"request_id": request_ids.current()}
    return kept
