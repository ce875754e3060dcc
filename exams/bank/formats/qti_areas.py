"""Places in a picture in QTI: selectPointInteraction with an area mapping, and hotspotInteraction when read.

Shapes and coordinates as in HTML's image maps: "cx,cy,r", "left,top,right,bottom", "x,y,x,y,..." and, from
older files, "cx,cy,rx,ry" of an ellipse.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from exams.bank.formats import pictures, weighted, xml_tree
from exams.bank.formats.base import Cannot, one_line, storable
from exams.bank.formats.qti_key import Key
from exams.bank.formats.qti_names import attribute, below, first, name_of
from exams.bank.formats.qti_writer import Writer
from exams.bank.formats.weighted import Taken
from exams.kinds.hotspot import regions
from exams.kinds.hotspot.kind import LONGEST_DESCRIPTION

Lose = Callable[[str], None]
Keep = Callable[[str], str | None]
EVENED = "the places' own shares of the points are evened out"
TOGETHER = "marked all or nothing there; here each right place earns its part"
_CORNERS = 36


def read(root: Element, interaction: Element, keep: Keep, media: dict[str, bytes], lose: Lose) -> Taken:
    """The right places of either interaction. Raises Cannot."""
    picture = next((each for each in interaction if name_of(each) in ("object", "img")), None)
    if picture is None:
        raise Cannot("it has no picture")
    name = keep(picture.get("data") or picture.get("src") or "")
    if name is None:
        raise Cannot("its picture is not in the package")
    size = _size(picture, media[name])
    is_points = name_of(interaction) == "selectPointInteraction"
    areas, needed = (_mapped if is_points else _chosen)(Key(root, interaction), interaction, lose)
    words = one_line(storable(picture.get("alt") or "".join(picture.itertext())))[:LONGEST_DESCRIPTION]
    if not words:
        lose(pictures.UNDESCRIBED)
    content = {
        "media": name,
        "description": words or one_line(storable(attribute(root, "title"))) or "Picture",
        "width": size[0],
        "height": size[1],
        "regions": [_region(each, size, lose) for each in areas],
        "needed": needed,
    }
    return Taken("hotspot", content)


def _size(picture: Element, data: bytes) -> tuple[int, int]:
    """Coordinates are measured on the size that the item says; without one, on the picture's own."""
    own = pictures.measured(data)
    said = [attribute(picture, side).removesuffix("px").strip() for side in ("width", "height")]
    return (int(said[0]), int(said[1])) if all(each.isdecimal() and int(each[:6]) for each in said) else own


def _mapped(key: Key, interaction: Element, lose: Lose) -> tuple[list[Element], int]:
    mapping = first(key.declared, "areaMapping")
    entries = [] if mapping is None else list(below(mapping, "areaMapEntry"))
    values = [Fraction(weighted.decimal(attribute(each, "mappedValue", "0"))) for each in entries]
    areas = [each for each, value in zip(entries, values, strict=True) if value > 0]
    if mapping is None or not areas:
        raise Cannot("it names no area that earns points")
    if len(areas) < len(entries):
        lose("areas that earn nothing are left out")
    gained = [value for value in values if value > 0]
    if len(set(gained)) > 1:
        lose(EVENED)
    most = attribute(interaction, "maxChoices", "1")
    choices = int(most) if most.isdecimal() and int(most) > 0 else len(areas)
    bound = attribute(mapping, "upperBound")
    hits = math.ceil(Fraction(weighted.decimal(bound)) / max(gained)) if bound else choices
    needed = min(max(hits, 1), len(areas))
    if choices > needed:
        lose(f"at most {needed} of the places can be marked here")
    return areas, needed


def _chosen(key: Key, interaction: Element, lose: Lose) -> tuple[list[Element], int]:
    lose("the places to choose from are not shown; any place may be marked")
    shares = [
        (each, key.share_of(attribute(each, "identifier"))) for each in below(interaction, "hotspotChoice")
    ]
    areas = [each for each, share in shares if share > 0]
    if not areas:
        raise Cannot("it calls no place right")
    if key.cardinality == "single":
        best = [each for each, share in shares if share == 1]
        if len(best) < len(areas):
            lose(EVENED)
        return best, 1
    if not key.by_map and len(areas) > 1:
        lose(TOGETHER)
    elif len({share for _, share in shares if share > 0}) > 1 or any(share < 0 for _, share in shares):
        lose(EVENED)
    return areas, len(areas)


