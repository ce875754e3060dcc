"""The text of a cloze question with its controls: `{% load exam_gaps %}{% text_with_gaps item %}`."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from exams.kinds.cloze.kind import MARKER
from exams.templatetags.exam_text import exam_text

register = template.Library()


@register.simple_tag
def text_with_gaps(item: Mapping[str, Any]) -> SafeString:
    """The rendered text of `item` (content as the kind shows it) with a control in place of each marker."""
    content = item["content"]
    controls = {
        gap["id"]: render_to_string("exams/_partials/gap.html", {"gap": gap, "item": item}).strip()
        for gap in content["gaps"]
    }
    filler = _Filler(controls)
    filler.feed(exam_text(content["text"], item))
    filler.close()
    # A marker that stands where no control can, such as in the description of a picture.
    left = "".join(f"<p>{control}</p>" for control in filler.controls.values())
    return mark_safe("".join(filler.made) + left)  # noqa: S308  (rendered text and rendered templates)


class _Filler(HTMLParser):
    """Copies rendered HTML and puts controls where markers stand in its text."""

    def __init__(self, controls: dict[str, str]) -> None:
        super().__init__(convert_charrefs=False)
        self.controls = controls
        self.made: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.made.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.made.append(f"</{tag}>")

    def handle_entityref(self, name: str) -> None:
        self.made.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.made.append(f"&#{name};")

    def handle_data(self, data: str) -> None:
        self.made.append(MARKER.sub(lambda found: self.controls.pop(found[1], found[0]), data))
