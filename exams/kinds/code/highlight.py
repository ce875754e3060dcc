"""Code as HTML with classes for its parts, by Pygments; every character of the code is escaped (pure)."""

from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

MOST_CHARACTERS = 20_000
_FORMATTER: "HtmlFormatter[str]" = HtmlFormatter(nowrap=True, classprefix="hl-")


def highlighted(code: str, language: str) -> str:
    """`code` for a <pre>; colours come from static/css/code.css. `language` is one of `kind.LANGUAGES`.

    Very long code is only escaped: lexers are made of regular expressions, and who writes the code may have
    chosen it to keep them busy.
    """
    if len(code) > MOST_CHARACTERS or language == "text":
        return escape(code)
    return highlight(code, get_lexer_by_name(language, stripnl=False, ensurenl=False), _FORMATTER)
