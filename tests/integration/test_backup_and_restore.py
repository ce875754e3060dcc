"""A copy of an installation with evidence, put into an empty one: same rows, same bytes, proved whole."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from psycopg import sql

from tests.contracts.project_files import ROOT
from tests.integration import servers
from tests.quick_database import migrated_tables, migrated_template

SEED = """
import django; django.setup()
from accounts.models import User
from accounts.roles import Role
from accounts.tenancy import within
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from exams.delivery.journal import save_batch
from proctor_site.kernel import clock
from proctoring.evidence import store
from proctoring.evidence.exhibits import Picture
from tests.capture import RED, frame
from tests.factories.accounts import make_institution, make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session
institution = make_institution("Copied College", "copied")
with within(institution):
    user = make_member(institution, Role.CANDIDATE)
    attempt = make_attempt(enrol(make_sitting(make_exam(institution)), user))
    item = attempt.paper.first()
    change = {"client_sequence": 1, "item": item.pk, "value": "b", "client_at": "2026-11-23T10:00:00Z"}
    assert save_batch(attempt, device="device-1", changes=[change]).accepted == [1]
    incident = make_incident(make_session(attempt))
    store.keep(incident, [Picture(n, clock.now(), frame(RED, seed=n)) for n in (1, 2)])
    store.flush()
    storages["question_media"].save(f"{institution.pk}/q/picture.png", ContentFile(b"a picture"))
"""
COUNT = """
import django, json; django.setup()
from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import across_all
from exams.models import JournalEntry
from proctoring.evidence import custody
from proctoring.models import EvidenceItem, MonitoringSession
with across_all():
    models = (Institution, User, AuditEntry, JournalEntry, EvidenceItem)
    rows = {each.__name__: each._base_manager.count() for each in models}
    broken = [str(custody.first_broken(each)) for each in MonitoringSession.objects.all()]
    hashes = sorted(EvidenceItem.objects.values_list("sha256", flat=True))
