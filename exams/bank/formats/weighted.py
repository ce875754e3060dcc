"""Answers with a share of the points each, as most formats write them, to and from the content of kinds.

Shares are fractions of the points of the question: 1 is all of them, negative ones are taken off.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction

from exams.bank.formats.base import Cannot
from exams.kinds.base import Content
from exams.kinds.multiple_choice import own_shares
from exams.kinds.multiple_choice.kind import WITH_SHARES
from exams.kinds.numeric.answers import answers_of, share_of
from exams.kinds.shares import share_text
from exams.kinds.short_answer.kind import accepted_of
from exams.kinds.short_answer.patterns import parts_of
from proctor_site.kernel.errors import InvalidInput

ONE = Fraction(1)
OWN_SHARES = (
    "the right options' own shares make less than all points and are evened out: each right option adds the "
    "same part, "
    "each wrong one takes the same part away"
)
NEVER_BELOW = "wrong choices take points away, but never below 0"
PART_OF_ONE = "some options have shares of their own; here only the right one earns points"
_LONGEST_NUMBER = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the answers of a file: a kind with its content, and what was lost."""

    kind: str
    content: Content
    losses: tuple[str, ...] = ()


def percent(text: str) -> Fraction:
    """A share written in per cent, such as "33.33333", which means a third. Raises Cannot."""
    try:
        number = decimal(text) / 100
        return Fraction(share_text(format(round(number, 10), "f"), "", "A share", least=-1))
    except (InvalidOperation, InvalidInput):
        raise Cannot(f"“{text.strip()[:20]}” is no percentage from -100 to 100") from None


def near(share: Fraction) -> Fraction:
    """A share that was written with a few decimals, as the simple fraction that it means. Raises Cannot."""
    return percent(f"{float(share * 100):.8f}")


def _exact(number: Decimal) -> Fraction:
    if not number.is_finite() or abs(number.adjusted()) > 100:
        raise Cannot("a number in it is too large")
    return Fraction(number)


