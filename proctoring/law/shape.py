"""The shape of a generated document, and how it is written as Markdown and as plain values (pure)."""

from dataclasses import asdict, dataclass, field
from typing import Any

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with paragraphs, a list and a table; any of them may be empty."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    columns: Row = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One document of an institution. It is the same for the same settings: it holds no date."""

    kind: str
    title: str
    sections: tuple[Section, ...] = field(default=())

    def as_plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def markdown(document: Document) -> str:
    """The text whose versions are kept and compared; one thought a line, so that differences read well."""
    lines = [f"# {document.title}"]
    for section in document.sections:
        lines += ["", f"## {section.heading}"]
        for paragraph in section.paragraphs:
            lines += ["", paragraph]
        if section.items:
            lines += ["", *(f"- {item}" for item in section.items)]
        if section.rows:
            lines += ["", _row(section.columns), _row(("---",) * len(section.columns))]
            lines += [_row(row) for row in section.rows]
    return "\n".join(lines) + "\n"


def _row(cells: Row) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
