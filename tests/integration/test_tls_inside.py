"""PostgreSQL and Redis over TLS: certificates are checked, and cache, channel layer and tables work."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from tests.contracts.project_files import ROOT
from tests.e2e.server import free_port
from tests.faults.world import postgresql_programs, why_not
from tests.integration.certificates import make_certificate

ASKED = """
import json, asyncio
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.cache import cache
from django.db import connection

async def there_and_back():
    layer = get_channel_layer()
    mine = await layer.new_channel()
    await layer.send(mine, {"type": "said"})
    return (await asyncio.wait_for(layer.receive(mine), 10))["type"]

cache.set("asked", "kept", 60)
with connection.cursor() as cursor:
    cursor.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    is_secret = cursor.fetchone()[0]
print(json.dumps([is_secret, cache.get("asked"), async_to_sync(there_and_back)()]))
"""
pytestmark = [pytest.mark.slow, pytest.mark.redis, pytest.mark.postgresql]


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Of servers that speak TLS as `localhost`, without the certificate that vouches for them."""
    if reason := why_not():
        pytest.skip(reason)
    with ExitStack() as around:
        folder = Path(around.enter_context(tempfile.TemporaryDirectory(prefix="proctor-tls-")))
        folder.chmod(0o755)  # the user of PostgreSQL must reach its cluster in it
        make_certificate(folder, "localhost")
        yield {
            "REDIS_URL": around.enter_context(_redis(folder)),
            "DATABASE_URL": around.enter_context(_postgresql(folder)),
            "CA": str(folder / "fullchain.pem"),
        }


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[None]:
    with log.open("ab") as to:
        process = subprocess.Popen(command, stdout=to, stderr=to)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    port = free_port()
    command = ["redis-server", "--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--save", ""]
    for name, file in (("cert", "fullchain"), ("key", "privkey"), ("ca-cert", "fullchain")):
        command += [f"--tls-{name}-file", str(folder / f"{file}.pem")]
    command += ["--tls-auth-clients", "no"]
    with _running([*command, "--dir", str(folder)], folder / "redis.log"):
        plain = f"rediss://localhost:{port}/0"
        _until_answered(lambda: redis.Redis.from_url(f"{plain}?ssl_cert_reqs=none").ping())
        yield plain


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    programs = postgresql_programs()
    assert programs is not None
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    base, port = folder / "cluster", free_port()
    base.mkdir()
    if as_user:
        shutil.chown(base, "postgres")
    make = [*as_user, str(programs / "initdb"), "-D", str(base), "-U", "postgres", "-A", "trust"]
    subprocess.run([*make, "--locale", "C"], check=True, capture_output=True)
    for name, kept in (("fullchain.pem", "server.crt"), ("privkey.pem", "server.key")):
        shutil.copyfile(folder / name, base / kept)
        (base / kept).chmod(0o600)
        if as_user:
            shutil.chown(base / kept, "postgres")
    command = [*as_user, str(programs / "postgres"), "-D", str(base), "-p", str(port), "-h", "localhost"]
    command += ["-c", "ssl=on", "-c", "unix_socket_directories=", "-c", "fsync=off"]
    with _running(command, folder / "postgresql.log"):
        plain = f"postgresql://postgres@localhost:{port}/postgres"
        _until_answered(lambda: psycopg.connect(plain, connect_timeout=2).close())
        yield plain


def _until_answered(ask: Callable[[], object]) -> None:
    ends = time.monotonic() + 60
    while True:
        try:
            ask()
            return
        except (redis.RedisError, psycopg.Error):
            assert time.monotonic() < ends, "the server was not ready in time"
            time.sleep(0.1)


def _ask(folder: Path, database: str, cache: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROCTOR_")}
    environment |= {
        "DATABASE_URL": database,
        "REDIS_URL": cache,
        "PROCTOR_DATA_DIR": str(folder),
        "PROCTOR_SECRET_KEY": "only-for-this-test-" + "z" * 40,
    }
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", ASKED]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_what_goes_to_servers_is_secret(addresses: dict[str, str], tmp_path: Path) -> None:
    done = _ask(
        tmp_path,
        f"{addresses['DATABASE_URL']}?sslmode=verify-full&sslrootcert={addresses['CA']}",
        f"{addresses['REDIS_URL']}?ssl_ca_certs={addresses['CA']}",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [True, "kept", "said"]


def test_servers_that_nobody_vouches_for_are_not_believed(addresses: dict[str, str], tmp_path: Path) -> None:
    make_certificate(tmp_path, "localhost")  # of the same name, by somebody else
    known, other = addresses["CA"], tmp_path / "fullchain.pem"
    for database, cache in ((other, known), (known, other)):
        done = _ask(
            tmp_path,
            f"{addresses['DATABASE_URL']}?sslmode=verify-full&sslrootcert={database}",
            f"{addresses['REDIS_URL']}?ssl_ca_certs={cache}",
        )
        assert done.returncode != 0 and "certificate verify failed" in done.stderr, done.stderr
