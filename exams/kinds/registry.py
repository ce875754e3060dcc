"""All question kinds, by name; fixed at start."""

from collections.abc import Mapping
from types import MappingProxyType

from exams.kinds.base import QuestionKind
from exams.kinds.cloze.kind import Cloze
from exams.kinds.code.kind import Code
from exams.kinds.essay.kind import Essay
from exams.kinds.file_upload.kind import FileUpload
from exams.kinds.hotspot.kind import Hotspot
from exams.kinds.matching.kind import Matching
from exams.kinds.multiple_choice.kind import MultipleChoice
from exams.kinds.numeric.kind import Numeric
from exams.kinds.ordering.kind import Ordering
from exams.kinds.short_answer.kind import ShortAnswer
from exams.kinds.single_choice.kind import SingleChoice
from exams.kinds.true_false.kind import TrueFalse
from proctor_site.kernel.errors import InvalidInput

_ALL: tuple[QuestionKind, ...] = (
    SingleChoice(),
    MultipleChoice(),
    TrueFalse(),
    Numeric(),
    ShortAnswer(),
    Matching(),
    Ordering(),
    Cloze(),
    Hotspot(),
    Essay(),
    Code(),
    FileUpload(),
)
KINDS: Mapping[str, QuestionKind] = MappingProxyType({kind.name: kind for kind in _ALL})


def kind_named(name: str) -> QuestionKind:
    """The kind of that name. Raises InvalidInput."""
    if name not in KINDS:
        raise InvalidInput(
            f"There is no question kind '{name}'; there are: {', '.join(KINDS)}.", field="kind"
        )
    return KINDS[name]


def choices() -> list[tuple[str, str]]:
    """Names and labels, for select boxes."""
    return [(kind.name, kind.label) for kind in _ALL]
