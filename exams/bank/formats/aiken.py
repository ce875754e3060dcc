"""Aiken, the plainest text format: one right option of several. Reads and writes it.

Source: Moodle's documentation "Aiken format" (docs.moodle.org): the question text, then options that begin
with a capital letter and "." or ")" and a blank, then `ANSWER: ` with the letter of the right one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from exams.bank.formats import markup
from exams.bank.formats.base import (
    HTML,
    PLAIN,
    Cannot,
    Format,
    Parsed,
    ParsedQuestion,
    Refused,
    decoded,
    one_line,
    storable,
    title_from,
)

_OPTION = re.compile(r"([A-Z])[.)]\s+(.*\S.*)")
_SMALL_OPTION = re.compile(r"[a-z][.)]\s")
_ANSWER = re.compile(r"ANSWER:\s*(.*?)\s*")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(slots=True)
class _Draft:
    """The lines of one question so far."""

    line: int
    problem: str = ""
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)


class Aiken(Format):
    """Aiken: single choice in a text file."""

    name = "aiken"
    label = "Aiken"
    extension = "aiken.txt"
    content_type = "text/plain; charset=utf-8"
    kinds = frozenset(["single_choice"])
    holds = frozenset[str]()
    about = "Single choice only, as plain text: no titles, categories, tags or pictures."

    def recognises(self, data: bytes) -> bool:
        return bool(re.search(rb"(?m)^\s*ANSWER:", data[:200_000])) and not data.startswith((b"<", b"PK"))

    def parse(self, data: bytes) -> Iterator[Parsed]:
        draft: _Draft | None = None
        for number, raw in enumerate(storable(decoded(data)).split("\n"), start=1):
            line = raw.strip()
            if not line:
                continue
            draft = draft or _Draft(number)
            answer, option = _ANSWER.fullmatch(line), _OPTION.fullmatch(line)
            if answer:
                yield _finished(draft, answer[1], number)
                draft = None
            elif option:
                draft.options.append((option[1], option[2].strip()))
            elif draft.options:
                letter = _LETTERS[len(draft.options) % len(_LETTERS)]
                draft.problem = draft.problem or (
                    f"Line {number} should be an option such as “{letter}. text” or “ANSWER: A”."
                )
            else:
                draft.stem.append(line)
        if draft is not None:
            yield _unfinished(draft)

    def fitted(self, question: ParsedQuestion) -> ParsedQuestion:
        texts = [question.stem, *(option["text"] for option in question.content["options"])]
        losses = list(question.losses)
        if question.text_format == HTML:
            if question.media:
                losses.append("pictures and other files are left out: Aiken is text only")
            if not all(markup.is_only_words(text) for text in texts):
                losses.append("bold, lists, tables and other formatting are left out")
            texts = [markup.words_of(text) for text in texts]
        if "penalty" in question.content:
            losses.append("what a wrong answer takes away is left out")
        stem = "\n".join(line for each in texts[0].split("\n") if (line := one_line(each)))
        if stem != texts[0]:
            losses.append("empty lines and repeated blanks of the text are left out")
        options = [one_line(text) for text in texts[1:]]
        if options != texts[1:]:
            losses.append("line ends and repeated blanks inside options become one blank")
        if not stem or not all(options):
            raise Cannot("Without its pictures and formatting a text of it is empty.")
        if any(_OPTION.fullmatch(line) or _ANSWER.fullmatch(line) for line in stem.split("\n")):
            raise Cannot("A line of its text looks like an option or an answer of Aiken.")
        if len(set(options)) < len(options):
            raise Cannot("Without formatting two of its options are the same.")
        content = {
            "options": [
                {**option, "text": text}
                for option, text in zip(question.content["options"], options, strict=True)
            ]
        }
        return replace(
            question,
            title=title_from(stem),
            stem=stem,
            content=content,
            text_format=PLAIN,
            category=(),
            tags=(),
            difficulty=None,
            media={},
            losses=tuple(losses),
        )

    def write(self, questions: Sequence[ParsedQuestion]) -> bytes:
        written = []
        for question in questions:
            options = question.content["options"]
            right = next(place for place, option in enumerate(options) if option["correct"])
            lines = [f"{letter}. {option['text']}" for letter, option in zip(_LETTERS, options, strict=False)]
            written.append("\n".join([question.stem, *lines, f"ANSWER: {_LETTERS[right]}", ""]))
        return "\n".join(written).encode()


def _finished(draft: _Draft, letter: str, line: int) -> Parsed:
    letters = [each for each, _ in draft.options]
    where = f"line {draft.line}"
    if draft.problem:
        return Refused(where, draft.problem)
    if not draft.stem:
        return Refused(where, f"There is no question text before the answer in line {line}.")
    if not letters:
        small = any(_SMALL_OPTION.match(each) for each in draft.stem)
        hint = " Options begin with a capital letter, such as “A. text”." if small else ""
        return Refused(where, f"There are no options before the answer in line {line}.{hint}")
    if letters != list(_LETTERS[: len(letters)]):
        return Refused(where, f"The options are lettered {', '.join(letters)}; they must run from A on.")
    if letter not in letters:
        return Refused(where, f"The answer in line {line} is “{letter[:20]}”, which is none of the options.")
    stem = "\n".join(draft.stem)
    options = [{"text": text, "correct": each == letter} for each, text in draft.options]
    return ParsedQuestion(
        title=title_from(stem), stem=stem, kind="single_choice", content={"options": options}, where=where
    )


def _unfinished(draft: _Draft) -> Refused:
    if draft.options:
        return Refused(f"line {draft.line}", "The file ends before the line “ANSWER: …” of this question.")
    return Refused(f"line {draft.line}", "The file ends with a text that has no options and no answer.")
