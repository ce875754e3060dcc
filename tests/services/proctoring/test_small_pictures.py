"""Small copies of evidence: sealed, kept once, logged as looks, gone with what they are copies of."""

import cv2
import numpy as np
import pytest
from django.core.files.storage import storages

from accounts.models import AuditEntry, User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotAllowed, NotFound
from proctoring.evidence import custody, parts, small, store
from proctoring.evidence.exhibits import Picture
from proctoring.models import EvidenceItem, MonitoringSession
from tests.capture import RED, frame
from tests.factories.proctoring import make_incident

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def item(session: MonitoringSession) -> EvidenceItem:
    with within(session.institution):
        [found] = store.keep(make_incident(session), [Picture(1, clock.now(), frame(RED))])
    if found.stored_at is None:
        store._push(found)
    return found


def opened(item: EvidenceItem, viewer: User) -> bytes:
    with within(item.institution):
        return custody.open_small_for(item.pk, custody.make_link(item.pk, viewer), viewer).data


def test_it_is_small_made_once_and_sealed(
    item: EvidenceItem, proctor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = opened(item, proctor)
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None and picture.shape[1] <= small.WIDTH
    name = parts.small_name_of(item.name)
    with storages["evidence"].open(name) as file:
        kept = file.read()
    assert data not in kept and not kept.startswith(b"\xff\xd8")

    def read_again(_item: EvidenceItem) -> bytes:
        raise AssertionError("the picture itself was read again")

    monkeypatch.setattr(store, "read", read_again)
    assert opened(item, proctor) == data


def test_each_look_is_logged_as_a_small_one(item: EvidenceItem, proctor: User) -> None:
    opened(item, proctor)
    opened(item, proctor)
    entries = AuditEntry._base_manager.filter(stream=f"evidenceitem:{item.pk}", verb="evidence.viewed")
    assert [each.detail["small"] for each in entries] == [True, True]


def test_who_may_not_see_the_picture_sees_no_small_one(
    item: EvidenceItem, proctor: User, second_proctor: User
) -> None:
    with within(item.institution):
        with pytest.raises(NotAllowed):
            custody.open_small_for(item.pk, custody.make_link(item.pk, second_proctor), second_proctor)
        with pytest.raises(NotAllowed):
            custody.open_small_for(item.pk, custody.make_link(item.pk, proctor), second_proctor)
    assert not parts.exists("evidence", parts.small_name_of(item.name))


def test_it_goes_with_the_picture(
    item: EvidenceItem, proctor: User, django_capture_on_commit_callbacks: object
) -> None:
    opened(item, proctor)
    name = parts.small_name_of(item.name)
    with within(item.institution), django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        store.erase_items([item], reason="retention", actor=None)
    assert not parts.exists("evidence", name)
    item.refresh_from_db()
    assert not store.is_left(item)
    with within(item.institution), pytest.raises(NotFound):
        custody.open_small_for(item.pk, custody.make_link(item.pk, proctor), proctor)


def test_of_an_exchanged_picture_no_copy_is_made(item: EvidenceItem, proctor: User) -> None:
    EvidenceItem._base_manager.filter(pk=item.pk).update(sha256="0" * 64)
    with within(item.institution), pytest.raises(Conflict):
        custody.open_small_for(item.pk, custody.make_link(item.pk, proctor), proctor)
