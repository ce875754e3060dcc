"""Sealed files: every byte counts, parts open alone, and neither key, name nor place can be exchanged."""

import secrets
import uuid

import pytest

from proctoring.evidence import sealing

KEY, NUMBER, NAME = secrets.token_bytes(32), uuid.uuid4(), "1/a/b.jpg"
EDGES = [0, 1, sealing.PIECE - 1, sealing.PIECE, sealing.PIECE + 1, 3 * sealing.PIECE + 5]


@pytest.mark.parametrize("size", EDGES)
def test_what_is_sealed_opens(size: int) -> None:
    data = secrets.token_bytes(size)
    raw = sealing.seal(KEY, NUMBER, NAME, data)
    head = sealing.head_of(raw)
    assert head is not None and (head.key_id, head.size, head.sealed_size) == (NUMBER, size, len(raw))
    assert sealing.unseal(KEY, NAME, raw) == data
    assert size < 32 or data[:32] not in raw
    assert sealing.seal(KEY, NUMBER, NAME, data) != raw  # a salt of its own each time


def test_any_flipped_byte_is_noticed() -> None:
    raw = sealing.seal(KEY, NUMBER, NAME, b"a short secret")
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        with pytest.raises(sealing.SealBroken):
            sealing.unseal(KEY, NAME, bytes(changed))


@pytest.mark.parametrize("cut", [1, sealing.TAG, sealing.PIECE + sealing.TAG])
def test_what_is_cut_off_or_added_is_noticed(cut: int) -> None:
    raw = sealing.seal(KEY, NUMBER, NAME, bytes(2 * sealing.PIECE))
    for changed in (raw[:-cut], raw + bytes(cut), raw[: sealing.HEAD_SIZE - 1]):
        with pytest.raises(sealing.SealBroken):
            sealing.unseal(KEY, NAME, changed)


def test_pieces_names_and_keys_cannot_be_exchanged() -> None:
    raw = sealing.seal(KEY, NUMBER, NAME, secrets.token_bytes(2 * sealing.PIECE))
    step = sealing.PIECE + sealing.TAG
    head, first, second = raw[: sealing.HEAD_SIZE], raw[sealing.HEAD_SIZE : -step], raw[-step:]
    for key, name, bytes_ in (
        (KEY, NAME, head + second + first),
        (KEY, "1/a/c.jpg", raw),
        (secrets.token_bytes(32), NAME, raw),
    ):
        with pytest.raises(sealing.SealBroken):
            sealing.unseal(key, name, bytes_)


@pytest.mark.parametrize(
    ("first", "last"), [(0, 0), (10, 70_000), (sealing.PIECE, sealing.PIECE), (190_000, 199_999)]
)
def test_a_part_opens_from_its_pieces_alone(first: int, last: int) -> None:
    data = secrets.token_bytes(200_000)
    raw = sealing.seal(KEY, NUMBER, NAME, data)
    head = sealing.head_of(raw)
    assert head is not None
    piece, begin, end = head.span(first, last)
    assert end - begin < last - first + 2 * (sealing.PIECE + 2 * sealing.TAG)
    plain = sealing.unseal_pieces(KEY, head, NAME, piece, raw[begin : end + 1])
    offset = first - piece * sealing.PIECE
    assert plain[offset : offset + last - first + 1] == data[first : last + 1]


def test_what_was_stored_before_is_known_as_such() -> None:
    assert sealing.head_of(b"\xff\xd8\xff a JPEG") is None


def test_a_wrapped_key_opens_for_its_owner_alone() -> None:
    inner = secrets.token_bytes(32)
    wrapped = sealing.wrap(KEY, inner, "of 1")
    assert sealing.unwrap(KEY, wrapped, "of 1") == inner
    for key, about, bytes_ in ((KEY, "of 2", wrapped), (inner, "of 1", wrapped), (KEY, "of 1", b"")):
        with pytest.raises(sealing.SealBroken):
            sealing.unwrap(key, bytes_, about)
