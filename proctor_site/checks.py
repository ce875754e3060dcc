"""System checks that refuse a set-up which would lose data, leak evidence or hide a typing mistake."""

import string
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from proctor_site.settings import env


@register()
def refuse_unknown_names(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E001: a PROCTOR_* name that nothing reads."""
    return [
        Error(
            f"{name} is set, but there is no setting of that name.",
            hint="Look for a typing mistake; docs/operations.md lists the names.",
            id="proctor.E001",
        )
        for name in env.unknown_names()
    ]


@register(Tags.security)
def refuse_missing_secret(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E002: no secret key."""
    if not settings.SECRET_KEY_MISSING:
        return []
    return [
        Error(
            "No secret key is set.",
            hint="Set PROCTOR_SECRET_KEY, or PROCTOR_SECRET_KEY_FILE to a file only the server can read.",
            id="proctor.E002",
        )
    ]


@register()
def refuse_memory_with_several_processes(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E003: several processes that would each keep their own cache and channel layer."""
    several = settings.WEB_PROCESSES > 1
    if not several and settings.ROLE == "all":
        return []
    in_memory = [
        name
        for name, backend in (
            ("channel layer", settings.CHANNEL_LAYERS["default"]["BACKEND"]),
            ("cache", settings.CACHES["default"]["BACKEND"]),
        )
        if "memory" in backend.lower() or "locmem" in backend.lower()
    ]
    why = (
        f"PROCTOR_WEB_PROCESSES is {settings.WEB_PROCESSES}"
        if several
        else f"The work is shared between roles (PROCTOR_ROLE is {settings.ROLE})"
    )
    return [
        Error(
            f"{why}, but the {name} lives in the memory of one process.",
            hint="Set REDIS_URL, or run one process.",
            id="proctor.E003",
        )
        for name in in_memory
    ]


@register(Tags.security)
def refuse_public_evidence(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E004: a store whose files anybody could fetch by address."""
    found: list[CheckMessage] = []
    for alias in ("evidence", "identity"):
        options = settings.STORAGES[alias].get("OPTIONS", {})
        reason = _why_public(options)
        if reason:
            found.append(
                Error(
                    f"The {alias} store is public: {reason}.",
                    hint="Evidence must leave only through the permission check.",
                    id="proctor.E004",
                )
            )
    return found


def _why_public(options: dict[str, Any]) -> str:
    if options.get("base_url"):
        return "it has an address of its own (base_url)"
    if str(options.get("default_acl") or "").startswith("public"):
        return f"its access list is {options['default_acl']} (PROCTOR_S3_ACL)"
    if options.get("querystring_auth") is False:
        return "its links are not signed"
    location = str(options.get("location", ""))
    if location.startswith("/") and location.startswith(
        (str(settings.STATIC_ROOT), str(settings.MEDIA_ROOT))
    ):
        return "it lies inside a folder that is served"
    return ""


@register()
def refuse_incomplete_s3(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E005: a store in S3 without a usable bucket name."""
    return [
        Error(
            f"{variable} is {bucket!r}; a bucket name has 3 or more of a-z, 0-9, '.' and '-'.",
            hint=f"Set {variable} (and its ENDPOINT for a store other than AWS).",
            id="proctor.E005",
        )
        for kind, alias, variable in (
            (settings.EVIDENCE_STORE, "evidence", "PROCTOR_S3_BUCKET"),
            (settings.IDENTITY_STORE, "identity", "PROCTOR_IDENTITY_S3_BUCKET"),
        )
        if kind == "s3" and not _is_bucket(bucket := settings.STORAGES[alias]["OPTIONS"]["bucket_name"])
    ]


def _is_bucket(name: str) -> bool:
    return len(name) >= 3 and set(name) <= set(string.ascii_lowercase + string.digits + ".-")
