"""How a stored file is encrypted: AES-256-GCM in pieces, so that a part opens without the rest; pure.

Form of a sealed file: 8 bytes `MAGIC`, 16 bytes number of the data key, 16 bytes of salt, 4 bytes length of a
piece, 8 bytes length of the plain file (both big-endian), then the pieces, each with its tag of 16 bytes.
Each file has a key of its own, made by HKDF-SHA256 (RFC 5869) of the data key, the salt, this head and the
file's name: a head that was changed, or a file under another's name, opens nothing. The nonce of a piece is
its place: pieces that were exchanged do not open, and the length in the head says how many there are.
"""

import io
import secrets
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"PRXSEAL1"
PIECE = 64 * 1024
"""Bytes of a piece: what a browser waits for at the least when it asks for one byte of a film."""
TAG = 16
_HEAD = struct.Struct(">8s16s16sIQ")
HEAD_SIZE = _HEAD.size
_NONCE_SIZE = 12
_LARGEST_PIECE = 1 << 24


class SealBroken(ValueError):
    """The bytes are not those that were sealed under this key and name."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first bytes of a sealed file. `size`: of the plain file."""

    key_id: UUID
    salt: bytes
    piece: int
    size: int

    def packed(self) -> bytes:
        """As it stands in the file."""
        return _HEAD.pack(MAGIC, self.key_id.bytes, self.salt, self.piece, self.size)

    @property
    def pieces(self) -> int:
        """How many pieces follow; an empty file has one, so that it has a tag as well."""
        return max(1, -(-self.size // self.piece))

    @property
    def sealed_size(self) -> int:
        """Bytes of the whole sealed file."""
        return HEAD_SIZE + self.size + self.pieces * TAG

    def span(self, first: int, last: int) -> tuple[int, int, int]:
        """Where the plain bytes `first` to `last` (inclusive) lie: number of the first piece, first and last
        byte of the sealed file to read."""
        begin, end = first // self.piece, min(last // self.piece, self.pieces - 1)
        step = self.piece + TAG
        return begin, HEAD_SIZE + begin * step, min(HEAD_SIZE + (end + 1) * step, self.sealed_size) - 1


def head_of(raw: bytes) -> Head | None:
    """The head of a sealed file; None: it is not sealed. SealBroken: it begins as one and is none."""
    if not raw.startswith(MAGIC):
        return None
    if len(raw) < HEAD_SIZE:
        raise SealBroken("the head is cut off")
    _, key_id, salt, piece, size = _HEAD.unpack(raw[:HEAD_SIZE])
    if not 0 < piece <= _LARGEST_PIECE:
        raise SealBroken("the head was changed")
    return Head(UUID(bytes=key_id), salt, piece, size)


def seal(key: bytes, key_id: UUID, name: str, data: bytes) -> bytes:
    """The sealed file. `key`: 32 bytes, the data key that `key_id` names; `name`: it is stored under it."""
    view = io.BytesIO(data)
    return b"".join(seal_pieces(key, key_id, name, len(data), view.read))


def seal_pieces(
    key: bytes, key_id: UUID, name: str, size: int, read: Callable[[int], bytes]
) -> Iterator[bytes]:
    """The same, piece by piece; `read` gives as many plain bytes as it is asked for, `size` in all.

    Raises SealBroken when there are fewer.
    """
    head = Head(key_id, secrets.token_bytes(16), PIECE, size)
    cipher = _cipher(key, head, name)
    yield head.packed()
    for number in range(head.pieces):
        wanted = min(PIECE, size - number * PIECE)
        plain = read(wanted)
        if len(plain) != wanted:
            raise SealBroken("the file ended before its length")
        yield cipher.encrypt(_nonce(number), plain, None)


def unseal(key: bytes, name: str, raw: bytes) -> bytes:
    """The plain bytes of a whole sealed file. Raises SealBroken."""
    head = head_of(raw)
    if head is None:
        raise SealBroken("it is not sealed")
    if len(raw) != head.sealed_size:
        raise SealBroken("its length was changed")
    return unseal_pieces(key, head, name, 0, raw[HEAD_SIZE:])


def unseal_pieces(key: bytes, head: Head, name: str, first_piece: int, raw: bytes) -> bytes:
    """The plain bytes of whole pieces that follow each other. Raises SealBroken."""
    cipher = _cipher(key, head, name)
    step = head.piece + TAG
    parts = []
    try:
        for offset in range(0, len(raw), step):
            number = first_piece + offset // step
            parts.append(cipher.decrypt(_nonce(number), raw[offset : offset + step], None))
    except InvalidTag as error:
        raise SealBroken("a piece was changed") from error
    return b"".join(parts)


def wrap(key: bytes, inner: bytes, about: str) -> bytes:
    """A key encrypted with another one. `about`: whose it is; under another's name it opens nothing."""
    nonce = secrets.token_bytes(_NONCE_SIZE)
    return nonce + AESGCM(key).encrypt(nonce, inner, about.encode())


def unwrap(key: bytes, wrapped: bytes, about: str) -> bytes:
    """The key of `wrap`. Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(wrapped[:_NONCE_SIZE], wrapped[_NONCE_SIZE:], about.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken("a key was changed") from error


def _cipher(key: bytes, head: Head, name: str) -> AESGCM:
    about = b"proctor sealed file v1\0" + head.packed() + name.encode()
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=head.salt, info=about).derive(key))


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE_SIZE, "big")
