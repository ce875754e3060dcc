"""What the rule and the regrades in force make of one item: the key, the points, the ruling."""

from dataclasses import dataclass, replace
from decimal import Decimal

from exams.kinds import certainty
from exams.kinds.registry import kind_named
from exams.marking import marks
from exams.marking.automatic import points_for
from exams.models import PaperItem, QuestionVersion, Regrade, Sitting
from exams.models.regrade import RegradeMode
from proctor_site.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Rule:
    """How a question counts: `version` None: by the key on the paper; `points` None: as on the paper.

    `points` are meant as an author gives them: with certainty a question counts up to three times as many.
    """

    mode: str = RegradeMode.KEY.value
    version: QuestionVersion | None = None
    points: Decimal | None = None


AS_ON_PAPER = Rule()


def rules_in_force(sitting: Sitting) -> dict[int, Rule]:
    """The newest regrade of each question of a sitting, by question. One query."""
    rows = Regrade.objects.filter(sittings=sitting).select_related("version").order_by("pk")
    return {each.question_id: Rule(each.mode, each.version, each.points) for each in rows}


def by_rule(item: PaperItem, rule: Rule) -> marks.Wanted:
    """The mark of an item under the rule; what a person gave stays below or above as `standing` says."""
    as_is = marks.wanted_as_is(item)
    factor = certainty.FACTOR if item.asks_certainty else 1
    most = item.points if rule.points is None else rule.points * factor
    share_points = _points(item, rule.version or item.version, most)
    ruling = "" if rule.mode == RegradeMode.KEY else rule.mode
    layers = replace(as_is.layers, most=most, rule=share_points, ruling=ruling)
    return replace(as_is, layers=layers, key=rule.version)


def fits(item: PaperItem, version: QuestionVersion) -> bool:
    """Whether the answer is one that this version knows (an option may have been taken out since)."""
    try:
        kind_named(version.question.kind).validate_answer(version.content, _value(item))
    except InvalidInput:
        return False
    return True


def _value(item: PaperItem) -> object:
    answer = getattr(item, "answer", None)
    return answer.value if answer else None


def _points(item: PaperItem, version: QuestionVersion, most: Decimal) -> Decimal | None:
    if version.pk != item.version_id and not fits(item, version):
        return Decimal(0)
    kind, answer = kind_named(item.version.question.kind), getattr(item, "answer", None)
    if item.asks_certainty:
        share = certainty.mark(kind, version.content, _value(item), answer.certainty if answer else None)
    else:
        share = kind.mark(version.content, _value(item))
    return None if share is None else points_for(share, most)