def _region(area: Element, size: tuple[int, int], lose: Lose) -> dict[str, Any]:
    shape, written = attribute(area, "shape"), attribute(area, "coords")
    if shape == "default":
        return {"shape": "rect", "x": 0, "y": 0, "width": size[0], "height": size[1]}
    try:
        numbers = [round(float(each)) for each in written.split(",")]
    except (ValueError, OverflowError):
        raise Cannot(f"the coordinates “{written[:40]}” of {xml_tree.line_of(area)} cannot be read") from None
    if shape == "circle" and len(numbers) == 3:
        return dict(zip(("shape", "x", "y", "r"), [shape, *numbers], strict=True))
    if shape == "rect" and len(numbers) == 4:
        left, top, right, bottom = numbers
        return {"shape": shape, "x": left, "y": top, "width": right - left, "height": bottom - top}
    if shape == "ellipse" and len(numbers) == 4:
        return _ellipse(numbers, size, lose)
    if shape == "poly" and len(numbers) >= 6 and len(numbers) % 2 == 0:
        points = [list(pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]
        return {"shape": "polygon", "points": points}
    raise Cannot(f"the area “{shape[:20]} {written[:40]}” of {xml_tree.line_of(area)} cannot be read")


def _ellipse(numbers: list[int], size: tuple[int, int], lose: Lose) -> dict[str, Any]:
    x, y, across, down = numbers
    if across == down:
        return {"shape": "circle", "x": x, "y": y, "r": across}
    lose(f"an ellipse is kept as a polygon of {_CORNERS} corners")
    turns = [2 * math.pi * corner / _CORNERS for corner in range(_CORNERS)]
    points = [(round(x + across * math.cos(turn)), round(y + down * math.sin(turn))) for turn in turns]
    inside = [[min(max(px, 0), size[0]), min(max(py, 0), size[1])] for px, py in points]
    return {"shape": "polygon", "points": inside}


def write(writer: Writer) -> tuple[str, str, str]:
    """Each place hit earns one point, as many as are needed at most."""
    content: Any = writer.content
    entries = "".join(
        writer.el("areaMapEntry", {**_area(region), "mappedValue": "1"}) for region in content["regions"]
    )
    points = [regions.point_in(region) for region in content["regions"][: content["needed"]]]
    right = "".join(writer.el("value", {}, f"{x} {y}") for x, y in points)
    bounds = {"lowerBound": "0", "upperBound": str(content["needed"]), "defaultValue": "0"}
    cardinality = "single" if content["needed"] == 1 else "multiple"
    declared = writer.el(
        "responseDeclaration",
        {"identifier": "RESPONSE", "cardinality": cardinality, "baseType": "point"},
        writer.el("correctResponse", {}, right) + writer.el("areaMapping", bounds, entries),
    )
    names = {"responseIdentifier": "RESPONSE", "maxChoices": str(content["needed"])}
    interaction = writer.el("selectPointInteraction", names, _picture(writer))
    return declared, interaction, writer.template("map_response_point")


def _picture(writer: Writer) -> str:
    content: Any = writer.content
    address, words = quoteattr(writer.addresses[content["media"]]), content["description"]
    size = f'width="{content["width"]}" height="{content["height"]}"'
    if writer.version.dashes:
        return f"<img src={address} alt={quoteattr(words)} {size}/>"
    kind = pictures.content_type(pictures.picture_of(writer.question))
    return f'<object data={address} type="{kind}" {size}>{escape(words)}</object>'


def _area(region: Any) -> dict[str, str]:
    if region["shape"] == "polygon":
        return {"shape": "poly", "coords": ",".join(f"{x},{y}" for x, y in region["points"])}
    if region["shape"] == "circle":
        return {"shape": "circle", "coords": f"{region['x']},{region['y']},{region['r']}"}
    right, bottom = region["x"] + region["width"], region["y"] + region["height"]
    return {"shape": "rect", "coords": f"{region['x']},{region['y']},{right},{bottom}"}
