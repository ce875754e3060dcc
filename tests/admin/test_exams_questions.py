"""Questions in the admin: a form per kind, versions, errors that name the row, rights, other institutions."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams.bank.questions import newest_version
from exams.kinds.registry import KINDS
from exams.models import Question, QuestionMedia, QuestionVersion
from proctor_site.kernel import clock
from tests.factories.exams import CONTENT, make_exam, make_question

Browser = Callable[..., Client]

POSTED: dict[str, dict[str, Any]] = {
    "single_choice": {
        "option_1_text": "Vienna",
        "option_1_correct": "on",
        "option_3_text": "Bern",
    },
    "multiple_choice": {
        "option_1_text": "2",
        "option_1_correct": "on",
        "option_2_text": "3",
        "option_2_correct": "on",
        "option_3_text": "4",
        "scoring": "all_or_nothing",
    },
    "true_false": {"correct": "false"},
    "numeric": {"value": "3,14", "tolerance": "0.01"},
    "short_answer": {"accepted": "Vienna\n Wien \n\n", "case_sensitive": "on"},
    "matching": {
        "prompt_1": "Austria",
        "match_1": "Vienna",
        "prompt_3": "Italy",
        "match_3": "Rome",
        "others": "Bern\n\nBonn",
        "scoring": "partial",
    },
    "ordering": {"entry_1": "1789", "entry_2": "1848", "entry_4": "1918", "scoring": "positions"},
    "cloze": {
        "text": "[[1]] lies on the [[2]], at [[4]] m.",
        "gap_1_kind": "single_choice",
        "gap_1_answers": "Vienna\nGraz",
        "gap_2_kind": "short_answer",
        "gap_2_weight": "3",
        "gap_2_answers": "Danube\n50 % Donau",
        "gap_2_switches": ["wildcards"],
        "gap_4_kind": "numeric",
        "gap_4_answers": "151 ± 5",
    },
    "hotspot": {
        "media": "media:00000000-0000-4000-8000-000000000000",
        "description": "Map of Austria",
        "width": "800",
        "height": "400",
        "regions": "circle 700 100 30\nrect 100 200 80 40\npolygon 0,0 10,0 5,9",
        "needed": "2",
    },
    "essay": {"word_limit": "300", "least_words": "20", "template": "Thesis:\r\n"},
    "code": {"language": "sql", "template": "SELECT\r\n  ", "solution": "SELECT 1;"},
    "file_upload": {"types": ["docx", "pdf"], "most_files": "2", "largest_mb": "5"},
}
STORED: dict[str, Any] = {
    "single_choice": [("Vienna", True), ("Bern", False)],
    "multiple_choice": [("2", True), ("3", True), ("4", False)],
    "true_false": {"correct": False},
    "numeric": {"value": "3.14", "tolerance": "0.01"},
    "short_answer": {"accepted": ["Vienna", "Wien"], "case_sensitive": True},
    "matching": {"Austria": "Vienna", "Italy": "Rome", "": ["Bern", "Bonn"]},
    "ordering": ["1789", "1848", "1918"],
    "cloze": [
        ("1", "single_choice", 1, [("Vienna", True), ("Graz", False)]),
        (
            "2",
            "short_answer",
            3,
            {
                "accepted": ["Danube", {"text": "Donau", "share": "1/2"}],
                "case_sensitive": False,
                "wildcards": True,
            },
        ),
        ("4", "numeric", 1, {"value": "151", "tolerance": "5"}),
    ],
    "hotspot": {
        **CONTENT["hotspot"],
        "regions": [
            *CONTENT["hotspot"]["regions"],
            {"shape": "polygon", "points": [[0, 0], [10, 0], [5, 9]]},
        ],
        "needed": 2,
    },
    "essay": {"word_limit": 300, "least_words": 20, "template": "Thesis:\n"},
    "code": {"language": "sql", "template": "SELECT\n  ", "solution": "SELECT 1;"},
    "file_upload": {"types": ["pdf", "docx"], "most_files": 2, "largest_mb": 5},
}


def add_url(kind: str) -> str:
    return reverse("admin:exams_question_add") + f"?kind={kind}"


def change_url(question: Question) -> str:
    return reverse("admin:exams_question_change", args=[question.pk])


def body_of(content: dict[str, Any]) -> Any:
    if "gaps" in content:
        return [(gap["id"], gap["kind"], gap["weight"], body_of(gap["content"])) for gap in content["gaps"]]
    if "prompts" in content:
        texts = {choice["id"]: choice["text"] for choice in content["choices"]}
        pairs = {each["text"]: texts.pop(each["choice"]) for each in content["prompts"]}
        return {**pairs, "": sorted(texts.values())}
    if "entries" in content:
        return [entry["text"] for entry in content["entries"]]
    if "options" not in content:
        return content
    return [(option["text"], option["correct"]) for option in content["options"]]


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)


def test_the_kind_is_chosen_first(officer: User, browser_of: Browser) -> None:
    page = browser_of(officer).get(reverse("admin:exams_question_add")).content.decode()
    for name, kind in KINDS.items():
        assert f'href="?kind={name}"' in page and kind.label in page


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_add_and_read_back(institution: Institution, author: User, browser_of: Browser, kind: str) -> None:
    client = browser_of(author)
    with within(institution):
        QuestionMedia.objects.create(
            institution=institution,
            public_id=CONTENT["hotspot"]["media"],
            name="map.png",
            description="Map",
            content_type="image/png",
            size=1,
            sha256="0" * 64,
            stored_name="map.png",
        )
    assert client.get(add_url(kind)).status_code == 200
    response = client.post(add_url(kind), {"title": "Capital", "stem": "Which?", **POSTED[kind]})
    assert response.status_code == 302, errors_of(response)
    with within(institution):
        question = Question.objects.get()
        version = question.versions.get()
        verbs = list(AuditEntry.objects.values_list("verb", "actor"))
    assert (question.title, question.kind, question.institution) == ("Capital", kind, institution)
    assert (version.number, version.stem, version.created_by) == (1, "Which?", author)
    assert body_of(version.content) == STORED[kind]
    assert verbs == [("question.created", author.pk)]
    page = client.get(change_url(question))
    initial = page.context["adminform"].form.get_initial_for_field
    form = page.context["adminform"].form
    shown = {name: initial(field, name) for name, field in form.fields.items()}
    assert (shown["title"], shown["stem"]) == ("Capital", "Which?")
    preview = client.get(reverse("admin:exams_question_preview", args=[question.pk]))
    assert KINDS[kind].describe_key(version.content) in preview.context["key"]
    assert "Which?" in preview.content.decode()


@pytest.mark.parametrize(
    ("kind", "change", "field", "words"),
    [
        ("single_choice", {"option_3_correct": "on"}, "option_1_text", "exactly one"),
        ("single_choice", {"option_3_text": "Vienna"}, "option_3_text", "same text"),
        ("single_choice", {"option_4_correct": "on"}, "option_4_text", "Row 4 is ticked"),
        ("single_choice", {"option_3_text": ""}, "option_1_text", "between 2 and 20"),
        (
            "multiple_choice",
            {"option_1_correct": "", "option_2_correct": ""},
            "option_1_text",
            "at least one",
        ),
        ("multiple_choice", {"scoring": "luck"}, "scoring", "luck"),
        ("single_choice", {"penalty": "101"}, "penalty", "from 0 % to 100 %"),
        ("true_false", {"correct": ""}, "correct", "required"),
        ("true_false", {"correct": "true", "penalty": "half"}, "penalty", "a percentage such as"),
        ("numeric", {"value": "three"}, "value", "must be a number"),
        ("numeric", {"tolerance": "-1"}, "tolerance", "below 0"),
        ("short_answer", {"accepted": " \n "}, "accepted", "required"),
        ("matching", {"match_3": ""}, "match_3", "Prompt 3 has no match"),
        ("matching", {"prompt_3": ""}, "prompt_3", "no prompt"),
        ("matching", {"prompt_3": "Austria"}, "prompt_3", "there twice"),
        ("ordering", {"entry_2": "", "entry_4": ""}, "entry_1", "between 2 and 20"),
        ("ordering", {"entry_4": "1848"}, "entry_4", "there twice"),
        ("cloze", {"gap_3_kind": "numeric", "gap_3_answers": "7"}, "gap_3_kind", "stand in the text once"),
        ("cloze", {"gap_2_kind": ""}, "text", "names gap 2"),
        ("cloze", {"gap_4_answers": "high"}, "gap_4_answers", "must be a number"),
        ("cloze", {"gap_1_answers": "Vienna"}, "gap_1_answers", "between 2 and 20"),
        ("cloze", {"gap_2_weight": "0"}, "gap_2_weight", "greater than or equal to 1"),
        ("code", {"language": "klingon"}, "language", "valid choice"),
        ("file_upload", {"types": []}, "types", "required"),
        ("file_upload", {"most_files": "11"}, "most_files", "less than or equal to 10"),
        ("hotspot", {"regions": "circle 700 100"}, "regions", "needs x, y, r"),
        ("hotspot", {"regions": "star 1 2"}, "regions", "a circle, a rect or a polygon"),
        ("hotspot", {"regions": "rect 900 0 5 5"}, "regions", "must lie in the picture"),
        ("hotspot", {"media": "map.png"}, "media", "by its reference"),
        ("essay", {"word_limit": "0"}, "word_limit", "greater than or equal to 1"),
        ("essay", {"least_words": "301"}, "least_words", "above the word limit"),
        ("essay", {"stem": " "}, "stem", "required"),
        ("essay", {"stem": "a\x00b"}, "stem", "Null characters"),
    ],
)
def test_errors_name_the_field_and_save_nothing(
    institution: Institution,
    officer: User,
    browser_of: Browser,
    kind: str,
    change: dict[str, str],
    field: str,
    words: str,
) -> None:
    body = {"title": "T", "stem": "S", **POSTED[kind], **change}
    errors = errors_of(browser_of(officer).post(add_url(kind), body))
    assert list(errors) == [field]
    assert words in " ".join(errors[field])
    with within(institution):
        assert not Question.objects.exists()


def test_changing_a_used_question_makes_a_version_and_says_so(
    institution: Institution, officer: User, browser_of: Browser
) -> None:
    question = make_question(institution)
    client = browser_of(officer)
    body = {"title": "New title", "stem": "Again?", "option_1_text": "Vienna", "option_1_correct": "on"}
    body |= {"option_2_text": "Berlin", "option_3_text": "Bern"}
    with within(institution):
        client.post(change_url(question), body)
        assert list(question.versions.values_list("number", "stem")) == [(1, "Again?")]
        QuestionVersion.objects.update(used_at=clock.now())
        page = client.post(change_url(question), {**body, "stem": "Once more?"}, follow=True)
        assert "saved as version 2" in page.content.decode()
        assert list(question.versions.values_list("number", "stem")) == [(2, "Once more?"), (1, "Again?")]
        ids = [option["id"] for option in newest_version(question).content["options"]]  # type: ignore[union-attr]
        assert ids == ["a", "b", "c"]
        page = client.post(change_url(question), {**body, "stem": "Once more?"}, follow=True)
        assert question.versions.count() == 2
        question.refresh_from_db()
        assert question.title == "New title"


def test_rows_grow_by_saving(institution: Institution, officer: User, browser_of: Browser) -> None:
    options = [{"text": str(number), "correct": number == 0} for number in range(6)]
    question = make_question(
        institution, content=KINDS["single_choice"].validate_content({"options": options})
    )
    fields = browser_of(officer).get(change_url(question)).context["adminform"].form.fields
    assert [name for name in fields if name.endswith("_text")][-1] == "option_8_text"


def test_retired_questions_are_read_only(
    institution: Institution, officer: User, browser_of: Browser
) -> None:
    question = make_question(institution)
    client = browser_of(officer)
    listing = reverse("admin:exams_question_changelist")
    client.post(listing, {"action": "retire", "_selected_action": [question.pk]})
    question.refresh_from_db()
    assert question.retired_at is not None
    assert client.post(change_url(question), {"title": "X", "stem": "Y"}).status_code == 403
    found = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "exams", "model_name": "sectionquestion", "field_name": "question", "term": "Q"},
    ).json()
    assert found["results"] == []


@pytest.mark.parametrize(
    ("who", "may_read", "may_write"),
    [
        ("author", True, True),
        ("officer", True, True),
        ("admin_member", True, True),
        ("reviewer", True, False),
        ("proctor", False, False),
        ("candidate", False, False),
        ("stranger", False, False),
        ("foreign_officer", False, False),
        ("foreign_proctor", False, False),
        ("foreign_candidate", False, False),
    ],
)
def test_rights(
    institution: Institution,
    request: Any,
    browser_of: Browser,
    who: str,
    may_read: bool,
    may_write: bool,
) -> None:
    question = make_question(institution, stem="A secret question")
    client = browser_of(request.getfixturevalue(who))
    for url in (change_url(question), reverse("admin:exams_question_preview", args=[question.pk])):
        page = client.get(url, follow=True)
        assert ("A secret question" in page.content.decode()) == may_read, url
    listing = client.get(reverse("admin:exams_question_changelist"), follow=True)
    assert (question.title in listing.content.decode()) == may_read
    body = {"title": "Changed", "stem": "S", **POSTED["single_choice"]}
    client.post(change_url(question), body)
    client.post(add_url("single_choice"), body)
    with within(institution):
        assert Question.objects.filter(title="Changed").count() == (2 if may_write else 0)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    institution: Institution,
    officer: User,
    browser_of: Browser,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    make_exam(institution, kinds=list(CONTENT)[:count])
    client = browser_of(officer)
    with django_assert_num_queries(13):
        assert client.get(reverse("admin:exams_question_changelist")).status_code == 200
