"""Places in a picture, in files after Moodle's markers and QTI's examples of select point and hotspot."""

import base64
import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from exams.bank.formats.base import ParsedQuestion, Refused
from exams.bank.formats.registry import FORMATS
from exams.kinds.hotspot.kind import Hotspot
from tests.unit.exams.formats.strategies import blank_picture

PICTURE = blank_picture(206, 280)
MAP = base64.b64encode(PICTURE).decode()
MARKERS = """<quiz><question type="ddmarker"><name><text>Stations</text></name>
<questiontext format="html"><text>Mark the stations.</text></questiontext>
<file name="uk map.png" encoding="base64">{picture}</file>
<drag><no>1</no><text>Station</text><noofdrags>{drags}</noofdrags></drag>
<drop><no>1</no><shape>circle</shape><coords>102,113;16</coords><choice>1</choice></drop>
<drop><no>2</no><shape>rectangle</shape><coords>10,20;30,40</coords><choice>1</choice></drop>
<drop><no>3</no><shape>polygon</shape><coords>0,0;40,0;40,40</coords><choice>{last}</choice></drop>
</question></quiz>"""
POINT = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="selectPoint"
 title="Where is Edinburgh?" adaptive="false" timeDependent="false">
<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="point">
<correctResponse><value>102 113</value></correctResponse><areaMapping defaultValue="0">{areas}</areaMapping>
</responseDeclaration>
<itemBody><selectPointInteraction responseIdentifier="RESPONSE" maxChoices="{most}">
<prompt>Mark Edinburgh on this map of the United Kingdom.</prompt>
<object type="image/png" data="images/uk.png" width="206" height="280">UK Map</object>
</selectPointInteraction></itemBody>
<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response_point"/>
</assessmentItem>"""
EDINBURGH = '<areaMapEntry shape="circle" coords="102,113,16" mappedValue="1"/>'
HOTSPOT = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="h"
 title="Airport" adaptive="false" time-dependent="false">
<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">
<qti-correct-response><qti-value>A</qti-value></qti-correct-response></qti-response-declaration>
<qti-item-body><qti-hotspot-interaction response-identifier="RESPONSE" max-choices="1">
<qti-prompt>Which one is Glasgow?</qti-prompt><img src="images/uk.png" alt="" width="206" height="280"/>
<qti-hotspot-choice shape="ellipse" coords="77,115,8,12" identifier="A"/>
<qti-hotspot-choice shape="circle" coords="118,184,8" identifier="B"/>
</qti-hotspot-interaction></qti-item-body>
<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>
</qti-assessment-item>"""


def markers(*, picture: str = MAP, drags: int = 3, last: int = 1) -> Any:
    [found] = FORMATS["moodle_xml"].parse(MARKERS.format(picture=picture, drags=drags, last=last).encode())
    return found


def packed(item: str, picture: bytes | None = PICTURE, version: str = "v2p1") -> Any:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        resource = f'<resource identifier="a" type="imsqti_item_xml{version}" href="a.xml"/>'
        archive.writestr("imsmanifest.xml", f"<manifest><resources>{resource}</resources></manifest>")
        archive.writestr("a.xml", item)
        if picture is not None:
            archive.writestr("images/uk.png", picture)
    [found] = FORMATS["qti21"].parse(out.getvalue())
    return found


def point(areas: str = EDINBURGH, cardinality: str = "single", most: int = 1) -> str:
    return POINT.format(areas=areas, cardinality=cardinality, most=most)


def test_moodles_markers_of_one_label() -> None:
    found = markers()
    assert found.kind == "hotspot" and found.media == {"uk-map.png": PICTURE}
    assert (found.content["width"], found.content["height"], found.content["needed"]) == (206, 280, 3)
    assert [region["shape"] for region in found.content["regions"]] == ["circle", "rect", "polygon"]
    assert found.content["regions"][1] == {"shape": "rect", "x": 10, "y": 20, "width": 30, "height": 40}
    assert found.losses == ("the picture has no description; write one",)
    assert "more markers than places" in " ".join(markers(drags=4).losses)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"last": 2}, "different labels"),
        ({"picture": base64.b64encode(b"<svg/>").decode()}, "picture cannot be taken"),
        ({"picture": "###"}, "damaged"),
    ],
    ids=["labels", "no-picture", "damaged"],
)
def test_markers_that_cannot_be_taken(change: dict[str, Any], words: str) -> None:
    found = markers(**change)
    assert isinstance(found, Refused) and words in found.reason


