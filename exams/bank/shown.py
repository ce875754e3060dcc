"""Questions as candidates see them. A version on a paper never changes, so each is prepared once."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, QuerySet

from exams.bank.rich_text import clean_as
from exams.kinds.base import Content
from exams.kinds.registry import kind_named
from exams.models import PaperItem, QuestionVersion

MOST = 2_000
"""So many are kept; the one that was not asked for longest goes."""
LARGEST = 100_000
"""Characters of HTML beyond which a question is prepared anew each time."""


Manner = tuple[str, bool]


@dataclass(slots=True, eq=False)
class Shown:
    """A version with its options in one order, without any key; the same for every candidate who has both.

    Many threads read it at once: nothing in it is changed but `html`, which pages fill on first use, by
    language of the exam and whether spelling is checked.
    """

    kind: str
    stem: str
    text_format: str
    content: Content
    html: dict[Manner, str] = field(default_factory=dict)


_Key = tuple[int, datetime, tuple[int, ...], bool]
_kept: "OrderedDict[_Key, Shown]" = OrderedDict()
_lock = threading.RLock()


def with_usage(items: "QuerySet[PaperItem]") -> "QuerySet[PaperItem]":
    """`items` with what `shown_on` needs to know of their versions."""
    return items.annotate(version_used_at=F("version__used_at"))


def shown_on(items: Collection[PaperItem]) -> dict[int, Shown]:
    """What each of `items` (read `with_usage`) shows, by item id; one query for those not prepared yet.

    Whoever asks has checked whose paper it is. A version that no paper uses may still change: it is never
    kept. The moment of first use is part of the key, so that an id which a restored database gives a
    second time does not find the former question.
    """
    keys = {item.pk: _key(item) for item in items}
    found: dict[int, Shown] = {}
    with _lock:
        for pk, key in keys.items():
            if key is not None and key in _kept:
                found[pk] = _kept[key]
                _kept.move_to_end(key)
        missing = [item for item in items if item.pk not in found]
        # Still under the lock: a hall that starts at once prepares each question once, not once each.
        if missing:
            found |= _prepared(missing, keys)
    return found


def prepare(version: QuestionVersion, option_order: Sequence[int], *, asks_certainty: bool) -> Shown:
    """What a candidate sees of `version`, prepared now; for previews.

    Where certainty is asked, it decides what a wrong answer costs: the author's own penalties are left out.
    """
    kind = kind_named(version.question.kind)
    whole = kind.without_penalties(version.content) if asks_certainty else version.content
    content = kind.public_content(whole, option_order)
    return Shown(
        kind=kind.name,
        stem=clean_as(version.stem, version.text_format),
        text_format=version.text_format,
        content=kind.with_texts(content, lambda text: clean_as(text, version.text_format)),
    )


def keep_html(shown: Shown, manner: Manner, html: str) -> None:
    """Keeps what a page made of `shown`, unless it is very large."""
    if len(html) <= LARGEST:
        shown.html[manner] = html


def forget_all() -> None:
    """Empties the memory; for tests."""
    with _lock:
        _kept.clear()


def _key(item: PaperItem) -> _Key | None:
    used_at: datetime | None = item.version_used_at  # type: ignore[attr-defined]
    if used_at is None:
        return None
    return item.version_id, used_at, tuple(item.option_order), item.asks_certainty


def _prepared(items: Sequence[PaperItem], keys: "dict[int, _Key | None]") -> dict[int, Shown]:
    rows = QuestionVersion.objects.select_related("question")
    versions = rows.in_bulk({item.version_id for item in items})
    made: dict[int, Shown] = {}
    for item in items:
        key, version = keys[item.pk], versions[item.version_id]
        made[item.pk] = prepare(version, item.option_order, asks_certainty=item.asks_certainty)
        if key is not None and version.used_at == key[1]:
            _kept[key] = made[item.pk]
    while len(_kept) > MOST:
        _kept.popitem(last=False)
    return made