print(json.dumps([rows, broken, hashes]))
"""


@dataclass
class Place:
    """An installation: a data folder and a database."""

    folder: Path
    settings: dict[str, str]

    def run(self, *command: str, secret: str = "s") -> subprocess.CompletedProcess[str]:
        """A command of ours there."""
        plain = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PROCTOR_", "DJANGO_")) and name not in ("DATABASE_URL", "REDIS_URL")
        }
        environment = plain | self.settings | {
            "DJANGO_SETTINGS_MODULE": "proctor_site.settings",
            "PROCTOR_DATA_DIR": str(self.folder),
            "PROCTOR_SECRET_KEY": secret * 50,
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    def manage(self, *words: str, secret: str = "s") -> subprocess.CompletedProcess[str]:
        """A management command there."""
        return self.run("manage.py", *words, secret=secret)

    def facts(self) -> list[object]:
        """Rows, broken chains and hashes."""
        done = self.run("-c", COUNT)
        assert done.returncode == 0, done.stderr
        found: list[object] = json.loads(done.stdout.splitlines()[-1])
        return found


@dataclass
class Copied:
    """A seeded installation, its copy, and an empty installation of the same kind."""

    source: Place
    copy: Path
    target: Place


def _on_sqlite(folder: Path) -> tuple[Place, Place, bool]:
    source, target = Place(folder / "source", {}), Place(folder / "target", {})
    for each in (source, target):
        each.folder.mkdir(mode=0o700)
    tables = migrated_tables()
    if tables is not None:
        shutil.copyfile(tables, source.folder / "db.sqlite3")
    return source, target, tables is not None


def _make_anew(name: str, template: str = "template1") -> None:
    """An empty database of that name, or a copy of `template`."""
    address = servers.POSTGRESQL.rpartition("/")[0]
    with psycopg.connect(f"{address}/postgres", autocommit=True) as server:
        words = (sql.Identifier(name), sql.Identifier(template))
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(words[0]))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*words))


def _on_postgresql(folder: Path, names: tuple[str, str]) -> tuple[Place, Place, bool]:
    address = servers.POSTGRESQL.rpartition("/")[0]
    template = migrated_template()
    with psycopg.connect(f"{address}/postgres", autocommit=True) as server:
        is_there = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone()
    for name, begins in zip(names, (template if is_there else "template1", "template1"), strict=True):
        _make_anew(name, begins)
    made = [Place(folder / name, {"DATABASE_URL": f"{address}/{name}"}) for name in names]
    for each in made:
        each.folder.mkdir(mode=0o700)
    return made[0], made[1], bool(is_there)


def _in_buckets(source: Place, target: Place, s3: dict[str, str]) -> None:
    """Each installation has its files in a bucket of its own; pictures of people in a folder of theirs."""
    for place, bucket in ((source, servers.BUCKET), (target, "proctor-restored")):
        place.settings |= s3 | {"PROCTOR_S3_BUCKET": bucket}
    _bucket_client(s3).create_bucket(
        Bucket="proctor-restored", CreateBucketConfiguration={"LocationConstraint": s3["PROCTOR_S3_REGION"]}
    )


def _bucket_client(s3: dict[str, str]) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=s3["PROCTOR_S3_ENDPOINT"],
        region_name=s3["PROCTOR_S3_REGION"],
        aws_access_key_id=s3["PROCTOR_S3_ACCESS_KEY"],
        aws_secret_access_key=s3["PROCTOR_S3_SECRET_KEY"],
    )


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def copied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Iterator[Copied]:
    """On SQLite with folders, on PostgreSQL with a bucket, as larger installations have them."""
    folder = tmp_path_factory.mktemp("copied")
    names = (f"proctor_copied_{os.getpid()}", f"proctor_empty_{os.getpid()}")
    if request.param == "postgresql":
        why = servers.why_no_postgresql() or ("" if shutil.which("pg_dump") else "pg_dump is not installed")
        if why:
            pytest.skip(why)
        source, target, is_migrated = _on_postgresql(folder, names)
    else:
        source, target, is_migrated = _on_sqlite(folder)
    s3 = contextlib.ExitStack()
    try:
        if request.param == "postgresql":
            _in_buckets(source, target, s3.enter_context(servers.s3_fake()))
        if not is_migrated:
            assert (done := source.manage("migrate", "--noinput")).returncode == 0, done.stderr
        assert (done := source.run("-c", SEED)).returncode == 0, done.stderr
        assert (done := source.manage("backup", str(folder / "copy"))).returncode == 0, done.stderr
        assert "It holds no keys" in done.stdout
        yield Copied(source, folder / "copy", target)
    finally:
        s3.close()
        if request.param == "postgresql":
            address = servers.POSTGRESQL.rpartition("/")[0]
            with psycopg.connect(f"{address}/postgres", autocommit=True) as server:
                for name in names:
                    words = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                    server.execute(words)


pytestmark = pytest.mark.slow


def test_a_copy_comes_back_whole_and_only_into_an_empty_place(copied: Copied) -> None:
    """In one test, because each step is a process of its own."""
    source, copy, target = copied.source, copied.copy, copied.target
    keys = "s" * 50
    assert not [path for path in copy.rglob("*") if path.is_file() and keys.encode() in path.read_bytes()]
    assert not [path for path in copy.rglob("*") if path.stat().st_mode & 0o077]

    if not target.settings:  # once is enough: the database has no part in it
        _refuses(copied)
    done = target.manage("restore", str(copy))
    assert done.returncode == 0, done.stderr + done.stdout
    assert "1 sessions checked, all whole" in done.stdout
    rows, broken, hashes = source.facts()
    assert target.facts() == [rows, broken, hashes]
    assert broken == ["None"] and len(hashes) == 2  # type: ignore[arg-type]
    assert _files(source) == _files(target) != {}
    if target.settings:
        _stand_in_folders(copied)
    else:
        _move_into_a_bucket_and_back(copied)


def _refuses(copied: Copied) -> None:
    """What was altered, what was signed by another key, and an installation where people are."""
    copy, target = copied.copy, copied.target
    picture = copy / "stores/question_media/1/q/picture.png"
    assert picture.read_bytes() == b"a picture"
    picture.write_bytes(b"a forgery")
    altered = target.manage("restore", str(copy))
    assert altered.returncode == 1 and "picture.png was altered" in altered.stderr
    picture.write_bytes(b"a picture")
    other_key = target.manage("restore", "--check", str(copy), secret="t")
    assert other_key.returncode == 1 and "signature" in other_key.stderr
    again = copied.source.manage("restore", str(copy))
    assert again.returncode == 1 and "has people or institutions" in again.stderr


def _files(place: Place) -> dict[str, bytes]:
    if "PROCTOR_S3_BUCKET" in place.settings:
        bucket, client = place.settings["PROCTOR_S3_BUCKET"], _bucket_client(place.settings)
        names = [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]]
        return {name: client.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names}
    folder = place.folder / "evidence"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _stand_in_folders(copied: Copied) -> None:
    """A copy of a bucket goes into folders as well: the way out of a store that is given up."""
    source, target = copied.source, copied.target
    database = {"DATABASE_URL": target.settings["DATABASE_URL"]}
    folders = Place(target.folder.with_name("folders"), database)
    folders.folder.mkdir(mode=0o700)
    _make_anew(target.settings["DATABASE_URL"].rpartition("/")[2])
    done = folders.manage("restore", str(copied.copy))
    assert done.returncode == 0, done.stderr + done.stdout
    assert _files(folders) == _files(source)


def _move_into_a_bucket_and_back(copied: Copied) -> None:
    """Folders are given up for a bucket, and the bucket for folders; nothing is changed on the way."""
    folder = copied.source.folder.parent
    with servers.s3_fake() as s3:
        moved = Place(folder / "moved", s3 | {"PROCTOR_S3_BUCKET": "proctor-nowhere"})
        moved.folder.mkdir(mode=0o700)
        done = moved.manage("restore", str(copied.copy))
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert "The store evidence fails" in done.stderr and "NoSuchBucket" in done.stderr
        assert done.stderr.rstrip().endswith("Nothing was changed.")

        moved.settings |= {"PROCTOR_S3_BUCKET": servers.BUCKET}
        done = moved.manage("restore", str(copied.copy))
        assert done.returncode == 0, done.stderr + done.stdout
        assert moved.facts() == copied.source.facts()
        before = _files(copied.source)
        assert _files(moved) == before
        assert not (moved.folder / "evidence").exists()
        again = moved.manage("backup", str(folder / "copy-of-bucket"))
        assert again.returncode == 0, again.stderr
        moved.settings |= {"PROCTOR_S3_BUCKET": "proctor-nowhere"}
        unread = moved.manage("backup", str(folder / "copy-of-nothing"))
        assert unread.returncode == 1 and "The store evidence fails" in unread.stderr
    back = Place(folder / "back", {})
    back.folder.mkdir(mode=0o700)
    done = back.manage("restore", str(folder / "copy-of-bucket"))
    assert done.returncode == 0, done.stderr + done.stdout
    assert _files(back) == before and back.facts() == copied.source.facts()


def test_what_a_store_does_not_do_is_told_with_what_to_do_then() -> None:
    from proctor_site.backups import stores
    from proctor_site.kernel.errors import Conflict, Unavailable

    told = pytest.raises(Unavailable, match=r"store reports fails: disk full \(OSError\)\. Begin anew\.")
    with told, stores.named("reports", "Begin anew."):
        raise OSError("disk\nfull")
    for passes in (Conflict("ours"), FileNotFoundError("gone")):
        with pytest.raises(type(passes)), stores.named("reports"):
            raise passes


def test_an_unsigned_folder_is_no_copy(tmp_path: Path) -> None:
    from proctor_site.backups import manifest
    from proctor_site.kernel.errors import InvalidInput

    with pytest.raises(InvalidInput, match="no whole copy"):
        manifest.read(tmp_path)
    manifest.write(tmp_path, {"a": 1})
    assert manifest.read(tmp_path)["a"] == 1
    text = (tmp_path / manifest.MANIFEST).read_text(encoding="utf-8")
    (tmp_path / manifest.MANIFEST).write_text(text.replace("1", "2"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="signature"):
        manifest.read(tmp_path)
