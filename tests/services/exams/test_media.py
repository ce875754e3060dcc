"""Media of questions: only what the bytes allow is kept, and only those who may see it get it."""

import hashlib
import uuid
import wave
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams import states
from exams.bank import media, questions
from exams.models import Exam, Question, QuestionMedia, SectionQuestion
from proctor_site.kernel.errors import Conflict, InvalidInput, Refusal, TooLarge
from tests.factories.exams import CONTENT, enrol, make_attempt, make_exam, make_sitting

Browser = Callable[..., Client]


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 6), colour: str = "red") -> bytes:
    data = BytesIO()
    Image.new("RGB", size, colour).save(data, kind)
    return data.getvalue()


def sound() -> bytes:
    data = BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(range(256)) * 8)
    return data.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
MP3 = b"\xff\xf3\x90\x64" + bytes(300)
OGG = b"OggS\x00\x02" + bytes(20) + b"\x01vorbis" + bytes(60)
M4A = b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom" + bytes(60)


def kept(institution: Institution, data: bytes, **more: Any) -> QuestionMedia:
    fields: dict[str, Any] = {"name": "a map.png", "description": "A map", "actor": None, **more}
    with within(institution):
        return media.store(institution, data=data, **fields)


@pytest.mark.parametrize(
    ("data", "content_type", "ending"),
    [
        (picture("PNG"), "image/png", "png"),
        (picture("JPEG"), "image/jpeg", "jpg"),
        (picture("GIF"), "image/gif", "gif"),
        (picture("WEBP"), "image/webp", "webp"),
        (sound(), "audio/wav", "wav"),
        (MP3, "audio/mpeg", "mp3"),
        (b"ID3\x04" + bytes(100), "audio/mpeg", "mp3"),
        (OGG, "audio/ogg", "ogg"),
        (M4A, "audio/mp4", "m4a"),
        (PDF, "application/pdf", "pdf"),
    ],
)
def test_the_bytes_say_what_a_file_is(
    institution: Institution, data: bytes, content_type: str, ending: str
) -> None:
    row = kept(institution, data, name="../..\\evil\x07name.exe")
    assert (row.content_type, row.name, row.size) == (content_type, f"evilname.{ending}", len(data))
    assert row.sha256 == hashlib.sha256(data).hexdigest()
    assert (row.width, row.height) == ((8, 6) if row.is_picture else (None, None))
    with storages["question_media"].open(row.stored_name) as file:
        assert file.read() == data


_BOMB = picture("PNG")[:16] + (60_000).to_bytes(4, "big") * 2 + picture("PNG")[24:]


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"", InvalidInput),
        (b"GIF89a<script>alert(1)</script>", InvalidInput),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', InvalidInput),
        (b"<!doctype html><script>alert(1)</script>", InvalidInput),
        (b"MZ" + bytes(200), InvalidInput),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(60), InvalidInput),
        (picture("PNG", (300, 300))[:-80], InvalidInput),
        (picture("JPEG")[:200], InvalidInput),
        (_BOMB, Refusal),
        (picture("PNG", (10_001, 1)), TooLarge),
        (picture("BMP"), InvalidInput),
        (b"%PDF-1.7" + bytes(20_000_001), TooLarge),
    ],
    ids=range(12),
)
def test_everything_else_is_refused(institution: Institution, data: bytes, wanted: type[Refusal]) -> None:
    with pytest.raises(wanted) as refusal:
        kept(institution, data)
    assert refusal.value.field == "file"
    with within(institution):
        assert not QuestionMedia.objects.exists()


