"""Readers of strangers' files give what they read or their own refusal, within bounds of time and memory."""

import io
import json
import multiprocessing
import resource
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from accounts.models import Institution
from exams.bank import media_types, rich_text
from exams.bank.formats.package import Package
from exams.bank.formats.registry import FORMATS, recognised
from exams.kinds.file_upload import types as file_types
from exams.scheduling import roster_file, roster_rows
from proctor_site.kernel.errors import InvalidInput, Refusal
from proctoring import policy_files
from proctoring.audio import clips
from proctoring.audio.containers import ClipError
from proctoring.consumers.json_socket import read_message
from proctoring.identity import photo_table
from proctoring.meetings import mjr
from proctoring.models import Policy
from proctoring.pages import interview_sheet
from proctoring.vision import image
from tests.security.fuzzing import looking
from tests.security.mutated import hostile_files, mutated, mutated_zips, zipped
from tests.unit.audio import sounds

cached_hostile_files = cache(hostile_files)
_FILES = Path(__file__).parents[1] / "unit/exams/formats/files"
_CPU_SECONDS = 4.0
"""Of one file, with a core of our machines shared by others; the largest legal one takes a fifth of that."""
_TEXT = 200_000
_MEMORY = 700 << 20
"""Bytes above what the process had before; the largest legal picture and package need about 250 MB."""


@dataclass(frozen=True)
class Reader:
    """One reader of strangers' bytes: what it may raise, and valid files to begin with."""

    read: Callable[[bytes], Any]
    refusals: tuple[type[Exception], ...]
    seeds: Callable[[], list[bytes]] = field(default=lambda: [b"x"])
    members: Callable[[], dict[str, bytes]] | None = None

    def files(self) -> st.SearchStrategy[bytes]:
        """Broken files of its kind."""
        found = [mutated(self.seeds())]
        if self.members is not None:
            found.append(mutated_zips(self.members()))
        return st.one_of(found)


def _pictures() -> list[bytes]:
    noise = np.random.default_rng(1).integers(0, 255, (96, 128, 3), dtype=np.uint8)
    return [cv2.imencode(ending, noise)[1].tobytes() for ending in (".jpg", ".png", ".webp")]


def _recordings() -> list[bytes]:
    tone = sounds.tone(300, 0.4)
    return [sounds.encode(tone, container) for container in sounds.CODECS]


def _janus() -> list[bytes]:
    info = json.dumps({"c": "opus", "u": 1_700_000_000_000_000}).encode()
    packet = b"\x80\x6f\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03sound"
    head = b"MJR00002" + len(info).to_bytes(2, "big") + info
    return [head + (b"MEET" + bytes(4) + len(packet).to_bytes(2, "big") + packet) * 3]


def _package() -> dict[str, bytes]:
    manifest = b"""<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>
<resource identifier="a" type="imsqti_item_xmlv2p2" href="a.xml"><file href="a.xml"/></resource>
</resources></manifest>"""
    return {"imsmanifest.xml": manifest, "a.xml": (_FILES / "qti22_gaps.xml").read_bytes()}


def _workbook() -> dict[str, bytes]:
    book, out = Workbook(), io.BytesIO()
    for row in (("email", "name", "extra minutes"), ("a@example.org", "A B", 15)):
        book.active.append(row)
    book.save(out)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _policy() -> list[bytes]:
    policy = Policy(name="Standard", institution=Institution(name="North", country="DE"))
    return [json.dumps(policy_files.to_file(policy)).encode()]


def _read_policy(data: bytes) -> None:
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return
    policy_files.from_file(found, Institution.objects.first() or Institution(name="North", country="DE"))


def _read_questions(data: bytes) -> None:
    for each in recognised(data).parse(data):
        if not hasattr(each, "reason"):
            for known in FORMATS.values():
                known.fit(each)


def _read_photos(data: bytes) -> None:
    package = Package(data)
    photo_table.by_name(list(package.names))
    for name in package.names:
        image.check_bytes(package.read(name))


