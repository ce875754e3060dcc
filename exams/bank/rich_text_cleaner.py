"""The allow list of rich text, for the sanitiser nh3 (pure)."""

import re
from html import escape

import nh3

_TEXT = {"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "div", "span"}
_WORDS = {
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "del",
    "ins",
    "mark",
    "small",
    "sub",
    "sup",
    "abbr",
    "cite",
    "q",
}
_WORDS |= {"code", "kbd", "samp", "var", "dfn", "bdi", "bdo", "wbr", "ruby", "rt", "rp"}
_LISTS = {"ul", "ol", "li", "dl", "dt", "dd"}
_TABLES = {"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"}
_MEDIA = {"img", "audio", "a", "figure", "figcaption"}
# MathML Core. Not "annotation-xml", "mglyph", "malignmark" and "maction": through them a browser may read
# the text of a formula as HTML again.
MATHML = {"math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "mtext", "ms", "mspace", "mfrac"}
MATHML |= {"msqrt", "mroot", "mstyle", "merror", "mpadded", "mphantom", "menclose", "msub", "msup", "msubsup"}
MATHML |= {"munder", "mover", "munderover", "mmultiscripts", "mprescripts", "mtable", "mtr", "mtd"}
_TAGS = _TEXT | _WORDS | _LISTS | _TABLES | _MEDIA | MATHML
_GONE_WITH_CONTENT = {"script", "style", "template", "iframe", "object", "noscript", "noembed", "noframes"}
_GONE_WITH_CONTENT |= {"title", "textarea", "select", "option", "svg", "annotation-xml", "xmp", "head"}

_OF_MATHML = {"mathvariant", "stretchy", "fence", "separator", "form", "accent", "accentunder", "lspace"}
_OF_MATHML |= {"rspace", "minsize", "maxsize", "symmetric", "largeop", "movablelimits", "displaystyle"}
_OF_MATHML |= {"scriptlevel", "linethickness", "notation", "mathcolor", "mathbackground", "width", "height"}
_OF_MATHML |= {"depth", "voffset", "columnalign", "rowalign", "columnlines", "rowlines", "frame"}
_OF_MATHML |= {"columnspacing", "rowspacing", "columnspan", "rowspan"}
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "img": {"src", "alt", "width", "height"},
    "audio": {"src", "aria-label"},
    "a": {"href"},
    "abbr": {"title"},
    "ol": {"start", "type"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "col": {"span"},
    "colgroup": {"span"},
    **{tag: set(_OF_MATHML) for tag in MATHML},
}
_ATTRIBUTES["math"] |= {"display", "alttext"}
_ATTRIBUTES["annotation"] = {"encoding"}

_MEDIA_SOURCE = re.compile(r"media:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PIXELS = re.compile(r"[1-9][0-9]{0,3}")
_FEW = re.compile(r"[1-9][0-9]{0,2}")
_MATH_VALUE = re.compile(r"[\w#%.,+ -]{0,60}")
_VALUE_OF = {
    "src": _MEDIA_SOURCE,
    "href": _MEDIA_SOURCE,
    "width": _PIXELS,
    "height": _PIXELS,
    "colspan": _FEW,
    "rowspan": _FEW,
    "span": _FEW,
    "start": re.compile(r"-?[0-9]{1,6}"),
    "type": re.compile(r"[1aAiI]"),
    "scope": re.compile(r"col|row|colgroup|rowgroup"),
    "lang": re.compile(r"[A-Za-z0-9-]{1,35}"),
    "dir": re.compile(r"ltr|rtl|auto"),
    "display": re.compile(r"block|inline"),
    "encoding": re.compile(r"[\w./+-]{1,60}"),
}


def _kept(tag: str, attribute: str, value: str) -> str | None:
    wanted = _VALUE_OF.get(attribute)
    if tag in MATHML and attribute in _OF_MATHML:
        wanted = _MATH_VALUE
    return value if wanted is None or wanted.fullmatch(value) else None


_cleaner = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_GONE_WITH_CONTENT,
    attributes=_ATTRIBUTES,
    attribute_filter=_kept,
    strip_comments=True,
    link_rel=None,
    url_schemes={"media"},
    url_relative="deny",
)


MOST_TAGS = 10_000
MOST_STYLED = 32
# HTML opens these again in every block while nobody closes them, but only three of those that are alike
# ("Noah's Ark", HTML 13.2.4.3): a thousand different ones before a thousand paragraphs are a million tags.
_STYLED = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/]", re.I)
_PLAINLY_STYLED = re.compile(r'<[a-z]+(?:\s+[a-z-]+="[^"<>]*")*\s*/?>', re.I)


def is_costly(html: str) -> bool:
    """Whether cleaning it could take more than its length justifies: too many tags, or too many that are
    opened again and again. Asked before, in linear time, of the text as it came."""
    if html.count("<") > MOST_TAGS:
        return True
    different: set[object] = set()
    for found in _STYLED.finditer(html):
        # What is not written plainly may be another tag than it looks like: it counts by itself.
        plain = _PLAINLY_STYLED.match(html, found.start())
        different.add(plain[0].lower() if plain else found.start())
    return len(different) > MOST_STYLED


def clean(html: str) -> str:
    """`html` with nothing but the tags, attributes and values above; always well-formed.

    Of what `is_costly` nothing is read as a tag: it is shown as it was written.
    """
    return escape(html) if is_costly(html) else _cleaner.clean(html)
