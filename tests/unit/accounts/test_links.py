"""Secret links: what is stored, and when they are over."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts import links
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, TooLate

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_only_the_hash_is_stored_and_secrets_differ() -> None:
    secret, stored = links.make_secret()
    assert len(secret) == 43
    assert secret not in stored
    assert stored == links.hash_of(secret)
    assert links.make_secret()[0] != secret


def test_link_is_good_until_the_moment_it_expires() -> None:
    with clock.at(NOON - timedelta(seconds=1)):
        links.refuse_if_over(used_at=None, expires_at=NOON)
    with clock.at(NOON), pytest.raises(TooLate) as refused:
        links.refuse_if_over(used_at=None, expires_at=NOON)
    assert refused.value.code == "link_expired"


@pytest.mark.parametrize(
    ("used_at", "withdrawn_at", "code"), [(NOON, None, "link_used"), (None, NOON, "link_withdrawn")]
)
def test_used_and_withdrawn_links_say_so_even_when_they_have_expired(
    used_at: datetime | None, withdrawn_at: datetime | None, code: str
) -> None:
    with clock.at(NOON + timedelta(days=9)), pytest.raises(Conflict) as refused:
        links.refuse_if_over(used_at=used_at, withdrawn_at=withdrawn_at, expires_at=NOON)
    assert refused.value.code == code
