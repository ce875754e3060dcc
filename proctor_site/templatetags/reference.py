"""The number of a request on pages that tell of a fault, so that people can name it to who keeps the log."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from proctor_site.kernel import request_ids

register = template.Library()


@register.simple_tag
def request_reference() -> SafeString | str:
    """A line "Reference: <number>"; nothing where no request is answered.

    A tag, not a variable: Django renders some of these pages without any context.
    """
    number = request_ids.current()
    if number == request_ids.NONE:
        return ""
    return format_html('<p class="hint">Reference: <code>{}</code></p>', number)
