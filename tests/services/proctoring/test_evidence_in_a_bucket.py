"""Evidence in an S3 store: a film is read in parts, erased for good; photos lie in a bucket of their own."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from accounts.models import User
from accounts.stored_files import remove_noted
from proctor_site.kernel import clock
from proctor_site.kernel.errors import NotFound
from proctoring.evidence import custody, package, parts, sealing, store
from proctoring.evidence.exhibits import Recording
from proctoring.identity import store as identity
from proctoring.models import EvidenceItem, MonitoringSession
from proctoring.models.evidence import EvidenceKind
from proctoring.review.cases import open_case
from tests.factories.proctoring import make_incident
from tests.integration import servers

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.slow]
FILM = bytes(range(256)) * 4_000


@pytest.fixture
def bucket(settings: Any, tmp_path: Any) -> Iterator[Any]:
    """An S3 fake that is asked over the network, with one bucket for evidence and one for photos."""
    with servers.s3_fake() as named:
        options = {
            "endpoint_url": named["PROCTOR_S3_ENDPOINT"],
            "region_name": named["PROCTOR_S3_REGION"],
            "access_key": "testing",
            "secret_key": "testing",
            "querystring_auth": True,
            "file_overwrite": False,
        }
        client = boto3.client(
            "s3",
            endpoint_url=options["endpoint_url"],
            region_name=options["region_name"],
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        place = {"LocationConstraint": named["PROCTOR_S3_REGION"]}
        client.create_bucket(Bucket="photos", CreateBucketConfiguration=place)
        backend = "storages.backends.s3.S3Storage"
        evidence = options | {"bucket_name": servers.BUCKET, "location": "evidence"}
        photos = options | {"bucket_name": "photos", "location": "identity"}
        settings.STORAGES = settings.STORAGES | {
            "evidence": {"BACKEND": backend, "OPTIONS": evidence},
            "identity": {"BACKEND": backend, "OPTIONS": photos},
        }
        settings.EVIDENCE_SPOOL = tmp_path / "spool"
        yield client


def names_in(client: Any, bucket: str) -> list[str]:
    return [each["Key"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_a_film_in_a_bucket_is_read_in_parts_and_erased(
    bucket: Any, session: MonitoringSession, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = Recording(1, clock.now(), FILM, "video/webm", {"seconds": 1.0}, EvidenceKind.SCREEN_CLIP)
    (item,) = store.keep(make_incident(session), [film])
    store._push(item)
    photo = identity.save(session, b"a face", ending="jpg")
    assert names_in(bucket, servers.BUCKET) == [f"evidence/{item.name}"]
    assert names_in(bucket, "photos") == [f"identity/{photo}"]
    raw = bucket.get_object(Bucket=servers.BUCKET, Key=f"evidence/{item.name}")["Body"].read()
    assert raw.startswith(sealing.MAGIC) and FILM[:64] not in raw
    asked: list[int] = []
    whole = parts._bytes

    def counted(*args: Any) -> bytes:
        found = whole(*args)
        asked.append(len(found))
        return found

    monkeypatch.setattr(parts, "_bytes", counted)
    opened = custody.open_for(item.pk, custody.make_link(item.pk, officer), officer, "bytes=500000-500099")
    assert (opened.status, opened.data) == (206, FILM[500_000:500_100])
    assert sum(asked) < 2 * sealing.PIECE
    assert custody.first_broken(session) is None

    MonitoringSession.objects.filter(pk=session.pk).update(state="ended", ended_at=clock.now())
    session.refresh_from_db()
    row = package.seal(
        open_case(session, "incidents"), actor=officer, recipient="The board", reason="Hearing"
    )
    with package.download(row, package.link_to(row, officer), actor=officer) as zipped:
        assert zipped.read(2) == b"PK"
    store.erase_items([item], reason="retention", actor=officer)
    package.remove_of(session)
    remove_noted()
    assert names_in(bucket, servers.BUCKET) == []
    assert custody.first_broken(session) is None
    bucket.put_object(Bucket=servers.BUCKET, Key=f"evidence/{item.name}", Body=raw)  # out of a backup
    row_now = EvidenceItem.objects.get()
    row_now.erased_at = None
    with pytest.raises(NotFound):
        store.read(row_now)
    assert identity.read(photo) == b"a face"
