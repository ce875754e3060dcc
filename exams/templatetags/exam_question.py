"""The questions of the exam page: `{% load exam_question %}{% open_questions sections question_count %}`."""

import secrets
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template.defaultfilters import pluralize
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from exams.bank.shown import Manner, Shown, keep_html

register = template.Library()
_OWN = ("item", "position", "points", "section", "title", "navigation", "notes", "count", "certainty")
_MARKS = {name: "i" + secrets.token_hex(16) for name in _OWN}
"""What differs between papers, as it stands in HTML that is kept; no author can know these marks."""
_lock = threading.Lock()


@register.simple_tag
def open_questions(sections: Iterable[Mapping[str, Any]], count: int) -> SafeString:
    """All questions that are open. Each version is rendered once for everybody who has it in this order."""
    made: list[str] = []
    for section in sections:
        items = [item for item in section["items"] if item["access"] == "open"]
        if not items:
            continue
        about = {"section": section, "language": items[0]["language"]}
        notes = render_to_string("exams/_partials/question_notes.html", about)
        of_section = {
            "section": section["id"],
            "title": section["title"],
            "navigation": section["navigation"],
            "notes": mark_safe(notes),  # noqa: S308  (a rendered template)
            "count": count,
        }
        made += [_filled(item, of_section) for item in items]
    return mark_safe("".join(made))  # noqa: S308  (rendered templates and escaped values)


def _filled(item: Mapping[str, Any], of_section: Mapping[str, Any]) -> str:
    shown: Shown = item["shown"]
    manner: Manner = (item["language"], item["spell_check"])
    html = shown.html.get(manner) or _rendered(shown, manner)
    points = f"{item['points']} point{pluralize(item['points_number'])}"
    own = {"item": item["id"], "position": item["position"], "points": points, "certainty": "", **of_section}
    if item["certainty_levels"]:
        own["points"] = f"at most {points}"
        own["certainty"] = mark_safe(  # noqa: S308  (a rendered template)
            render_to_string("exams/_partials/certainty.html", {"item": item})
        )
    for name, mark in _MARKS.items():
        html = html.replace(mark, conditional_escape(own[name]))
    return html


def _rendered(shown: Shown, manner: Manner) -> str:
    with _lock:  # a hall that starts at once renders each question once
        if manner in shown.html:
            return shown.html[manner]
        language, spell_check = manner
        item = {
            "id": _MARKS["item"],
            "stem": shown.stem,
            "text_format": shown.text_format,
            "content": shown.content,
            "language": language,
            "spell_check": spell_check,
        }
        context = {"item": item, "widget": f"exams/kinds/{shown.kind}.html", "own": _MARKS}
        html = render_to_string("exams/_partials/question.html", context)
        keep_html(shown, manner, html)
        return html
