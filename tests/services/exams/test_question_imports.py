"""Import of question files: dry run, confirmation, all or nothing, the same file twice; and export."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import storages
from PIL import Image

from accounts import audit
from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams.bank import exports, import_items, imports, media, questions
from exams.bank.categories import category_at_path
from exams.bank.formats.base import Unreadable
from exams.bank.formats.registry import FORMATS
from exams.models import (
    Question,
    QuestionCategory,
    QuestionImport,
    QuestionMedia,
    QuestionTag,
    QuestionVersion,
)
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLarge
from tests.factories.exams import CONTENT, make_exam, make_question

GIFT = b"""::Capital::Which city is the capital of Austria? {=Vienna ~Graz ~Linz}

Two and two? {#4}

::Broken::What { =a

::Loss::Who? {=me#right! ~you}
"""


@pytest.fixture(autouse=True)
def here(institution: Institution) -> Iterator[None]:
    with within(institution):
        yield


def check(institution: Institution, officer: User, data: bytes = GIFT, **more: Any) -> QuestionImport:
    return imports.check(institution, file_name="quiz.txt", data=data, actor=officer, **more)


def waiting_files() -> list[str]:
    found = []
    for row in QuestionImport.objects.exclude(stored_name=""):
        assert storages["imports"].exists(row.stored_name)
        found.append(row.stored_name)
    return found


def test_the_dry_run_reports_each_item_and_takes_nothing(institution: Institution, officer: User) -> None:
    found = check(institution, officer)
    assert [(row["outcome"], row["where"], row["title"]) for row in found.rows] == [
        ("imported", "line 1", "Capital"),
        ("imported", "line 3", "Two and two?"),
        ("refused", "line 5", "Broken"),
        ("imported_with_loss", "line 7", "Loss"),
    ]
    assert "feedback" in found.rows[3]["words"][0] and "{ and }" in found.rows[2]["words"][0]
    assert found.counts == {"imported": 2, "imported_with_loss": 1, "known": 0, "refused": 1}
    assert not Question.objects.exists()
    assert waiting_files() == [found.stored_name]


def test_confirming_takes_what_the_report_says(
    institution: Institution, officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    found = check(institution, officer)
    stored = found.stored_name
    with django_capture_on_commit_callbacks(execute=True):
        imports.confirm(found, actor=officer)
    assert found.imported_at is not None and found.counts["imported"] == 2
    capital = Question.objects.get(title="Capital")
    version = questions.newest_version(capital)
    assert version is not None and version.stem == "Which city is the capital of Austria?"
    assert [(o["text"], o["correct"]) for o in version.content["options"]][0] == ("Vienna", True)
    assert version.created_by == officer and Question.objects.count() == 3
    entry = AuditEntry.objects.get(stream=f"question:{capital.pk}")
    assert (entry.verb, entry.detail["source"], entry.actor) == ("question.imported", "quiz.txt", officer)
    questions.rename(capital, title="Other", actor=officer)
    assert audit.first_broken_entry(institution, f"question:{capital.pk}") is None
    assert not storages["imports"].exists(stored) and waiting_files() == []
    imports.confirm(found, actor=officer)  # a double click
    with pytest.raises(Conflict, match="imported already"):
        imports.drop(found, actor=officer)
    assert Question.objects.count() == 3


def test_the_same_file_twice_takes_nothing_twice(institution: Institution, officer: User) -> None:
    first, second = check(institution, officer), check(institution, officer)
    assert second.counts["known"] == 0
    imports.confirm(first, actor=officer)
    assert imports.earlier_import(second) == first
    imports.confirm(second, actor=officer)  # its dry run was before the first import
    assert second.counts == {"imported": 0, "imported_with_loss": 0, "known": 3, "refused": 1}
    assert Question.objects.count() == 3
    assert check(institution, officer, GIFT + b"\nNew? {T}\n").counts["imported"] == 1


def test_a_question_that_stands_twice_in_a_file_is_taken_once(
    institution: Institution, officer: User
) -> None:
    found = check(institution, officer, b"A? {T}\n\n::Other title::A? {T}\n\nA? {F}")
    assert [row["outcome"] for row in found.rows] == ["imported", "known", "imported"]
    assert "line 1" in found.rows[1]["words"][0]


def test_retired_questions_do_not_count_as_known(institution: Institution, officer: User) -> None:
    imports.confirm(check(institution, officer, b"A? {T}"), actor=officer)
    questions.retire(Question.objects.get(), actor=officer)
    assert check(institution, officer, b"A? {T}").counts["imported"] == 1


def test_another_institutions_questions_do_not_count(
    institution: Institution, other_institution: Institution, officer: User, foreign_officer: User
) -> None:
    imports.confirm(check(institution, officer), actor=officer)
    with within(other_institution):
        found = check(other_institution, foreign_officer)
        assert found.counts["known"] == 0
        assert imports.earlier_import(found) is None


def test_nothing_is_half_imported(institution: Institution, officer: User, monkeypatch: Any) -> None:
    found = check(institution, officer)

    def fail(*args: Any, **more: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(audit, "record_first", fail)
    with pytest.raises(RuntimeError):
        imports.confirm(found, actor=officer)
    found.refresh_from_db()
    assert not Question.objects.exists() and not QuestionVersion.objects.exists()
    assert found.imported_at is None and waiting_files() == [found.stored_name]


def test_dropping_keeps_the_report_and_removes_the_file(
    institution: Institution, officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    found = check(institution, officer)
    with django_capture_on_commit_callbacks(execute=True):
        imports.drop(found, actor=officer)
    imports.drop(found, actor=officer)
    assert waiting_files() == [] and len(found.rows) == 4
    with pytest.raises(Conflict, match="dropped"):
        imports.confirm(found, actor=officer)


def test_forgotten_files_are_dropped_by_the_next_check(institution: Institution, officer: User) -> None:
    old = check(institution, officer)
    QuestionImport.objects.update(created_at=clock.now() - imports.KEPT_FOR - timedelta(minutes=1))
    check(institution, officer)
    old.refresh_from_db()
    assert old.dropped_at is not None


def test_a_file_that_is_gone_or_changed_is_not_imported(institution: Institution, officer: User) -> None:
    found = check(institution, officer)
    QuestionImport.objects.update(sha256="0" * 64)
    found.refresh_from_db()
    with pytest.raises(Conflict, match="upload it again"):
        imports.confirm(found, actor=officer)
    storages["imports"].delete(found.stored_name)
    with pytest.raises(Conflict, match="gone"):
        imports.confirm(found, actor=officer)
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"just words", "none of the known formats"),
        (b"caf\xe9 {T}", "not UTF-8"),
        (b"A {T}\x00", "NUL"),
        (b"// only a comment {}\n", "no question"),
    ],
)
def test_files_that_make_no_sense_are_refused_as_a_whole(
    institution: Institution, officer: User, data: bytes, words: str
) -> None:
    with pytest.raises(Unreadable, match=words) as refusal:
        check(institution, officer, data)
    assert refusal.value.field == "file"
    assert not QuestionImport.objects.exists()


def test_limits(institution: Institution, officer: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(import_items, "MOST_QUESTIONS", 3)
    with pytest.raises(TooLarge, match="more than 3"):
        check(institution, officer)
    monkeypatch.setattr(imports, "MOST_BYTES", 10)
    with pytest.raises(TooLarge):
        check(institution, officer)
    with pytest.raises(InvalidInput, match="no format"):
        check(institution, officer, b"x", format_name="word")


def test_content_that_a_kind_refuses_is_refused_with_its_reason(
    institution: Institution, officer: User
) -> None:
    found = check(institution, officer, b"Same? {=a ~a}\n\nOne? {=a}\n\nLong? {=a ~" + b"x" * 3000 + b"}")
    assert [row["outcome"] for row in found.rows] == ["refused", "imported", "refused"]
    assert "same text" in found.rows[0]["words"][0] and "too long" in found.rows[2]["words"][0]


def test_export_and_import_again_finds_everything_known(institution: Institution, officer: User) -> None:
    make_exam(institution, kinds=["single_choice", "true_false", "numeric", "short_answer", "essay"])
    form = FORMATS["gift"]
    found = exports.fitted(Question.objects.all(), form)
    assert (len(found.held), found.refused) == (5, [])
    data = exports.export(institution, found, actor=officer)
    assert check(institution, officer, data).counts["known"] == 5
    assert AuditEntry.objects.filter(verb="questions.exported").get().detail["questions"] == 5


def test_export_takes_the_newest_versions_and_says_what_is_left_out(
    institution: Institution, officer: User
) -> None:
    question = make_question(institution, kind="true_false", stem="Old?")
    QuestionVersion.objects.update(used_at=clock.now())
    questions.new_version(question, stem="New?", content={"correct": False}, actor=officer)
    found = exports.fitted(Question.objects.all(), FORMATS["aiken"])
    assert found.held == [] and "Aiken" in found.refused[0].reason
    with pytest.raises(InvalidInput, match="none of these"):
        exports.export(institution, found, actor=officer)
    assert b"New?" in exports.export(
        institution, exports.fitted(Question.objects.all(), FORMATS["gift"]), actor=officer
    )


def test_categories_tags_and_difficulty_go_in_and_out(institution: Institution, officer: User) -> None:
    shelf = category_at_path(institution, ["Old"], actor=officer)
    data = b"$CATEGORY: $course$/top/Art, music/Modern\n\n// [tag:Blue] [tag:Picasso]\nPainted? {T}\n\n"
    data += b"// [tag:blue]\nSung? {F}\n"
    found = check(institution, officer, data, category=shelf)
    assert not QuestionTag.objects.exists() and QuestionCategory.objects.count() == 1
    imports.confirm(found, actor=officer)
    painted = Question.objects.get(title="Painted?")
    assert painted.category is not None and painted.category.path == "Old / Art, music / Modern"
    assert [tag.name for tag in painted.tags.all()] == ["Blue", "Picasso"]
    assert QuestionTag.objects.count() == 2
    Question.objects.update(difficulty=4)
    gift = exports.fitted(Question.objects.all(), FORMATS["gift"])
    assert [each.category for each in gift.held] == [("Old", "Art, music", "Modern")] * 2
    assert all("difficulty" in each.losses[-1] for each in gift.held)
    assert b"$CATEGORY: top/Old/Art, music/Modern" in FORMATS["gift"].write(gift.held)


def test_a_path_that_is_too_deep_is_cut_and_said(institution: Institution, officer: User) -> None:
    path = b"/".join(b"c%d" % level for level in range(14))
    found = check(institution, officer, b"$CATEGORY: " + path + b"\n\nA? {T}\n")
    assert "cut to 10" in found.rows[0]["words"][0]
    imports.confirm(found, actor=officer)
    assert Question.objects.get().category.path.count("/") == 9  # type: ignore[union-attr]


def test_a_category_of_another_institution_is_refused(
    institution: Institution, other_institution: Institution, officer: User
) -> None:
    with within(other_institution):
        foreign = category_at_path(other_institution, ["Theirs"])
    with pytest.raises(InvalidInput, match="another institution"):
        check(institution, officer, category=foreign)


def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


MOODLE = """<quiz><question type="multichoice"><name><text>Sign</text></name>
<questiontext format="html"><text>&lt;p&gt;Which? &lt;img src="@@PLUGINFILE@@/a%20b.png" alt="A red sign"&gt;
&lt;img src="@@PLUGINFILE@@/bad.png" alt="Bad"&gt;&lt;/p&gt;</text>
<file name="a b.png" path="/" encoding="base64">{}</file>
<file name="bad.png" path="/" encoding="base64">PHNjcmlwdD4=</file></questiontext>
<single>true</single><answer fraction="100" format="html"><text>Red</text></answer>
<answer fraction="0" format="html"><text>Blue</text></answer></question></quiz>"""


@pytest.mark.parametrize("name", ["moodle_xml", "qti21", "qti30"])
def test_pictures_are_kept_on_the_way_in_and_out(institution: Institution, officer: User, name: str) -> None:
    data = MOODLE.format(base64.b64encode(_picture()).decode()).encode()
    found = check(institution, officer, data)
    assert found.counts["imported_with_loss"] == 1
    assert "bad.png" in found.rows[0]["words"][0]
    assert not QuestionMedia.objects.exists()
    imports.confirm(found, actor=officer)
    kept = QuestionMedia.objects.get()
    version = QuestionVersion.objects.get()
    assert f'src="{kept.reference}"' in version.stem and kept.description == "A red sign"
    assert list(version.media.all()) == [kept]
    assert check(institution, officer, data).counts["known"] == 1
    held = exports.fitted(Question.objects.all(), FORMATS[name])
    [question] = held.held
    assert question.media == {"a-b.png": _picture()}
    written = exports.export(institution, held, actor=officer)
    [back] = FORMATS[name].parse(written)
    assert back.media == question.media and 'src="media:a-b.png"' in back.stem  # type: ignore[union-attr]
    assert check(institution, officer, written).counts["known"] == 1


def test_import_costs_the_same_number_of_queries_for_any_length(
    institution: Institution, officer: User, django_assert_max_num_queries: Any
) -> None:
    data = b"\n\n".join(b"Is %d even? {T}" % number for number in range(300))
    found = check(institution, officer, data)
    with django_assert_max_num_queries(40):
        imports.confirm(found, actor=officer)
    assert Question.objects.count() == 300


@pytest.mark.parametrize("name", ["qti21", "qti22", "qti30"])
def test_a_question_about_a_picture_goes_out_and_in(
    institution: Institution, other_institution: Institution, officer: User, name: str
) -> None:
    shown = media.store(institution, name="map.png", data=_picture(), description="A map", actor=officer)
    content = CONTENT["hotspot"] | {"media": str(shown.public_id), "description": "A map"}
    questions.create_question(
        institution, title="Map", kind="hotspot", stem="Where?", content=content, actor=officer
    )
    found = exports.fitted(Question.objects.all(), FORMATS[name])
    assert [each.losses for each in found.held] == [()]
    data = exports.export(institution, found, actor=officer)
    assert check(institution, officer, data).counts["known"] == 1
    with within(other_institution):
        imports.confirm(check(other_institution, officer, data), actor=officer)
        version = QuestionVersion.objects.get()
        theirs = QuestionMedia.objects.get()
        assert list(version.media.all()) == [theirs]
    assert version.content["media"] == str(theirs.public_id) != str(shown.public_id)
    assert version.content["regions"] == content["regions"]
