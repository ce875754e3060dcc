"""Template filters for figures of reports: `{{ line.figures.facility|percent }}`."""

from django import template

from exams.reports.item_statistics import Figure

register = template.Library()
NONE = "–"


@register.filter
def percent(figure: Figure | float | None) -> str:
    """A figure in per cent with one decimal; a dash when there is none."""
    value = figure.value if isinstance(figure, Figure) else figure
    return NONE if value is None else f"{value:.1f}\u00a0%"


@register.filter
def plain_number(figure: Figure) -> str:
    """A figure that is no percentage, with two decimals."""
    return NONE if figure.value is None else f"{figure.value:.2f}"


@register.filter
def points(hundredths: int) -> str:
    """Points from whole hundredths, without needless zeros: 250 is 2.5."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
