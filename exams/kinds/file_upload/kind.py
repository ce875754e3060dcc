"""File upload: files that a person marks."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, MarkedByPerson
from exams.kinds.file_upload.types import LONGEST_NAME, TYPES
from proctor_site.kernel.errors import InvalidInput

MOST_FILES = 10
LARGEST_MB = 50
_MB = 1_000_000
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileUpload(MarkedByPerson):
    """Files.

    content: `{"types": ["pdf", "docx"], "most_files": 2, "largest_mb": 10}`; types are endings of
    `types.TYPES`, 1 to 10 files, 1 to 50 megabytes (of 1,000,000 bytes) each.
    public: `{"types", "accept": ".pdf,.docx", "most_files", "largest_mb"}`.
    value: the files handed in, `[{"id": "<uuid>", "name": "plan.pdf", "size": 1234, "sha256": "..."}, ...]`;
    a browser may send the ids alone. `delivery.answer_files` takes the other facts from what was stored, so
    the journal proves which bytes were handed in.
    """

    name = "file_upload"
    label = "File upload"
    form = "exams.kinds.file_upload.form.FileUploadForm"
    holds_files = True

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["types", "most_files", "largest_mb"])
        types = given.get("types")
        if not isinstance(types, list) or not types or not all(isinstance(each, str) for each in types):
            raise InvalidInput("Choose at least one type of file.", field="types")
        for each in types:
            shapes.one_of(each, TYPES, "types", "A type of file")
        return {
            "types": [ending for ending in TYPES if ending in types],
            "most_files": _count(given.get("most_files", 1), MOST_FILES, "most_files", "The number of files"),
            "largest_mb": _count(given.get("largest_mb", 10), LARGEST_MB, "largest_mb", "The largest size"),
        }

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        endings = [*content["types"], *(["jpeg"] if "jpg" in content["types"] else [])]
        return {**content, "accept": ",".join(f".{ending}" for ending in endings)}

    def clean_value(self, content: Content, value: object) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise InvalidInput("The answer must be a list of files.", field="value")
        if len(value) > content["most_files"]:
            raise InvalidInput(
                f"At most {content['most_files']} files can be handed in here.",
                field="value",
                code="too_many",
            )
        files = [_clean_file(each) for each in value]
        if len({each["id"] for each in files}) < len(files):
            raise InvalidInput("A file is in the answer twice.", field="value")
        return files

    def describe_key(self, content: Content) -> str:
        return f"Marked by a person; {', '.join(content['types'])}"

    def describe_value(self, content: Content, value: Any) -> str:
        return "; ".join(_in_words(each) for each in value)

    def value_html(self, content: Content, value: Any) -> str:
        rows = "".join(
            f'<li><a href="/api/v1/answer-files/{each["id"]}/">{escape(_in_words(each))}</a></li>'
            for each in value
        )
        return f'<ul class="answer-files">{rows}</ul>'


def _clean_file(value: object) -> dict[str, Any]:
    """The facts of one file as far as they are given: the id alone will do."""
    given: Mapping[str, Any] = value if isinstance(value, Mapping) else {"id": value}
    own_id, name, size, sha256 = (given.get(key) for key in ("id", "name", "size", "sha256"))
    fits = (
        isinstance(own_id, str)
        and _ID.fullmatch(own_id)
        and not set(given) - {"id", "name", "size", "sha256"}
    )
    if not fits:
        raise InvalidInput("The answer must be a list of files that were handed in.", field="value")
    facts: dict[str, Any] = {"id": own_id}
    if isinstance(name, str):
        facts["name"] = shapes.plain_text(name, "value", "The name of a file", most=LONGEST_NAME)
    if isinstance(size, int) and not isinstance(size, bool) and 0 <= size <= LARGEST_MB * _MB:
        facts["size"] = size
    if isinstance(sha256, str) and _SHA256.fullmatch(sha256):
        facts["sha256"] = sha256
    return facts


def _in_words(file: Mapping[str, Any]) -> str:
    size = file.get("size")
    words = "" if size is None else f" ({max(size / _MB, 0.01):.2f} MB)"
    return f"{file.get('name', file['id'])}{words}"


def _count(value: object, most: int, field: str, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise InvalidInput(f"{what} must be a whole number from 1 to {most}.", field=field)
    return value
