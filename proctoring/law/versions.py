"""Keeps a numbered version of each document whenever what it says changed, and compares versions."""

import difflib
import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.cache import cache
from django.db import IntegrityError, transaction

from accounts.models import Institution
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.law import mails
from proctoring.law.facts import gather
from proctoring.law.shape import Document, Section, markdown
from proctoring.law.texts import MAKERS
from proctoring.models import LawDocument

log = logging.getLogger(__name__)
_LOOK_EVERY_S = 3_600
_WORD = re.compile(r"\s+|\S+")


def refresh(institution: Institution) -> list[LawDocument]:
    """Makes every document anew and keeps those that say something else than before; these new versions.

    Who answers for data protection gets one e-mail about changes (not about first versions).
    """
    with within(institution):
        facts = gather(institution)
        made = [row for kind, make in MAKERS.items() if (row := _keep(institution, make(facts), kind))]
        if any(row.number > 1 for row in made):
            mails.write(institution)
    return made


def refresh_all() -> None:
    """For upkeep, once an hour: the operator's settings may have changed. One that fails stops no other."""
    if not cache.add("law-documents-looked", True, _LOOK_EVERY_S):
        return
    for institution in Institution.objects.exclude(confirmed_at=None).order_by("pk"):
        refresh_quietly(institution)


def refresh_quietly(institution: Institution) -> None:
    """As `refresh`; an error is logged: a document must not stop what made it change."""
    try:
        refresh(institution)
    except Exception:
        log.exception("the documents of institution %s could not be made", institution.pk)


def newest(institution: Institution, kind: str) -> LawDocument | None:
    """The version that holds."""
    return LawDocument.objects.filter(institution=institution, kind=kind).order_by("-number").first()


def _keep(institution: Institution, document: Document, kind: str) -> LawDocument | None:
    text = markdown(document)
    digest = hashlib.sha256(text.encode()).hexdigest()
    before = newest(institution, kind)
    if before is not None and before.sha256 == digest:
        return None
    row = LawDocument(
        institution=institution,
        kind=kind,
        number=before.number + 1 if before else 1,
        content=document.as_plain(),
        text=text,
        sha256=digest,
        changed_lines=count_changes(before.text, text) if before else 0,
        made_at=clock.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # another process was quicker
        return None
    return row


def document_of(row: LawDocument) -> Document:
    """The document as it was when the version was made."""
    sections = tuple(Section(**each) for each in row.content["sections"])
    return Document(row.content["kind"], row.content["title"], sections)


Words = tuple[tuple[str, bool], ...]
"""A line in pieces, and whether each piece differs from the other side."""


@dataclass(frozen=True, slots=True)
class Change:
    """Two lines beside each other; one of them may be missing. `heading`: of the section they stand in."""

    heading: str
    before: Words
    after: Words


def count_changes(before: str, after: str) -> int:
    """How many lines differ: a changed one counts once."""
    return sum(1 for _ in compare(before, after))


def compare(before: str, after: str) -> Iterator[Change]:
    """Every line that differs, side by side, with the words that do."""
    old, new = before.splitlines(), after.splitlines()
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for step in range(max(b - a, d - c)):
            left = old[a + step] if a + step < b else ""
            right = new[c + step] if c + step < d else ""
            if left.strip() or right.strip():
                yield Change(_heading(new, c + step), *_words(left, right))


def _heading(lines: list[str], at: int) -> str:
    for line in reversed(lines[: at + 1]):
        if line.startswith("## "):
            return line.removeprefix("## ")
    return ""


def _words(left: str, right: str) -> tuple[Words, Words]:
    old, new = _WORD.findall(left), _WORD.findall(right)
    one: list[tuple[str, bool]] = []
    two: list[tuple[str, bool]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if a < b:
            one.append(("".join(old[a:b]), tag != "equal"))
        if c < d:
            two.append(("".join(new[c:d]), tag != "equal"))
    return tuple(one), tuple(two)