@pytest.mark.parametrize("description", ["", "  ", "x" * 501, None])
def test_a_picture_needs_a_description(institution: Institution, description: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        kept(institution, picture(), description=description)
    assert refusal.value.field == "description"


def test_a_sound_needs_none(institution: Institution) -> None:
    assert kept(institution, sound(), description="").description == ""


def test_the_same_file_is_kept_once(
    institution: Institution, other_institution: Institution, author: User
) -> None:
    first = kept(institution, picture(), actor=author)
    assert kept(institution, picture()) == first
    assert kept(institution, picture(), description="Another reading") != first
    assert kept(other_institution, picture()) != first
    with within(institution):
        assert AuditEntry.objects.filter(verb="media.stored").count() == 2


def showing(institution: Institution, row: QuestionMedia) -> Question:
    with within(institution):
        return questions.create_question(
            institution,
            title="T",
            kind="true_false",
            stem=f'<p><img src="{row.reference}" alt="A map"></p>',
            content=CONTENT["true_false"],
            text_format="html",
            actor=None,
        )


def exam_with(institution: Institution, question: Question) -> Exam:
    exam = make_exam(institution)
    with within(institution):
        SectionQuestion.objects.create(
            institution=institution, section=exam.sections.get(), question=question, position=9
        )
    return exam


def status(client: Client, row: QuestionMedia, **headers: str) -> int:
    return int(client.get(reverse("api_media", args=[row.public_id]), headers=headers).status_code)


def test_a_version_knows_what_it_shows(institution: Institution, other_institution: Institution) -> None:
    first, second = kept(institution, picture()), kept(institution, sound())
    question = showing(institution, first)
    with within(institution):
        version = question.versions.get()
        assert list(version.media.all()) == [first]
        with pytest.raises(Conflict):
            media.remove(first, actor=None)
        stem = f'<audio src="{second.reference}"></audio>'
        questions.new_version(question, stem=stem, content=version.content, actor=None)
        assert list(version.media.all()) == [second]
        foreign = kept(other_institution, picture())
        for reference in (foreign.reference, f"media:{uuid.uuid4()}"):
            with pytest.raises(InvalidInput) as refusal:
                stem = f'<img src="{reference}" alt="x">'
                questions.new_version(question, stem=stem, content=version.content, actor=None)
            assert (refusal.value.field, refusal.value.code) == ("stem", "no_such_media")


def test_candidates_see_what_stands_on_their_started_paper(
    institution: Institution, candidate: User, second_candidate: User, browser_of: Browser
) -> None:
    shown, hidden = kept(institution, picture()), kept(institution, picture(colour="blue"))
    exam = exam_with(institution, showing(institution, shown))
    showing(institution, hidden)
    sitting = make_sitting(exam)
    make_attempt(enrol(sitting, candidate), state=states.READY)
    client = browser_of(candidate)
    assert status(client, shown) == 404, "the paper is drawn, and not started"
    running = make_attempt(enrol(make_sitting(exam), candidate))
    assert (status(client, shown), status(client, hidden)) == (200, 404)
    enrol(sitting, second_candidate)
    assert status(browser_of(second_candidate), shown) == 404
    page = client.get(reverse("attempt_exam", args=[institution.slug, running.pk]))
    assert f'src="/api/v1/media/{shown.public_id}/" alt="A map"' in page.content.decode()


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        ("author", 200),
        ("officer", 200),
        ("admin_member", 200),
        ("reviewer", 200),
        ("proctor", 404),
        ("candidate", 404),
        ("stranger", 404),
        ("foreign_officer", 404),
        ("foreign_candidate", 404),
    ],
)
def test_rights(institution: Institution, request: Any, browser_of: Browser, who: str, wanted: int) -> None:
    row = kept(institution, picture())
    assert status(browser_of(request.getfixturevalue(who)), row) == wanted


def test_nobody_and_nothing(institution: Institution, author: User, browser_of: Browser) -> None:
    row = kept(institution, picture())
    assert status(browser_of(), row) == 401
    assert browser_of(author).get(f"/api/v1/media/{uuid.uuid4()}/").status_code == 404
    assert browser_of(author).get("/api/v1/media/1/").status_code == 404
    storages["question_media"].delete(row.stored_name)
    answer = browser_of(author).get(reverse("api_media", args=[row.public_id]))
    assert (answer.status_code, answer.json()["code"]) == (404, "file_missing")


