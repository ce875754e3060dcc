"""Zip packages of strangers: opened only when names, sizes and ratios are sane; nothing is ever unpacked."""

import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from io import BytesIO

from exams.bank.formats.base import Unreadable

MOST_MEMBERS = 25_000
MOST_BYTES = 200_000_000
"""Of all members together, when unpacked."""
MOST_RATIO = 200
_RATIO_COUNTS_FROM = 1_000_000
_NAME_LENGTH = 250


class Package:
    """An open package. `names` are the paths of its files."""

    def __init__(self, data: bytes) -> None:
        """Raises Unreadable with the reason when the archive is damaged or up to no good."""
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Unreadable(f"This is no whole zip file ({error}). Download or export it again.") from None
        members = self._archive.infolist()
        _refuse_sizes(members, len(data))
        files: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            _refuse_name(member)
            if member.is_dir():
                continue
            if member.filename in files:
                raise Unreadable(f"The package holds the file “{member.filename[:80]}” twice.")
            files[member.filename] = member
        self._files: Mapping[str, zipfile.ZipInfo] = files

    @property
    def names(self) -> Iterable[str]:
        return self._files.keys()

    def read(self, name: str) -> bytes:
        """The bytes of a file of the package. Raises KeyError, and Unreadable when they are damaged."""
        member = self._files[name]
        try:
            return self._archive.read(member)
        except (
            *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError),
            ValueError,  # a place in the file that lies before its beginning
        ):
            raise Unreadable(f"The file “{name[:80]}” in the package is damaged.") from None


def _refuse_sizes(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > MOST_MEMBERS:
        raise Unreadable(f"The package holds more than {MOST_MEMBERS:,} files.")
    total = sum(member.file_size for member in members)
    if total > MOST_BYTES:
        raise Unreadable(f"Unpacked, the package is larger than {MOST_BYTES // 1_000_000} MB.")
    if sum(member.compress_size for member in members) > size:
        raise Unreadable("The files of the package overlap: it was made to do harm.")
    if total > _RATIO_COUNTS_FROM and total > MOST_RATIO * size:
        raise Unreadable(
            f"The package unpacks to more than {MOST_RATIO} times its size: it was made to do harm."
        )


def _refuse_name(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename  # as it stands in the archive; `filename` is cut at a NUL
    shown = name.replace("\x00", "␀")[:80]
    parts = name.split("/")
    if "\x00" in name or "\\" in name or len(name) > _NAME_LENGTH:
        raise Unreadable(f"The package holds a file with a name that is not allowed: “{shown}”.")
    if name.startswith("/") or ".." in parts or (len(parts[0]) == 2 and parts[0].endswith(":")):
        raise Unreadable(f"The package holds a file that points out of it: “{shown}”.")
    mode = member.external_attr >> 16
    if stat.S_ISLNK(mode) or (stat.S_IFMT(mode) and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))):
        raise Unreadable(f"The package holds a link or a device instead of a file: “{shown}”.")
    if member.flag_bits & 0x1:
        raise Unreadable("The package is encrypted; export it without a password.")
