"""Each system check finds what it is there for, and nothing in a sound set-up."""

import resource
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from proctor_site import checks, deployment_checks
from proctor_site.settings import env

S3 = {"bucket_name": "evidence-store", "default_acl": None, "querystring_auth": True}
FOLDER = {"location": "/srv/evidence", "base_url": None}
POSTGRESQL = {"ENGINE": "django.db.backends.postgresql"}


def ids(messages: Any) -> list[str]:
    return [message.id for message in messages]


def _stores(options: dict[str, Any]) -> dict[str, Any]:
    return {alias: {"BACKEND": "x", "OPTIONS": options} for alias in ("evidence", "identity")}


def test_a_sound_set_up_passes() -> None:
    for check in (
        checks.refuse_unknown_names,
        checks.refuse_missing_secret,
        checks.refuse_memory_with_several_processes,
        checks.refuse_public_evidence,
        checks.refuse_incomplete_s3,
    ):
        assert check(None) == [], check.__name__


def test_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCTOR_EVIDENCE_STOER", "s3")
    [message] = checks.refuse_unknown_names(None)
    assert message.id == "proctor.E001"
    assert "PROCTOR_EVIDENCE_STOER" in message.msg


def test_known_names_are_known_whatever_is_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "PROCTOR_S3_BUCKET",
        "PROCTOR_DATABASE_POOL",
        "PROCTOR_SSL_REDIRECT",
        "PROCTOR_SECRET_KEY_FILE",
    ):
        monkeypatch.setenv(name, "1")
    assert checks.refuse_unknown_names(None) == []


def test_missing_secret(settings: Any) -> None:
    settings.SECRET_KEY_MISSING = True
    assert ids(checks.refuse_missing_secret(None)) == ["proctor.E002"]


def test_memory_with_several_processes(settings: Any) -> None:
    settings.WEB_PROCESSES = 2
    memory_layer = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    memory_cache = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    redis_layer = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}}
    redis_cache = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
    for layer, cache, count in (
        (memory_layer, memory_cache, 2),
        (redis_layer, memory_cache, 1),
        (memory_layer, redis_cache, 1),
        (redis_layer, redis_cache, 0),
    ):
        settings.CHANNEL_LAYERS, settings.CACHES = layer, cache
        assert ids(checks.refuse_memory_with_several_processes(None)) == ["proctor.E003"] * count


def test_memory_with_one_process_is_fine(settings: Any) -> None:
    settings.WEB_PROCESSES = 1
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    assert checks.refuse_memory_with_several_processes(None) == []


@pytest.mark.parametrize(
    "options",
    [
        FOLDER | {"base_url": "/media/"},
        FOLDER | {"location": "/srv/static/evidence"},
        S3 | {"default_acl": "public-read"},
        S3 | {"default_acl": "public-read-write"},
        S3 | {"querystring_auth": False},
    ],
    ids=["address", "inside static", "public-read", "public-read-write", "unsigned"],
)
def test_public_store(settings: Any, options: dict[str, Any]) -> None:
    settings.STATIC_ROOT = Path("/srv/static")
    settings.STORAGES = settings.STORAGES | _stores(options)
    assert ids(checks.refuse_public_evidence(None)) == ["proctor.E004", "proctor.E004"]


@pytest.mark.parametrize("options", [FOLDER, S3, S3 | {"default_acl": "private"}])
def test_private_store(settings: Any, options: dict[str, Any]) -> None:
    settings.STORAGES = settings.STORAGES | _stores(options)
    assert checks.refuse_public_evidence(None) == []


@pytest.mark.parametrize(("bucket", "found"), [("", 1), ("ab", 1), ("Not_Allowed", 1), ("evidence-1", 0)])
def test_bucket_name(settings: Any, bucket: str, found: int) -> None:
    settings.EVIDENCE_STORE = "s3"
    settings.STORAGES = settings.STORAGES | _stores(S3 | {"bucket_name": bucket})
    assert ids(checks.refuse_incomplete_s3(None)) == ["proctor.E005"] * found


