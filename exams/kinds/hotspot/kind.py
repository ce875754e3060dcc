"""Hotspot: places are marked in a picture."""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from html import escape
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, QuestionKind
from exams.kinds.hotspot import regions
from proctor_site.kernel.errors import InvalidInput

MOST_REGIONS = 20
LARGEST_SIDE = 10_000
LONGEST_DESCRIPTION = 1_000
_MEDIA = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_GRID = 40


class Hotspot(QuestionKind):
    """Places in a picture.

    content: `{"media": "<public id of the picture>", "description": "Map of Austria", "width": 800, "height":
    600, "regions": [...], "needed": 1}`, 1 to 20 regions as in `regions.read_region`, in pixels of a picture
    of that width and height. public: the same without regions.
    value: the places marked, `[[x, y], ...]` in whole pixels, at most `needed`.

    Each region counts once, however many points lie in it; the share is regions hit / needed, as QTI's
    `mapResponsePoint` over an areaMapping of equal values.
    """

    name = "hotspot"
    label = "Places in a picture"
    form = "exams.kinds.hotspot.form.HotspotForm"

    def validate_content(self, content: object) -> Content:
        known = ["media", "description", "width", "height", "regions", "needed"]
        given = shapes.mapping(content, known)
        media = given.get("media")
        if not isinstance(media, str) or not _MEDIA.fullmatch(media):
            raise InvalidInput("Name the picture by its reference.", field="media")
        description = shapes.plain_text(
            given.get("description"), "description", "The description", most=LONGEST_DESCRIPTION
        )
        width, height = (_count(given.get(side), LARGEST_SIDE, side) for side in ("width", "height"))
        rows = given.get("regions")
        if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_REGIONS:
            raise InvalidInput(f"Give between 1 and {MOST_REGIONS} regions.", field="regions")
        return {
            "media": media,
            "description": description.strip(),
            "width": width,
            "height": height,
            "regions": [
                regions.read_region(each, f"regions.{n}", f"Region {n}", (width, height))
                for n, each in enumerate(rows, start=1)
            ],
            "needed": _count(given.get("needed", 1), len(rows), "needed"),
        }

    def with_files(self, content: Content, change: Callable[[str], str]) -> Content:
        """The picture."""
        return {**content, "media": change(content["media"])}

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {name: part for name, part in content.items() if name != "regions"}

    def clean_value(self, content: Content, value: object) -> list[list[int]]:
        if not isinstance(value, list) or len(value) > content["needed"]:
            raise InvalidInput(
                f"The answer must be a list of at most {content['needed']} places.", field="value"
            )
        size = (content["width"], content["height"])
        return [regions.read_point(each, "value", "A place", size) for each in value]

    def share(self, content: Content, value: Any) -> Fraction:
        hit = sum(any(regions.contains(region, point) for point in value) for region in content["regions"])
        return Fraction(min(hit, content["needed"]), content["needed"])

    def right_value(self, content: Content) -> list[list[int]]:
        return [regions.point_in(region) for region in content["regions"][: content["needed"]]]

    def guess_share(self, content: Content) -> Fraction:
        """Every place of a grid over the picture is equally likely, for each of the places needed."""
        width, height, needed = content["width"], content["height"], content["needed"]
        places = [
            (width * (2 * column + 1) // (2 * _GRID), height * (2 * row + 1) // (2 * _GRID))
            for column in range(_GRID)
            for row in range(_GRID)
        ]
        hit = Fraction(0)
        for region in content["regions"]:
            missed = Fraction(sum(not regions.contains(region, place) for place in places), len(places))
            hit += 1 - missed**needed
        return min(hit / needed, Fraction(1))

    def describe_key(self, content: Content) -> str:
        words = "; ".join(regions.write_words(region) for region in content["regions"])
        return words if content["needed"] == 1 else f"{content['needed']} of: {words}"

    def describe_value(self, content: Content, value: Any) -> str:
        return "; ".join(f"({x}, {y})" for x, y in value)

    def value_html(self, content: Content, value: Any) -> str:
        """The picture with the regions of the key and the places marked."""
        size = f'width="{content["width"]}" height="{content["height"]}"'
        drawn = "".join(_drawn(region) for region in content["regions"])
        radius = max(content["width"], content["height"]) // 80 + 2
        marks = "".join(f'<circle class="hotspot-mark" cx="{x}" cy="{y}" r="{radius}"/>' for x, y in value)
        label = escape(f"{content['description']}: {self.describe_value(content, value)}", quote=True)
        return (
            f'<svg class="hotspot-shown" viewBox="0 0 {content["width"]} {content["height"]}" role="img" '
            f'aria-label="{label}"><image href="/api/v1/media/{content["media"]}/" {size} '
            f'preserveAspectRatio="none"/>{drawn}{marks}</svg>'
        )


def _drawn(region: regions.Region) -> str:
    if region["shape"] == "circle":
        return f'<circle class="hotspot-region" cx="{region["x"]}" cy="{region["y"]}" r="{region["r"]}"/>'
    if region["shape"] == "rect":
        place = f'x="{region["x"]}" y="{region["y"]}" width="{region["width"]}" height="{region["height"]}"'
        return f'<rect class="hotspot-region" {place}/>'
    corners = " ".join(f"{x},{y}" for x, y in region["points"])
    return f'<polygon class="hotspot-region" points="{corners}"/>'


def _count(value: object, most: int, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise InvalidInput(f"{field} must be a whole number from 1 to {most}.", field=field)
    return value