def decimal(text: str) -> Decimal:
    """A number with point or comma. Raises Cannot."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise Cannot(f"“{text.strip()[:20]}” is no number") from None
    _exact(number)
    return number


def percent_text(share: Fraction) -> str:
    """A share in per cent with at most five decimals, such as "33.33333"."""
    return f"{float(share * 100):.5f}".rstrip("0").rstrip(".")


def take_choice(options: Sequence[tuple[str, Fraction]], *, single: bool) -> Taken:
    """Options with their shares as a single or multiple choice. Raises Cannot without a right option."""
    return _take_one(options) if single else _take_some(options)


def _take_one(options: Sequence[tuple[str, Fraction]]) -> Taken:
    right = {place for place, (_, share) in enumerate(options) if share == ONE}
    if not right:
        raise Cannot("no option is marked as the right one")
    if len(right) > 1:
        raise Cannot("more than one option is marked as the right one")
    content = _options(options, right)
    wrong = {share for share in (each for _, each in options) if share != ONE}
    if wrong <= {Fraction(0)}:
        return Taken("single_choice", content)
    if len(wrong) == 1 and min(wrong) < 0:
        return Taken("single_choice", content | {"penalty": str(-min(wrong))})
    return Taken("single_choice", content, (PART_OF_ONE,))


def _take_some(options: Sequence[tuple[str, Fraction]]) -> Taken:
    right = {place for place, (_, share) in enumerate(options) if share > 0}
    if not right:
        raise Cannot("no option is marked as right")
    content = _options(options, right) | {"scoring": "partial"}
    shares = [share for _, share in options]
    if own_shares.are_even(shares):
        return Taken("multiple_choice", content)
    if not own_shares.are_whole(shares):
        return Taken("multiple_choice", content, (OWN_SHARES,))
    rows = [row | {"share": str(share)} for row, share in zip(content["options"], shares, strict=True)]
    return Taken("multiple_choice", {"options": rows, "scoring": "per_option"})


def _options(options: Sequence[tuple[str, Fraction]], right: set[int]) -> Content:
    return {"options": [{"text": text, "correct": place in right} for place, (text, _) in enumerate(options)]}


def _shares(content: Content) -> list[tuple[str, Fraction]]:
    options = content["options"]
    if content["scoring"] in WITH_SHARES:
        return [(option["text"], Fraction(option["share"])) for option in options]
    evened = own_shares.even_shares([option["correct"] for option in options])
    return [(option["text"], share) for option, share in zip(options, evened, strict=True)]


def give_choice(kind: str, content: Content) -> tuple[list[tuple[str, Fraction]], tuple[str, ...]]:
    """The options of a choice with their shares, and what shares cannot say."""
    if kind == "single_choice":
        wrong = -Fraction(content.get("penalty", 0))
        return [(option["text"], ONE if option["correct"] else wrong) for option in content["options"]], ()
    losses = {
        "partial": (),
        "per_option": (),
        "negative": (NEVER_BELOW,),
        "per_option_negative": (NEVER_BELOW,),
    }.get(content["scoring"], ("marked all or nothing here; in the file each right option earns its part",))
    return _shares(content), losses


def take_short_answer(accepted: Sequence[tuple[str, Fraction]], *, case_sensitive: bool) -> Taken:
    """Accepted texts with their shares; "*" stands for any text, "\\*" for a star, as Moodle reads them.

    Raises Cannot when none earns all points.
    """
    kept = [(text, share) for text, share in accepted if share > 0]
    if not any(share == 1 for _, share in kept):
        raise Cannot("no accepted answer earns all points")
    content = {
        "accepted": [text if share == 1 else {"text": text, "share": str(share)} for text, share in kept],
        "case_sensitive": case_sensitive,
        "wildcards": True,
    }
    return Taken("short_answer", plainest(content), _only_feedback(len(kept) < len(accepted)))


def _only_feedback(is_lost: bool) -> tuple[str, ...]:
    return ("answers that earn nothing are left out",) if is_lost else ()


def give_short_answer(content: Content) -> list[tuple[str, Fraction]]:
    """The accepted texts with their shares, stars written as `take_short_answer` reads them."""
    rows = [(text, share) for text, share in accepted_of(plainest(content)) if share]
    if content_has_wildcards(content):
        return rows
    return [(text.replace("*", "\\*"), share) for text, share in rows]


def give_plain_short_answer(content: Content) -> list[tuple[str, Fraction]]:
    """The accepted texts with their shares, on one line each, where "*" has no meaning."""
    return [(" ".join(text.split()), share) for text, share in accepted_of(plainest(content)) if share]


def content_has_wildcards(content: Content) -> bool:
    """Whether a "*" in the accepted texts really stands for any text."""
    return bool(content.get("wildcards")) and any(len(parts_of(text)) > 1 for text, _ in accepted_of(content))


def plainest(content: Content) -> Content:
    """The same content without wildcards when no text uses one."""
    if not content.get("wildcards") or content_has_wildcards(content):
        return content
    return {name: value for name, value in content.items() if name != "wildcards"} | {
        "accepted": [
            "".join(parts_of(text)) if share == 1 else {"text": "".join(parts_of(text)), "share": str(share)}
            for text, share in accepted_of(content)
        ]
    }


def take_numeric(rows: Sequence[Content]) -> Taken:
    """Accepted numbers, as rows of the numeric kind. Raises Cannot when none earns all points."""
    kept = [row for row in rows if share_of(row) > 0]
    if not any(share_of(row) == 1 for row in kept):
        raise Cannot("no number earns all points")
    return Taken("numeric", {"answers": kept}, _only_feedback(len(kept) < len(rows)))


def give_numeric(content: Content) -> list[tuple[Content, Fraction]]:
    """The rows of a numeric question that earn something, with their shares."""
    return [(row, share_of(row)) for row in answers_of(content) if share_of(row)]


def around(value: str, tolerance: str, share: Fraction = ONE) -> Content:
    """The row of a number with its tolerance. Raises Cannot."""
    wide = abs(decimal(tolerance)) if tolerance.strip() else Decimal(0)
    return {"value": number_text(decimal(value)), "tolerance": number_text(wide), "share": str(share)}


def between(low: str, high: str, share: Fraction = ONE) -> Content:
    """The row of the numbers from `low` to `high`, both included. Raises Cannot."""
    ends = sorted([decimal(low), decimal(high)])
    return {"low": number_text(ends[0]), "high": number_text(ends[1]), "share": str(share)}


def ends(row: Content) -> tuple[str, str]:
    """The least and the greatest number that a row accepts. Raises Cannot for too many digits."""
    if "low" in row:
        return row["low"], row["high"]
    value, tolerance = as_around(row)
    with localcontext(prec=300):
        low, high = Decimal(value) - Decimal(tolerance), Decimal(value) + Decimal(tolerance)
    return number_text(low), number_text(high)


def as_around(row: Content) -> tuple[str, str]:
    """A row as a number and its absolute tolerance, exactly. Raises Cannot for too many digits."""
    with localcontext(prec=300):
        if "low" in row:
            low, high = Decimal(row["low"]), Decimal(row["high"])
            value, tolerance = (low + high) / 2, (high - low) / 2
        else:
            value, tolerance = Decimal(row["value"]), Decimal(row["tolerance"])
            tolerance = tolerance * abs(value) if row.get("relative") else tolerance
        return number_text(value), number_text(tolerance)


def number_text(number: Decimal) -> str:
    """A decimal number as text, without exponent where that is short. Raises Cannot for too many digits."""
    text = format(number, "f")
    short = text if len(text) <= _LONGEST_NUMBER else str(number)
    if len(short) > _LONGEST_NUMBER:
        raise Cannot("a number in it has too many digits")
    return short


def take_matching(pairs: Sequence[tuple[str, str]]) -> Taken:
    """Pairs of prompt and choice; a pair without a prompt is a choice that fits nothing."""
    # Random ids: running ones would tell which choice stood beside which prompt.
    ids = {choice: secrets.token_hex(4) for choice in dict.fromkeys(choice for _, choice in pairs)}
    content = {
        "prompts": [{"text": text, "choice": ids[choice]} for text, choice in pairs if text],
        "choices": [{"id": own_id, "text": choice} for choice, own_id in ids.items()],
        "scoring": "partial",
    }
    return Taken("matching", content)


def give_matching(content: Content) -> list[tuple[str, str]]:
    """The pairs of a matching question, then the choices that are left over."""
    texts = {choice["id"]: choice["text"] for choice in content["choices"]}
    used = {prompt["choice"] for prompt in content["prompts"]}
    pairs = [(prompt["text"], texts[prompt["choice"]]) for prompt in content["prompts"]]
    return pairs + [("", text) for own_id, text in texts.items() if own_id not in used]


def matching_losses(content: Content) -> list[str]:
    """What pairs cannot say."""
    if content["scoring"] == "partial":
        return []
    return ["marked all or nothing here; in the file each right pair earns its part"]


def with_new_ids(content: Content) -> Content:
    """Matching content with random ids, where a file named its entries in an order that tells the key."""
    ids = {choice["id"]: secrets.token_hex(4) for choice in content["choices"]}
    return content | {
        "prompts": [prompt | {"choice": ids[prompt["choice"]]} for prompt in content["prompts"]],
        "choices": [choice | {"id": ids[choice["id"]]} for choice in content["choices"]],
    }