def test_readable_data(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.EVIDENCE_FOLDER = tmp_path, tmp_path / "evidence"
    settings.EVIDENCE_SPOOL = tmp_path / "spool"
    tmp_path.chmod(0o700)
    (tmp_path / "evidence").mkdir(mode=0o700)
    assert deployment_checks.warn_readable_data(None) == []
    (tmp_path / "evidence").chmod(0o755)
    [message] = deployment_checks.warn_readable_data(None)
    assert (message.id, "evidence" in message.msg) == ("proctor.W006", True)


def test_few_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda which: (1_024, 4_096))
    assert ids(deployment_checks.warn_few_open_files(None)) == ["proctor.W007"]
    monkeypatch.setattr(resource, "getrlimit", lambda which: (65_536, 65_536))
    assert deployment_checks.warn_few_open_files(None) == []


def test_no_https(settings: Any) -> None:
    settings.BASE_URL = "http://exams.example.org"
    assert ids(deployment_checks.warn_no_https(None)) == ["proctor.W008"]
    settings.BASE_URL = "https://exams.example.org"
    assert deployment_checks.warn_no_https(None) == []


def test_no_template_key(settings: Any) -> None:
    settings.TEMPLATE_KEY = ""
    assert ids(deployment_checks.warn_no_template_key(None)) == ["proctor.W009"]
    settings.TEMPLATE_KEY = "a secret of its own"
    assert deployment_checks.warn_no_template_key(None) == []


def test_no_signing_key(settings: Any) -> None:
    settings.SIGNING_KEY = ""
    assert ids(deployment_checks.warn_no_signing_key(None)) == ["proctor.W010"]
    settings.SIGNING_KEY = "a secret of its own"
    assert deployment_checks.warn_no_signing_key(None) == []


def test_no_evidence_key(settings: Any) -> None:
    settings.EVIDENCE_KEY = ""
    assert ids(deployment_checks.warn_no_evidence_key(None)) == ["proctor.W011"]
    settings.EVIDENCE_KEY = "a secret of its own"
    assert deployment_checks.warn_no_evidence_key(None) == []


def test_every_setting_is_read_at_import() -> None:
    assert {"DATABASE_URL", "REDIS_URL", "PROCTOR_S3_SECRET_KEY_FILE"} <= env.KNOWN_NAMES


@pytest.mark.parametrize(
    ("database", "cache", "warnings"),
    [
        ({"ENGINE": "django.db.backends.sqlite3"}, "", 0),
        (POSTGRESQL | {"HOST": "127.0.0.1"}, "redis://localhost:6379/0", 0),
        (POSTGRESQL | {"HOST": "/run/postgresql"}, "redis://[::1]:6379/0", 0),
        (POSTGRESQL | {"HOST": "db.example.org"}, "redis://cache.example.org/0", 2),
        (POSTGRESQL | {"HOST": "db.example.org", "OPTIONS": {"sslmode": "require"}}, "", 1),
        (POSTGRESQL | {"HOST": "10.0.0.5", "OPTIONS": {"sslmode": "verify-full"}}, "rediss://10.0.0.6/0", 0),
        (POSTGRESQL | {"HOST": ""}, "rediss://cache.example.org/0?ssl_cert_reqs=none", 1),
    ],
)
def test_plain_servers(
    settings: Any, monkeypatch: pytest.MonkeyPatch, database: dict[str, Any], cache: str, warnings: int
) -> None:
    monkeypatch.setattr(django_settings, "DATABASES", {"default": database})
    settings.REDIS_URL = cache
    assert ids(deployment_checks.warn_plain_servers(None)) == ["proctor.W012"] * warnings
    settings.PRIVATE_NETWORK = True
    assert deployment_checks.warn_plain_servers(None) == []
