"""Texts with gaps, code and files to hand in, in files made by hand from the public specifications."""

from pathlib import Path
from typing import Any

import pytest

from exams.bank.formats import gaps
from exams.bank.formats.base import ParsedQuestion, Refused
from exams.bank.formats.registry import FORMATS, recognised
from exams.kinds.file_upload.types import TYPES
from exams.kinds.registry import KINDS

FILES = Path(__file__).parent / "files"
ITEM = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="i" title="T"
 adaptive="false" timeDependent="false"><responseDeclaration identifier="RESPONSE" cardinality="single"
 baseType="{type}"/><itemBody><p>Do it.</p>{body}</itemBody></assessmentItem>"""


def parsed(name: str) -> list[Any]:
    data = (FILES / name).read_bytes()
    return list(recognised(data).parse(data))


def content(question: ParsedQuestion) -> Any:
    return KINDS[question.kind].validate_content(question.content)


def item(body: str, base_type: str = "string") -> Any:
    [found] = FORMATS["qti22"].parse(ITEM.format(body=body, type=base_type).encode())
    return found


def test_moodles_embedded_answers() -> None:
    cities, at_once, several, still_open, none, mark, *_ = parsed("moodle_gaps.xml")
    assert cities.stem.startswith("<p>Match the following") and cities.content["text"].startswith("<p>San Fr")
    assert (
        "Tucson: [[2]]<br>" in cities.content["text"] and "brace \\} and a [[4]]," in cities.content["text"]
    )
    first, second, third, fourth = content(cities)["gaps"]
    assert [gap["weight"] for gap in (first, second, third, fourth)] == [1, 2, 1, 3]
    assert [(o["text"], o["correct"]) for o in second["content"]["options"]][1] == ("Arizona", True)
    assert third["content"]["accepted"] == ["Vienna", {"text": "Wien \\& more", "share": "1/2"}]
    assert third["content"]["case_sensitive"]
    assert fourth["content"]["answers"][1] == {"value": "23.8", "tolerance": "2", "share": "1/2"}
    assert cities.losses == ("feedback is left out", "answers that earn nothing are left out")
    assert content(at_once)["gaps"][0]["content"]["accepted"] == ["Café", "1 # 2 ~ 3"]
    assert (at_once.stem, at_once.losses) == (gaps.FALLBACK, (gaps.ADDED,))
    reasons = [each.reason for each in (several, still_open, none, mark) if isinstance(each, Refused)]
    assert [each.split(": ")[1][:28] for each in reasons] == [
        "a gap asks for several choic",
        "a gap has no closing brace.",
        "its text has no gaps.",
        "its text holds a mark such a",
    ]


def test_moodles_essays_for_code_and_files() -> None:
    *_, code, files, anything = parsed("moodle_gaps.xml")
    assert code.kind == "code" and code.losses == ()
    assert content(code)["solution"] == "def sort(rows):\n    return sorted(rows)"
    assert content(code)["template"] == "def sort(rows):\n    ..."
    assert content(files) == {
        "types": ["pdf", "xlsx", "ods", "jpg", "csv"],
        "most_files": 10,
        "largest_mb": 3,
    }
    assert [words for words in files.losses if ".exe" in words] and len(files.losses) == 4
    assert content(anything)["types"] == list(TYPES) and content(anything)["most_files"] == 2


def test_qti_item_with_several_inline_interactions() -> None:
    [found] = parsed("qti22_gaps.xml")
    assert found.stem == "<p>Fill in what is missing.</p>"
    assert found.content["text"].startswith("<blockquote><p>Made glorious [[1]] by this sun of\n[[2]]")
    entry, choice, year = content(found)["gaps"]
    assert [entry["weight"], choice["weight"], year["weight"]] == [2, 3, 1]
    assert entry["content"]["accepted"] == ["summer", {"text": "sumer", "share": "1/2"}]
    assert [o["text"] for o in choice["content"]["options"] if o["correct"]] == ["York"]
    assert year["content"] == {"value": "1485", "tolerance": "1"}
    assert found.losses == () and recognised((FILES / "qti22_gaps.xml").read_bytes()).name == "qti22"


def test_gaps_that_count_only_together_are_a_named_loss() -> None:
    text = (FILES / "qti22_gaps.xml").read_text()
    rules = (
        "<responseProcessing><responseCondition><responseIf><and>{}</and></responseIf></responseCondition>"
    )
    both = "".join(
        f'<match><variable identifier="{own}"/><correct identifier="{own}"/></match>'
        for own in ("HOUSE", "SEASON", "YEAR")
    )
    start = text.index("<responseProcessing>")
    [found] = FORMATS["qti22"].parse(
        (text[:start] + rules.format(both) + "</responseProcessing></assessmentItem>").encode()
    )
    assert isinstance(found, ParsedQuestion) and "own rules of marking" in " ".join(found.losses)
    assert [gap["weight"] for gap in found.content["gaps"]] == [1, 1, 1]


@pytest.mark.parametrize(
    ("body", "base_type", "kind", "losses"),
    [
        ('<extendedTextInteraction responseIdentifier="RESPONSE"/>', "string", "essay", 0),
        (
            '<extendedTextInteraction responseIdentifier="RESPONSE" format="preFormatted"/>',
            "string",
            "code",
            0,
        ),
        (
            '<uploadInteraction responseIdentifier="RESPONSE" type="application/pdf"/>',
            "file",
            "file_upload",
            0,
        ),
        ('<uploadInteraction responseIdentifier="RESPONSE"/>', "file", "file_upload", 1),
    ],
    ids=["essay", "code", "pdf", "any-file"],
)
def test_qti_interactions_that_a_person_marks(body: str, base_type: str, kind: str, losses: int) -> None:
    found = item(body, base_type)
    assert (found.kind, found.stem, len(found.losses)) == (kind, "<p>Do it.</p>", losses)
    assert content(found)


def test_a_type_of_file_that_is_not_accepted_is_refused() -> None:
    found = item('<uploadInteraction responseIdentifier="RESPONSE" type="text/html"/>', "file")
    assert isinstance(found, Refused) and "cannot be handed in" in found.reason


def test_the_orderings_that_only_a_plug_in_reads_in_gift_are_refused_in_words() -> None:
    [found] = FORMATS["gift"].parse(b"::O::Put in order {>3 ALL VERTICAL ABSOLUTE\none\ntwo\nthree\n}\n")
    assert isinstance(found, Refused) and "export it as Moodle XML" in found.reason


@pytest.mark.parametrize("name", ["qti21", "qti22", "qti30"])
def test_a_package_tells_its_version(name: str) -> None:
    form = FORMATS[name]
    written = form.write([ParsedQuestion("T", "S", "true_false", {"correct": True})])
    assert recognised(written) is form
