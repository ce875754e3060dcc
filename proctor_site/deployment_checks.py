"""Checks of `manage.py check --deploy`: what works on one's own machine but not for a real exam."""

import resource
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

FILES_NEEDED = 4_096
"""Open files: one per candidate's and proctor's socket, some for the database and the analysers."""
_OTHERS = 0o077


@register(deploy=True)
def warn_readable_data(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W006: a folder with evidence or keys that other users of the machine can read."""
    folders = [
        Path(each)
        for each in (
            settings.DATA_DIR,
            settings.EVIDENCE_FOLDER,
            settings.IDENTITY_FOLDER,
            settings.EVIDENCE_SPOOL,
        )
    ]
    return [
        Warning(
            f"Other users of this machine can read {folder}.",
            hint=f"chmod 700 {folder}",
            id="proctor.W006",
        )
        for folder in folders
        if folder.is_dir() and folder.stat().st_mode & _OTHERS
    ]


@register(deploy=True)
def warn_few_open_files(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W007: a limit of open files that a full hall would reach."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY or allowed >= FILES_NEEDED:
        return []
    return [
        Warning(
            f"A process may open {allowed} files; every connected candidate needs one.",
            hint=f"Raise the limit to {FILES_NEEDED} or more (ulimit -n, or LimitNOFILE in a systemd unit).",
            id="proctor.W007",
        )
    ]


@register(deploy=True)
def warn_no_https(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W008: an address without https, where browsers give no camera."""
    if settings.BASE_URL.startswith("https://"):
        return []
    return [
        Warning(
            f"PROCTOR_BASE_URL is {settings.BASE_URL}: browsers give a camera to https (and localhost) only.",
            hint="Put a proxy with a certificate in front, and name its address.",
            id="proctor.W008",
        )
    ]


@register(deploy=True)
def warn_no_template_key(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W009: face templates encrypted with a key that changes when the secret key is changed."""
    if settings.TEMPLATE_KEY:
        return []
    return [
        Warning(
            "Face templates are encrypted with a key made from the secret key; changing that one would make "
            "them unreadable.",
            hint="Set PROCTOR_TEMPLATE_KEY, or PROCTOR_TEMPLATE_KEY_FILE, to a secret of its own.",
            id="proctor.W009",
        )
    ]


@register(deploy=True)
def warn_no_signing_key(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W010: signatures made with a key that changes when the secret key is changed."""
    if settings.SIGNING_KEY:
        return []
    return [
        Warning(
            "Manifests and certificates are signed with a key made from the secret key; changing that one "
            "would leave them unverifiable.",
            hint="Set PROCTOR_SIGNING_KEY_FILE to a key of its own: openssl genpkey -algorithm ed25519",
            id="proctor.W010",
        )
    ]


@register(deploy=True)
def warn_no_evidence_key(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W011: evidence and photos encrypted with a key that changes when the secret key is changed."""
    if settings.EVIDENCE_KEY:
        return []
    return [
        Warning(
            "Evidence is encrypted with a key made from the secret key; changing that one would make all of "
            "it unreadable.",
            hint="Set PROCTOR_EVIDENCE_KEY, or PROCTOR_EVIDENCE_KEY_FILE, to a secret of its own.",
            id="proctor.W011",
        )
    ]


@register(deploy=True)
def warn_plain_servers(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W012: PostgreSQL or Redis on another host without TLS, or with TLS that believes any certificate."""
    if settings.PRIVATE_NETWORK:
        return []
    found: list[CheckMessage] = []
    database = settings.DATABASES["default"]
    sure = database.get("OPTIONS", {}).get("sslmode") in ("verify-ca", "verify-full")
    if database["ENGINE"].endswith("postgresql") and not sure and not _is_here(database.get("HOST", "")):
        found.append(
            _can_be_read("PostgreSQL", "?sslmode=verify-full&sslrootcert=/path/to/ca.pem", "DATABASE_URL")
        )
    cache = urlsplit(settings.REDIS_URL)
    believed = parse_qs(cache.query).get("ssl_cert_reqs", ["required"])[-1]
    sure = (cache.scheme, believed) == ("rediss", "required")
    if cache.scheme and not sure and not _is_here(cache.hostname or ""):
        found.append(_can_be_read("Redis", "rediss://…?ssl_ca_certs=/path/to/ca.pem", "REDIS_URL"))
    return found


def _can_be_read(server: str, better: str, setting: str) -> CheckMessage:
    return Warning(
        f"Anybody on the way to {server} can read along.",
        hint=f"Write {better} in {setting}, or say PROCTOR_PRIVATE_NETWORK=yes where nobody else hears.",
        id="proctor.W012",
    )


def _is_here(host: str) -> bool:
    """Whether nothing leaves this machine: a loopback address, or a socket in a folder."""
    if host in ("", "localhost") or host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