def _read_text(data: bytes) -> None:
    """Ten times as long as a question may be: answers are cleaned before their length is asked."""
    text = rich_text.clean(data.decode("utf-8", "replace")[:_TEXT])
    rich_text.render(text, "html", lambda name: f"/media/{name}")
    assert "<script" not in text.lower()


def _hand_in(data: bytes) -> None:
    for ending in ("pdf", "docx", "txt", "zip"):
        if ending in file_types.TYPES:
            file_types.check_file(f"a.{ending}", data, [ending])


READERS = {
    "pictures": Reader(image.decode, (image.ImageError,), _pictures),
    "pictures as text": Reader(
        lambda data: image.from_data_url(data.decode("latin-1")),
        (image.ImageError,),
        lambda: [b"data:image/png;base64,iVBORw0KGgo="],
    ),
    "recordings": Reader(clips.decode, (ClipError,), _recordings),
    "recordings of Janus": Reader(mjr.read, (mjr.NotARecording,), _janus),
    "rosters": Reader(
        lambda data: roster_rows.understand(roster_file.read_rows(data)),
        (Refusal,),
        lambda: [
            "email;name;extra minutes\na@example.org;Ä B;15\n".encode(code) for code in ("utf-8", "utf-16")
        ],
        _workbook,
    ),
    "questions": Reader(
        _read_questions,
        (InvalidInput,),
        lambda: [path.read_bytes() for path in sorted(_FILES.iterdir())],
        _package,
    ),
    "media of questions": Reader(media_types.examine, (Refusal,), lambda: [*_pictures(), *_recordings()]),
    "rich text": Reader(
        _read_text, (Refusal,), lambda: [b'<p>a <b>b</b> <img src="media:a.png" alt=""> \\(x^2\\)</p>']
    ),
    "photos of candidates": Reader(
        _read_photos,
        (Refusal, image.ImageError),
        lambda: [zipped({"a@example.org.jpg": b"x"})],
        lambda: {"a@example.org.jpg": _pictures()[0], "photos.csv": b"email,file\na@example.org,a.jpg\n"},
    ),
    "policies": Reader(_read_policy, (Refusal,), _policy),
    "files as answers": Reader(
        _hand_in, (Refusal,), lambda: [b"%PDF-1.7\n", zipped({"word/document.xml": b"<a/>"})]
    ),
    "messages of sockets": Reader(
        lambda data: read_message(data.decode("utf-8", "replace")),
        (Refusal,),
        lambda: [b'{"type": "beat", "at": 1}', b'{"type": "live", "sdp": "v=0"}'],
    ),
    "notes of interviews": Reader(
        interview_sheet._read, (Refusal,), lambda: [b'{"question": 1, "notes": "a", "version": 1}']
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", READERS)
def test_broken_files_are_read_or_refused_and_nothing_else(name: str, institution: Institution) -> None:
    reader = READERS[name]

    @looking(30)
    @given(reader.files())
    def try_it(data: bytes) -> None:
        started = time.thread_time()
        with suppress(reader.refusals):
            reader.read(data)
        assert time.thread_time() - started < _CPU_SECONDS

    try_it()


@pytest.mark.django_db
@pytest.mark.parametrize("name", READERS)
def test_hostile_classics_cost_little_and_are_refused_or_read(name: str) -> None:
    """In a process of its own with a limit of memory, so that a bomb is a failed test and no dead machine."""
    cached_hostile_files()  # made once, before the first fork
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_try_hostile, args=(READERS[name], theirs))
    process.start()
    theirs.close()
    found = ours.recv() if ours.poll(120) else ["no answer within two minutes"]
    process.join(5)
    assert found == []


def _try_hostile(reader: Reader, pipe: Any) -> None:
    found = []
    files = cached_hostile_files()
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + _MEMORY, held + _MEMORY))
    for name, data in files.items():
        started = time.process_time()
        try:
            reader.read(data)
        except reader.refusals:
            pass
        except BaseException as error:  # noqa: BLE001  (whatever it is goes to the parent)
            found.append(f"{name}: {type(error).__name__}: {str(error)[:200]}")
        spent = time.process_time() - started
        if spent > _CPU_SECONDS:
            found.append(f"{name}: {spent:.1f} s")
    pipe.send(found)
