"""Moodle's drag-and-drop markers: those with one label ask for places in a picture, as hotspot questions do.

Source: Moodle's question type `ddmarker`: a picture, markers (`drag`) and zones (`drop`) with a shape, its
coordinates ("x,y;radius", "x,y;width,height", "x,y;x,y;...") and the number of the marker that belongs there.
The share of the points is zones hit / zones.
"""

import base64
import re
from collections.abc import Iterable
from typing import Any

from exams.bank.formats import pictures, xml_tree
from exams.bank.formats.base import Cannot, ParsedQuestion, one_line, storable
from exams.bank.formats.moodle_element import Read, Reader, nothing
from exams.bank.formats.weighted import Taken

LARGEST = (600, 400)
"""Moodle shrinks larger pictures when it takes them, and leaves the zones where they are."""
_MARK = "×"
_SHAPES = {"circle": "circle", "rectangle": "rect", "polygon": "polygon"}


def read(reader: Reader) -> Read:
    """The zones of markers that all have the same label. Raises Cannot."""
    element = reader.element
    file = element.find("file")
    if file is None:
        raise Cannot("its picture is not in the file")
    name = reader.keep(file.get("name", "picture"), file)
    width, height = pictures.measured(reader.media[name])
    drops = element.findall("drop")
    chosen = {xml_tree.text_at(each, "choice").strip() for each in drops}
    if len(chosen) != 1:
        raise Cannot("it has markers with different labels; here all places are alike")
    for drag in element.findall("drag"):
        if xml_tree.text_at(drag, "no").strip() in chosen and _several(drag, len(drops)):
            reader.lose("more markers than places can be put on the picture there")
        elif xml_tree.text_at(drag, "no").strip() not in chosen:
            reader.lose("markers that belong nowhere are left out")
    reader.lose(pictures.UNDESCRIBED)
    content = {
        "media": name,
        "description": one_line(storable(xml_tree.text_at(element, "name/text"))) or "Picture",
        "width": width,
        "height": height,
        "regions": [_region(each) for each in drops],
        "needed": len(drops),
    }
    return Taken("hotspot", content), [], nothing


def _several(drag: Any, places: int) -> bool:
    count = xml_tree.text_at(drag, "noofdrags", "1").strip()
    return drag.find("infinite") is not None or (count.isdecimal() and int(count[:6]) > places)


def _region(drop: Any) -> dict[str, Any]:
    shape = _SHAPES.get(xml_tree.text_at(drop, "shape").strip(), "")
    written = xml_tree.text_at(drop, "coords")
    numbers = [round(float(each)) for each in re.findall(r"-?\d{1,6}(?:\.\d{1,6})?", written)]
    if shape == "polygon" and len(numbers) >= 6 and len(numbers) % 2 == 0:
        return {
            "shape": shape,
            "points": [list(pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)],
        }
    names = {"circle": ("x", "y", "r"), "rect": ("x", "y", "width", "height")}.get(shape, ())
    if not names or len(names) != len(numbers):
        raise Cannot(f"a zone cannot be read: “{written[:40]}”")
    return {"shape": shape, **dict(zip(names, numbers, strict=True))}


def lost(question: ParsedQuestion) -> list[str]:
    """What markers cannot say of a question about places. Raises Cannot."""
    content: Any = question.content
    size = pictures.measured(pictures.picture_of(question))
    if size != (content["width"], content["height"]):
        raise Cannot("The places are measured on another size than the picture has; Moodle takes its pixels.")
    if any(side > most for side, most in zip(size, LARGEST, strict=True)):
        raise Cannot(
            "Moodle shrinks pictures of more than 600 × 400 pixels and leaves the places where they are; "
            "make the picture smaller first."
        )
    losses = ["the description of the picture is left out"]
    if content["needed"] != len(content["regions"]):
        losses.append("by the file all places have to be found")
    return losses


def written(question: ParsedQuestion) -> Iterable[str]:
    """The elements of markers with one label."""
    content: Any = question.content
    data = base64.b64encode(pictures.picture_of(question)).decode()
    yield f'<file name="{content["media"]}" path="/" encoding="base64">{data}</file>'
    count = len(content["regions"])
    yield f"<drag><no>1</no><text>{_MARK}</text><noofdrags>{count}</noofdrags></drag>"
    for number, region in enumerate(content["regions"], start=1):
        shape = next(theirs for theirs, ours in _SHAPES.items() if ours == region["shape"])
        yield f"<drop><no>{number}</no><shape>{shape}</shape><coords>{_coords(region)}</coords>"
        yield "<choice>1</choice></drop>"


def _coords(region: Any) -> str:
    if region["shape"] == "polygon":
        return ";".join(f"{x},{y}" for x, y in region["points"])
    more = f"{region['r']}" if region["shape"] == "circle" else f"{region['width']},{region['height']}"
    return f"{region['x']},{region['y']};{more}"