def test_qti_select_point() -> None:
    found = packed(point())
    assert found.stem == "Mark Edinburgh on this map of the United Kingdom."
    assert found.content["regions"] == [{"shape": "circle", "x": 102, "y": 113, "r": 16}]
    assert (found.content["description"], found.content["needed"]) == ("UK Map", 1)
    assert found.losses == () and found.media == {"uk.png": PICTURE}


def test_qti_select_point_of_several_areas() -> None:
    rect = '<areaMapEntry shape="rect" coords="10,20,40,60" mappedValue="{}"/>'
    even = packed(point(EDINBURGH + rect.format(1), "multiple", 2))
    assert even.content["needed"] == 2 and even.losses == ()
    assert even.content["regions"][1] == {"shape": "rect", "x": 10, "y": 20, "width": 30, "height": 40}
    uneven = packed(point(EDINBURGH + rect.format(2) + rect.format(0), "multiple", 0))
    assert "evened out" in " ".join(uneven.losses) and "earn nothing" in " ".join(uneven.losses)


def test_qti_hotspot_choices_become_places_with_named_losses() -> None:
    found = packed(HOTSPOT, version="v3p0")
    assert found.stem == "Which one is Glasgow?" and found.content["description"] == "Airport"
    [region] = found.content["regions"]
    assert len(region["points"]) == 36 and Hotspot().validate_content(
        found.content | {"media": "00000000-0000-4000-8000-000000000000"}
    )
    assert [words[:19] for words in found.losses] == [
        "the places to choos",
        "the picture has no ",
        "an ellipse is kept ",
    ]


@pytest.mark.parametrize(
    ("item", "picture", "words"),
    [
        (point(), None, "not in the package"),
        (point(), b"GIF89a", "picture cannot be taken"),
        (point(areas=""), PICTURE, "no area"),
        (point(EDINBURGH.replace("102,113,16", "a,b")), PICTURE, "cannot be read"),
        (point(EDINBURGH.replace("102,113,16", "1e999,1,1")), PICTURE, "cannot be read"),
        (point().replace("images/uk.png", "../../etc/passwd"), PICTURE, "not in the package"),
    ],
    ids=["missing", "damaged", "no-area", "letters", "infinite", "path"],
)
def test_places_that_cannot_be_taken(item: str, picture: bytes | None, words: str) -> None:
    found = packed(item, picture)
    assert isinstance(found, Refused) and words in found.reason


def test_markers_come_back_with_the_same_places() -> None:
    form = FORMATS["moodle_xml"]
    fitted = form.fit(markers())
    assert isinstance(fitted, ParsedQuestion) and fitted.losses[1:] == (
        "the description of the picture is left out",
    )
    [back] = form.parse(form.write([fitted]))
    assert isinstance(back, ParsedQuestion) and back.media == fitted.media
    assert back.content["regions"] == fitted.content["regions"] and back.content["needed"] == 3


def test_what_markers_cannot_hold() -> None:
    form, found = FORMATS["moodle_xml"], markers()
    one = form.fit(replace(found, content=found.content | {"needed": 1}))
    assert isinstance(one, ParsedQuestion) and "all places have to be found" in one.losses[-1]
    other = form.fit(replace(found, content=found.content | {"width": 100}))
    assert isinstance(other, Refused) and "another size" in other.reason
    large = {"media": "uk-map.png", "width": 700, "height": 280}
    wide = form.fit(
        replace(found, content=found.content | large, media={"uk-map.png": blank_picture(700, 280)})
    )
    assert isinstance(wide, Refused) and "600 × 400" in wide.reason
    gone = form.fit(replace(found, media={}))
    assert isinstance(gone, Refused) and "missing in the store" in gone.reason