def test_headers_keep_the_file_from_being_more_than_it_is(
    institution: Institution, author: User, browser_of: Browser
) -> None:
    client = browser_of(author)
    row = kept(institution, picture())
    answer = client.get(reverse("api_media", args=[row.public_id]), headers={"accept": "image/png"})
    assert answer.content == picture()
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline; filename*=UTF-8''a%20map.png")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-cache"
    assert status(client, row, **{"if-none-match": answer["ETag"]}) == 304
    assert status(browser_of(), row, **{"if-none-match": answer["ETag"]}) == 401
    document = kept(institution, PDF)
    answer = client.get(reverse("api_media", args=[document.public_id]))
    assert answer["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("wanted", "status_code", "first", "last"),
    [
        ("bytes=0-9", 206, 0, 9),
        ("bytes=100-", 206, 100, None),
        ("bytes=-10", 206, -10, None),
        ("bytes=0-999999999", 206, 0, None),
        ("bytes=0-0", 206, 0, 0),
        ("bytes=99999999-", 416, 0, 0),
        ("bytes=9-3", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=0-3,5-9", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("items=0-9", 200, 0, None),
        ("bytes=٣-", 200, 0, None),
        ("bytes=" + "9" * 40 + "-", 200, 0, None),
    ],
)
def test_sounds_come_in_ranges(
    institution: Institution,
    author: User,
    browser_of: Browser,
    wanted: str,
    status_code: int,
    first: int,
    last: int | None,
) -> None:
    data = sound()
    row = kept(institution, data)
    answer = browser_of(author).get(reverse("api_media", args=[row.public_id]), headers={"range": wanted})
    assert answer.status_code == status_code
    if status_code == 416:
        assert (answer["Content-Range"], answer.content) == (f"bytes */{len(data)}", b"")
        return
    part = data[first : None if last is None else last + 1]
    assert answer.content == part
    if status_code == 206:
        start = first if first >= 0 else len(data) + first
        assert answer["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{len(data)}"


def upload(client: Client, data: bytes, **fields: str) -> Any:
    body = {"file": SimpleUploadedFile("x.png", data), **fields}
    return client.post(reverse("admin:exams_questionmedia_upload"), body)


def test_the_editor_brings_in_files_and_chooses(
    institution: Institution, author: User, browser_of: Browser
) -> None:
    client = browser_of(author)
    made = upload(client, picture(), description="A map")
    assert made.status_code == 201
    with within(institution):
        row = QuestionMedia.objects.get()
    assert made.json() == {
        "reference": row.reference,
        "kind": "picture",
        "name": "x.png",
        "description": "A map",
        "url": f"/api/v1/media/{row.public_id}/",
    }
    listed = client.get(reverse("admin:exams_questionmedia_choices")).json()["media"]
    assert listed == [made.json()]
    refused = upload(client, picture())
    assert (refused.status_code, refused.json()["field"]) == (400, "description")
    assert upload(client, b"MZ" + bytes(90), description="x").json()["field"] == "file"
    assert client.post(reverse("admin:exams_questionmedia_upload"), {}).json()["field"] == "file"
    assert client.get(reverse("admin:exams_questionmedia_upload")).status_code == 405
    strict = browser_of(author, enforce_csrf_checks=True)
    assert upload(strict, picture(colour="blue"), description="x").status_code == 403


@pytest.mark.parametrize("who", ["reviewer", "proctor", "candidate", "foreign_officer"])
def test_only_those_who_write_questions_bring_files_in(
    institution: Institution, request: Any, browser_of: Browser, who: str
) -> None:
    upload(browser_of(request.getfixturevalue(who)), picture(), description="x")
    with within(institution):
        assert not QuestionMedia.objects.exists()


def test_the_page_of_a_file(institution: Institution, author: User, browser_of: Browser) -> None:
    client = browser_of(author)
    add = reverse("admin:exams_questionmedia_add")
    refused = client.post(add, {"file": SimpleUploadedFile("x.png", picture()), "description": ""})
    assert "Describe the picture" in refused.content.decode()
    body = {"file": SimpleUploadedFile("x.png", picture()), "description": "A <map>"}
    assert client.post(add, body).status_code == 302
    with within(institution):
        row = QuestionMedia.objects.get()
    page = client.get(reverse("admin:exams_questionmedia_change", args=[row.pk])).content.decode()
    assert row.reference in page and 'alt="A &lt;map&gt;"' in page
    listing = client.get(reverse("admin:exams_questionmedia_changelist")).content.decode()
    assert "x.png" in listing
    delete = reverse("admin:exams_questionmedia_delete", args=[row.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 302
    with within(institution):
        assert not QuestionMedia.objects.exists()
