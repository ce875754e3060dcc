"""What the page "Precision" shows of each detector: verdicts, intervals as drawings, standings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.models import Institution
from proctoring.browser.words import WORDS
from proctoring.lighting import Lighting
from proctoring.models import DetectorStanding
from proctoring.policy_presets import LABELS
from proctoring.review import precision
from proctoring.review.intervals import Figures
from proctoring.review.standings import advisory_here

WIDTH = 200
"""Of a drawing from 0 to 100 per cent, in its own units."""
_LIGHTS = {
    Lighting.ORDINARY: "ordinary light",
    Lighting.DARK: "dark",
    Lighting.BACK_LIT: "light from behind",
    Lighting.BRIGHT: "too bright",
    Lighting.UNKNOWN: "light not recorded",
}


@dataclass(frozen=True, slots=True)
class Line:
    """Figures with their name, and where the interval lies in a drawing. `query`: of the incidents."""

    name: str
    figures: Figures
    query: str

    @property
    def x(self) -> float:
        """Where the interval begins."""
        return round(self.figures.interval[0] * WIDTH, 1)

    @property
    def width(self) -> float:
        """How long it is; never so short that it is not to be seen."""
        return max(2.0, round((self.figures.interval[1] - self.figures.interval[0]) * WIDTH, 1))

    @property
    def mark(self) -> float:
        """Where the share itself is."""
        return round(self.figures.upheld / self.figures.judged * WIDTH, 1) if self.figures.judged else 0.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One detector. `lights`, `numbers`, `engines`: the same verdicts, broken down, if they differ.

    `with_cases`: how many of the dismissed were decided by the verdict on a whole case alone.
    """

    kind: str
    whole: Line
    everywhere: Figures | None
    lights: list[Line]
    numbers: list[Line]
    engines: list[Line]
    standings: list[DetectorStanding]
    with_cases: int


def label_of(kind: str) -> str:
    """The name of a detector, or of what the page of an exam notes, as policies say it."""
    names = {str(each): words for each, words in LABELS.items()}
    pages = {str(each): words.label for each, words in WORDS.items()}
    return (names | pages).get(kind, kind.replace("_", " ")).capitalize()


def panels_of(institution: Institution) -> list[Panel]:
    """A panel for each detector with a verdict, by name. A fixed number of queries."""
    figures = precision.figures_of_kinds(institution)
    everywhere = precision.figures_everywhere()
    lights = precision.broken_down(institution, "light")
    rules = precision.broken_down(institution, "rule")
    engines = precision.broken_down(institution, "engine")
    standings, with_cases = advisory_here(institution), precision.with_cases(institution)
    kinds = {kind for kind, each in figures.items() if each != Figures()} | {each.kind for each in standings}
    return [
        Panel(
            kind,
            Line(label_of(kind), figures.get(kind, Figures()), _query(kind)),
            everywhere.get(kind),
            _light_lines(kind, lights[kind]),
            _lines(kind, "rule", rules[kind], "numbers not recorded"),
            _lines(kind, "engine", engines[kind], "engine not recorded"),
            [each for each in standings if each.kind == kind],
            with_cases.get(kind, 0),
        )
        for kind in sorted(kinds, key=label_of)
    ]


def words_of_kinds(institution: Institution) -> dict[str, str]:
    """What stands beside a flag of each kind: short words, only of kinds with a verdict. One query."""
    return {kind: each.words for kind, each in precision.figures_of_kinds(institution).items() if each.judged}


def advisory_words(institution: Institution) -> str:
    """The detectors that are advisory now, as "Phone, Book"; "" for none. One query."""
    return ", ".join(sorted({label_of(each.kind) for each in advisory_here(institution)}))


def _light_lines(kind: str, found: Mapping[str, Figures]) -> list[Line]:
    named = [(light, found[light]) for light in _LIGHTS if found.get(light, Figures()) != Figures()]
    if [light for light, _ in named] == [Lighting.UNKNOWN]:
        return []  # of sound, of pages, and of before lights were noted
    return [Line(_LIGHTS[light], each, _query(kind, light=light)) for light, each in named]


def _lines(kind: str, by: str, found: Mapping[str, Figures], unknown: str) -> list[Line]:
    rows: Iterable[tuple[str, Figures]] = ((name, each) for name, each in found.items() if each != Figures())
    lines = [Line(name or unknown, each, _query(kind, **{by: name})) for name, each in rows]
    return lines if len(lines) > 1 else []


def _query(kind: str, **more: str) -> str:
    """The filters of the list of incidents that show these; those without a value have no filter there."""
    parts = {"kind": kind, **{name: value for name, value in more.items() if value and name == "light"}}
    return "&".join(f"{name}__exact={value}" for name, value in parts.items())
