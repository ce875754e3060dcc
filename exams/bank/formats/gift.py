"""GIFT, Moodle's text format for questions: reads and writes it.

Source: Moodle's documentation "GIFT format" (docs.moodle.org): blocks parted by blank lines, `::title::`,
`[html]`, answers in braces, `=` right, `~` wrong, `%50%` share, `#` feedback, `\\` before control characters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from exams.bank.formats import gift_text, markup, weighted
from exams.bank.formats.base import (
    HTML,
    PLAIN,
    Cannot,
    Format,
    Parsed,
    ParsedQuestion,
    Refused,
    category_path,
    category_text,
    clean_tags,
    decoded,
    one_line,
    storable,
    title_from,
)
from exams.bank.formats.weighted import Taken

_WITH_TEXTS = ("options", "prompts", "choices")
FEEDBACK = "feedback to answers is left out"
_TRUE = ("T", "TRUE")
_FALSE = ("F", "FALSE")


class Gift(Format):
    """GIFT: one text file, no pictures."""

    name = "gift"
    label = "GIFT"
    extension = "gift.txt"
    content_type = "text/plain; charset=utf-8"
    kinds = frozenset(
        ["single_choice", "multiple_choice", "true_false", "numeric", "short_answer", "essay", "matching"]
    )
    holds = frozenset(["title", "html", "category", "tags"])
    about = "Moodle's text format. One text file; easy to write by hand; no pictures."

    def recognises(self, data: bytes) -> bool:
        head = data[:200_000].lstrip(b"\xef\xbb\xbf \t\r\n")
        return not head.startswith((b"<", b"PK")) and (b"{" in head or head.upper().startswith(b"$CATEGORY"))

    def parse(self, data: bytes) -> Iterator[Parsed]:
        category: tuple[str, ...] = ()
        for block in gift_text.blocks(gift_text.hidden(storable(decoded(data)))):
            if block.category is not None:
                category = category_path(gift_text.shown(block.category))
            elif block.lines:
                yield _read(block, category)

    def fitted(self, question: ParsedQuestion) -> ParsedQuestion:
        losses = list(question.losses)
        if question.media:
            losses.append("pictures and other files are left out: GIFT is text only")
        if question.difficulty is not None:
            losses.append("the difficulty is left out")
        losses += _lost(question)
        return replace(question, losses=tuple(losses), media={}, difficulty=None)

    def write(self, questions: Sequence[ParsedQuestion]) -> bytes:
        written: list[str] = []
        category: tuple[str, ...] = ()
        for question in questions:
            if question.category != category:
                category = question.category
                path = category_text(["top", *category])
                written.append(f"$CATEGORY: {gift_text.escaped(path)}\n")
            written.append(_written(question))
        return "\n".join(written).encode()


def _read(block: gift_text.Block, category: tuple[str, ...]) -> Parsed:
    title, where = "", f"line {block.line}"
    try:
        title, text = gift_text.split_title(block.text)
        before, inside, behind = gift_text.split_braces(text)
        if inside is None:
            raise Cannot("it has no { } part with answers; texts without a question are not taken")
        return _question(block, category, title, _Wording(before, behind), inside)
    except Cannot as reason:
        return Refused(where, f"Not read: {reason}.", title)


class _Wording:
    """The text around the braces with its format."""

    def __init__(self, before: str, behind: str) -> None:
        before, self.named = gift_text.split_format(before)
        missing = bool(gift_text.shown(behind))
        joined = f"{before.rstrip()} _____ {behind.lstrip()}" if missing else before
        self.text = gift_text.shown("\n".join(line.strip() for line in joined.strip().split("\n")))
        self.text_format = _format_of(self.text, self.named)
        if self.text_format == HTML and self.named != "html":
            self.text = self.text.replace("\n", "<br>")


def _format_of(text: str, named: str | None) -> str:
    if named == "html" or (named in (None, "moodle") and markup.has_markup(text)):
        return HTML
    return PLAIN


def _question(
    block: gift_text.Block, category: tuple[str, ...], title: str, wording: _Wording, inside: str
) -> ParsedQuestion:
    if not wording.text:
        raise Cannot("it has no question text")
    inside, _, general = inside.partition("####")
    taken, texts = _answers(inside, wording)
    text_format, [stem, *options] = markup.in_one_format([(wording.text, wording.text_format), *texts])
    entries = [each for name in _WITH_TEXTS for each in taken.content.get(name, [])]
    for entry, text in zip(entries, options, strict=bool(entries)):
        entry["text"] = text
    losses = list(taken.losses)
    if general:
        losses.append("the general feedback is left out")
    if wording.named == "markdown":
        losses.append("Markdown is kept as it is written")
    return ParsedQuestion(
        title=one_line(title) or title_from(markup.words_of(stem) if text_format == HTML else stem),
        stem=stem,
        kind=taken.kind,
        content=taken.content,
        text_format=text_format,
        category=category,
        tags=clean_tags(gift_text.shown(tag) for tag in block.tags),
        where=f"line {block.line}",
        losses=tuple(losses),
    )


def _answers(inside: str, wording: _Wording) -> tuple[Taken, list[tuple[str, str]]]:
    """The answers as content, and the texts in it that have the format of the question."""
    bare = inside.strip()
    if not bare:
        return Taken("essay", {"word_limit": None}), []
    if bare.startswith("#"):
        return _numeric(bare[1:]), []
    if bare.startswith(">"):
        raise Cannot("it is an ordering question, which GIFT does not define; export it as Moodle XML")
    word, has_feedback = gift_text.without_feedback(bare)
    if word.strip().upper() in _TRUE + _FALSE:
        losses = (FEEDBACK,) if has_feedback else ()
        return Taken("true_false", {"correct": word.strip().upper() in _TRUE}, losses), []
    answers = gift_text.split_answers(inside)
    lost = (FEEDBACK,) if any(answer.has_feedback for answer in answers) else ()
    if "~" in inside:
        taken, texts = _choice(answers, wording)
    elif "->" in inside:
        taken, texts = _matching(answers, wording)
    else:
        taken, texts = _short_answer(answers), []
    return replace(taken, losses=(*taken.losses, *lost)), texts


def _choice(answers: Sequence[gift_text.Answer], wording: _Wording) -> tuple[Taken, list[tuple[str, str]]]:
    texts = [_option(answer.text, wording) for answer in answers]
    shares = [_share(answer) for answer in answers]
    single = any(answer.right for answer in answers)
    taken = weighted.take_choice(
        [(text, share) for (text, _), share in zip(texts, shares, strict=True)], single=single
    )
    return taken, texts


def _matching(answers: Sequence[gift_text.Answer], wording: _Wording) -> tuple[Taken, list[tuple[str, str]]]:
    sides = [answer.text.partition("->") for answer in answers]
    if not all(arrow for _, arrow, _ in sides):
        raise Cannot("every answer of a matching question must be written as “text -> choice”")
    prompts = [_option(prompt, wording) for prompt, _, _ in sides]
    choices = [_option(choice, wording) for _, _, choice in sides]
    taken = weighted.take_matching(
        [(prompt, choice) for (prompt, _), (choice, _) in zip(prompts, choices, strict=True)]
    )
    return taken, [*(each for each in prompts if each[0]), *dict(choices).items()]


def _option(text: str, wording: _Wording) -> tuple[str, str]:
    text, named = gift_text.split_format(text)
    clean = gift_text.shown(text)
    named = named or wording.named
    return clean, _format_of(clean, named)


def _share(answer: gift_text.Answer) -> Fraction:
    if answer.weight is None:
        return Fraction(answer.right)
    return weighted.percent(answer.weight)


def _short_answer(answers: Sequence[gift_text.Answer]) -> Taken:
    accepted = [(gift_text.shown(gift_text.split_format(each.text)[0]), _share(each)) for each in answers]
    return weighted.take_short_answer(accepted, case_sensitive=False)


def _numeric(inside: str) -> Taken:
    text, has_feedback = gift_text.without_feedback(inside)
    if "=" not in inside and "~" not in inside:
        taken = weighted.take_numeric([_number(text, weighted.ONE)])
    else:
        answers = [each for each in gift_text.split_answers(inside) if each.right]
        has_feedback = any(each.has_feedback for each in answers)
        taken = weighted.take_numeric([_number(each.text, _share(each)) for each in answers])
    return replace(taken, losses=(*taken.losses, *((FEEDBACK,) if has_feedback else ())))


def _number(text: str, share: Fraction) -> dict[str, Any]:
    text = gift_text.shown(text)
    if ".." in text:
        low, _, high = text.partition("..")
        return weighted.between(low, high, share)
    value, _, tolerance = text.partition(":")
    return weighted.around(value, tolerance, share)


# writing


def _lost(question: ParsedQuestion) -> list[str]:
    """What GIFT cannot say of the content of a question. Raises Cannot."""
    content: Any = question.content
    losses = []
    if question.kind == "short_answer":
        if any("->" in text for text, _ in weighted.give_short_answer(content)):
            raise Cannot("GIFT reads “->” in an accepted answer as a matching question.")
        if content["case_sensitive"]:
            losses.append("GIFT does not tell capital from small letters in short answers")
        if content.get("ignore_accents"):
            losses.append("accents count in the file")
    elif question.kind == "numeric":
        if "unit" in content:
            losses.append("units are left out: only the number counts in the file")
    elif question.kind == "essay":
        if any(value for value in content.values()):
            losses.append("limits of words are left out")
    elif question.kind == "matching":
        losses += weighted.matching_losses(content)
        if any("->" in prompt["text"] for prompt in content["prompts"]):
            raise Cannot("GIFT cannot hold “->” in a prompt.")
    elif question.kind == "multiple_choice":
        losses += weighted.give_choice(question.kind, content)[1]
    elif question.kind == "true_false" and "penalty" in content:
        losses.append("what a wrong answer takes away is left out")
    return losses


def _written(question: ParsedQuestion) -> str:
    lines = []
    if question.tags:
        tags = "".join(f" [tag:{_tag(tag)}]" for tag in question.tags)
        lines.append(f"//{tags}")
    named = "html" if question.text_format == HTML else "plain"
    head = f"::{gift_text.escaped(question.title)}::[{named}]{gift_text.escaped(question.stem)}"
    lines += [head + " {" + _braces(question, named) + "}", ""]
    return "\n".join(lines)


def _tag(tag: str) -> str:
    return tag.replace("\\", "\\\\").replace("]", "\\]")


def _braces(question: ParsedQuestion, named: str) -> str:
    content: Any = question.content
    if question.kind == "essay":
        return ""
    if question.kind == "true_false":
        return "TRUE" if content["correct"] else "FALSE"
    if question.kind == "numeric":
        rows = [(_written_number(row), share) for row, share in weighted.give_numeric(content)]
        return f"#{rows[0][0]}" if len(rows) == 1 else "#" + _rows(f"={_weight(s)}{text}" for text, s in rows)
    if question.kind == "short_answer":
        accepted = weighted.give_short_answer(content)
        return _rows(f"={_weight(share)}{_short(text)}" for text, share in accepted)
    if question.kind == "matching":
        return _rows(
            f"=[{named}]{gift_text.escaped(prompt)} -> [{named}]{gift_text.escaped(choice)}"
            for prompt, choice in weighted.give_matching(content)
        )
    options, _ = weighted.give_choice(question.kind, content)
    single = question.kind == "single_choice"
    return _rows(f"{_sign(share, single)}[{named}]{gift_text.escaped(text)}" for text, share in options)


def _written_number(row: Any) -> str:
    if "low" in row:
        return f"{row['low']}..{row['high']}"
    return ":".join(weighted.as_around(row))


def _sign(share: Fraction, single: bool) -> str:
    if single and share in (0, 1):
        return "=" if share else "~"
    return f"~{_weight(share)}"


def _weight(share: Fraction) -> str:
    return f"%{weighted.percent_text(share)}%"


def _short(text: str) -> str:
    # The mark keeps a text that itself begins with "[html]" or the like from being read as one.
    return f"[plain]{gift_text.escaped(text)}" if text.startswith("[") else gift_text.escaped(text)


def _rows(rows: Iterator[str]) -> str:
    return "\n" + "".join(f"\t{row}\n" for row in rows)
