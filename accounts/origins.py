"""Origins of pages, as browsers send them: read, and cleaned for lists of those that may call us."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from proctor_site.kernel.errors import InvalidInput

MOST = 20
_LONGEST = 200


def is_origin(word: str, *, schemes: tuple[str, ...]) -> bool:
    """Whether `word` is scheme, host and perhaps port, and nothing else; no wildcard."""
    try:
        parts = urlsplit(word)
        _ = parts.port  # ValueError for none that can be
    except ValueError:
        return False
    is_bare = word == f"{parts.scheme}://{parts.netloc}" and not set("@*") & set(parts.netloc)
    is_plain = word.isascii() and word.isprintable() and " " not in word
    return is_bare and is_plain and parts.scheme in schemes and bool(parts.hostname) and len(word) <= _LONGEST


def clean_secure(given: Iterable[str]) -> list[str]:
    """https origins, each once, in order, without the port that is the usual one.

    Raises InvalidInput, field `capture_origins`.
    """
    found: dict[str, None] = {}
    for each in given:
        word = each.strip().rstrip("/").lower().removesuffix(":443")
        if not word:
            continue
        if not is_origin(word, schemes=("https",)):
            raise InvalidInput(
                f"{each.strip()[:100]} is no https origin. Write https://exam.example, with its port where "
                "it has one, without a path and without *.",
                field="capture_origins",
            )
        found[word] = None
    if len(found) > MOST:
        raise InvalidInput(f"At most {MOST} origins.", field="capture_origins")
    return list(found)
