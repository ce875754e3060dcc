"""QTI has two spellings of the same names: `choiceInteraction` in 2.x, `qti-choice-interaction` in 3.

Sources: 1EdTech (IMS) "QTI 2.1 / 2.2 Assessment, Section and Item information model" and "QTI 3.0 ASI
information model" with their XML bindings; content packages as in "IMS Content Packaging 1.1.4".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from exams.bank.formats import xml_tree


def name_of(element: Element) -> str:
    """The name of an element in the spelling of 2.x, without namespace."""
    name = xml_tree.local(element)
    return _camel(name[4:]) if name.startswith("qti-") else name


def attribute(element: Element, name: str, default: str = "") -> str:
    """An attribute by its 2.x name, in either spelling."""
    return element.get(name) or element.get(_kebab(name)) or default


def below(element: Element, *names: str) -> Iterator[Element]:
    """All elements of these names at any depth, in document order."""
    return (each for each in element.iter() if name_of(each) in names)


def first(element: Element, *names: str) -> Element | None:
    """The first of them."""
    return next(below(element, *names), None)


def children(element: Element, *names: str) -> list[Element]:
    """Direct children of these names."""
    return [each for each in element if name_of(each) in names]


def _camel(name: str) -> str:
    return re.sub(r"-(\w)", lambda found: found[1].upper(), name)


def _kebab(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: "-" + found[0].lower(), name)


@dataclass(frozen=True, slots=True)
class Version:
    """How one version of QTI writes its names."""

    namespace: str
    schema: str
    templates: str
    manifest: str
    package: tuple[str, str]
    resource: str
    dashes: bool

    def tag(self, name: str) -> str:
        """An element of QTI (not of HTML) as this version spells it."""
        return f"qti-{_kebab(name)}" if self.dashes else name

    def attribute(self, name: str) -> str:
        """An attribute of an element of QTI as this version spells it."""
        return _kebab(name) if self.dashes else name


V2P1 = Version(
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p1",
    schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    templates="http://www.imsglobal.org/question/qti_v2p1/rptemplates/",
    manifest="http://www.imsglobal.org/xsd/imscp_v1p1",
    package=("QTIv2.1 Package", "1.0.0"),
    resource="imsqti_item_xmlv2p1",
    dashes=False,
)
V2P2 = Version(
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p2",
    schema="http://www.imsglobal.org/xsd/qti/qtiv2p2/imsqti_v2p2.xsd",
    templates="http://www.imsglobal.org/question/qti_v2p2/rptemplates/",
    manifest="http://www.imsglobal.org/xsd/imscp_v1p1",
    package=("QTIv2.2 Package", "1.0.0"),
    resource="imsqti_item_xmlv2p2",
    dashes=False,
)
V3P0 = Version(
    namespace="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    templates="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/",
    manifest="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    package=("QTI Package", "3.0.0"),
    resource="imsqti_item_xmlv3p0",
    dashes=True,
)
PLAIN_CLASS = "plain-text"
"""On an item body: its texts are plain text, so nothing is made of their blanks and line ends."""
GAPS_CLASS = "text-with-gaps"
"""On an item body: it is a text with gaps, though it may have just one."""
INTERACTIONS = frozenset(
    ["choiceInteraction", "textEntryInteraction", "extendedTextInteraction", "matchInteraction"]
    + ["orderInteraction", "inlineChoiceInteraction", "associateInteraction", "gapMatchInteraction"]
    + ["hottextInteraction", "hotspotInteraction", "selectPointInteraction", "graphicOrderInteraction"]
    + ["graphicAssociateInteraction", "graphicGapMatchInteraction", "positionObjectInteraction"]
    + ["sliderInteraction", "mediaInteraction", "drawingInteraction", "uploadInteraction"]
    + ["endAttemptInteraction", "customInteraction", "portableCustomInteraction"]
)
