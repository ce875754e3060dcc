"""Regions of a picture: checked, written and read in words, and whether a point lies in one (pure).

Points are whole pixels of the picture, x from the left and y from the top; edges belong to a region.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from proctor_site.kernel.errors import InvalidInput

Point = Sequence[int]
Region = Mapping[str, Any]
MOST_CORNERS = 50
_NUMBERS = {"circle": ("x", "y", "r"), "rect": ("x", "y", "width", "height")}


def read_region(value: object, field: str, what: str, size: Point) -> dict[str, Any]:
    """`{"shape": "circle", "x", "y", "r"}`, `{"shape": "rect", "x", "y", "width", "height"}` or
    `{"shape": "polygon", "points": [[x, y], ...]}`, inside a picture of `size`. Raises InvalidInput.
    """
    shape = value.get("shape") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or shape not in ("circle", "rect", "polygon"):
        raise InvalidInput(f"{what} must be a circle, a rect or a polygon.", field=field)
    names = ("points",) if shape == "polygon" else _NUMBERS[shape]
    if set(value) != {"shape", *names}:
        raise InvalidInput(f"{what} needs {', '.join(names)}.", field=field)
    region: dict[str, Any] = {"shape": shape}
    if shape == "polygon":
        points = value["points"]
        if not isinstance(points, list) or not 3 <= len(points) <= MOST_CORNERS:
            raise InvalidInput(f"{what} needs 3 to {MOST_CORNERS} corners.", field=field)
        region["points"] = [read_point(each, field, f"A corner of {what.lower()}", size) for each in points]
        return region
    for name in names:
        number = value[name]
        if isinstance(number, bool) or not isinstance(number, int):
            raise InvalidInput(f"{what}: {name} must be a whole number.", field=field)
        region[name] = number
    read_point([region["x"], region["y"]], field, what, size)
    extents = [region["r"]] if shape == "circle" else [region["width"], region["height"]]
    if any(not 1 <= each <= max(size) for each in extents):
        raise InvalidInput(
            f"{what} must be at least one pixel large, and no larger than the picture.", field=field
        )
    return region


def read_point(value: object, field: str, what: str, size: Point) -> list[int]:
    """`value` as [x, y] inside a picture of `size`. Raises InvalidInput."""
    fits = isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value)
    if not isinstance(value, list) or not fits or not all(0 <= value[n] <= size[n] for n in (0, 1)):
        raise InvalidInput(f"{what} must lie in the picture, 0 to {size[0]} and 0 to {size[1]}.", field=field)
    return value


def contains(region: Region, point: Point) -> bool:
    """Whether a point lies in a region or on its edge."""
    x, y = point
    if region["shape"] == "circle":
        return (x - region["x"]) ** 2 + (y - region["y"]) ** 2 <= region["r"] ** 2
    if region["shape"] == "rect":
        right, bottom = region["x"] + region["width"], region["y"] + region["height"]
        return bool(region["x"] <= x <= right and region["y"] <= y <= bottom)
    return _in_polygon(region["points"], x, y)


def _in_polygon(points: Sequence[Point], x: int, y: int) -> bool:
    """Even-odd rule, in whole numbers; points on an edge are inside."""
    inside = False
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        if cross == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
            return True
        # The edge passes the line to the right of the point; which side, says the sign of the product.
        if (ay > y) != (by > y) and (cross > 0) == (by > ay):
            inside = not inside
    return inside


def point_in(region: Region) -> list[int]:
    """A point of a region: its middle, for polygons one of the corners."""
    if region["shape"] == "circle":
        return [region["x"], region["y"]]
    if region["shape"] == "rect":
        return [region["x"] + region["width"] // 2, region["y"] + region["height"] // 2]
    return list(region["points"][0])


def write_words(region: Region) -> str:
    """A region on one line: "circle 120 80 20", "rect 10 10 50 40", "polygon 0,0 10,0 5,9"."""
    if region["shape"] == "polygon":
        return " ".join(["polygon", *(f"{x},{y}" for x, y in region["points"])])
    return " ".join([region["shape"], *(str(region[name]) for name in _NUMBERS[region["shape"]])])


def read_words(line: str) -> dict[str, Any]:
    """What `write_words` writes, not checked yet; what cannot be read becomes no region at all."""
    shape, *rest = line.lower().split()
    if shape == "polygon":
        return {"shape": shape, "points": [_numbers(each.split(",")) for each in rest]}
    return {"shape": shape, **dict(zip(_NUMBERS.get(shape, ()), _numbers(rest), strict=False))}


def _numbers(texts: Sequence[str]) -> list[Any]:
    return [int(each) if re.fullmatch(r"-?[0-9]{1,6}", each) else each for each in texts]
