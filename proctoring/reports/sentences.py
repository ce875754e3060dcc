"""A plain summary of a report in sentences, written by rules from its facts; no word of guilt (pure)."""

from collections import Counter
from collections.abc import Iterable

from proctoring.reports.facts import AttemptReport, CaseFacts, IncidentFacts

_MOST_KINDS = 4
_DECIDED = {"upheld": "upheld", "dismissed": "dismissed", "inconclusive": "left inconclusive"}
_GOOD_COVERAGE, _LITTLE_COVERAGE = 0.95, 0.5


def summary_of(report: AttemptReport) -> list[str]:
    """The sentences in a fixed order: the span, coverage, incidents, reviews, lost time, acts, evidence,
    outcome, and what none of it proves. The same facts always give the same words."""
    sentences = [
        _span(report),
        _coverage(report),
        *_incidents(report.incidents),
        _lost(report),
        _acts(report),
        _integrity(report),
        *_interviews(report.case),
        *_outcome(report.case),
        _limits(report.incidents),
    ]
    return [each for each in sentences if each]


def length_words(seconds: float) -> str:
    """A length of time for people: 45 s, 12 min 5 s, 3 h 2 min."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {left} s" if left else f"{minutes} min"
    return f"{left} s"


def count_words(number: int, one: str, many: str = "") -> str:
    """A number with its noun: 1 incident, 3 incidents."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share_words(share: float) -> str:
    """A share in whole per cent; 100 % only when nothing is missing, 0 % only when there is nothing."""
    percent = round(share * 100)
    if percent == 100 and share < 1:
        return "99 %"
    if percent == 0 and share > 0:
        return "less than 1 %"
    return f"{percent} %"


def _span(report: AttemptReport) -> str:
    goes_on = "" if report.end else " so far; it still goes on"
    return f"The attempt was watched for {length_words(report.seconds)}{goes_on}."


def _coverage(report: AttemptReport) -> str:
    share, totals = report.coverage.watched_share, report.coverage.totals
    if share is None:
        return "How much of it the programs saw was not recorded."
    seen = count_words(totals.analysed, "picture")
    base = f"The programs looked at {seen}; {share_words(share)} of the minutes have at least one."
    left_out = count_words(totals.shed, "picture")
    shed = f" Under load {left_out} were left out." if totals.shed else ""
    missing = length_words(totals.offline_s)
    offline = f" The connection was missing for {missing}." if totals.offline_s >= 1 else ""
    gap = ""
    if share < _LITTLE_COVERAGE:
        gap = " More than half was not seen: an absence of incidents says little here."
    elif share < _GOOD_COVERAGE:
        gap = " What happened in the rest is not known."
    return f"{base}{shed}{offline}{gap}"


def _incidents(incidents: list[IncidentFacts]) -> Iterable[str]:
    if not incidents:
        yield "No incident was recorded."
        return
    kinds = Counter(each.words for each in incidents)
    named = [
        f"{words} ({times})" for words, times in sorted(kinds.items(), key=lambda each: (-each[1], each[0]))
    ]
    rest = len(named) - _MOST_KINDS
    listed = ", ".join(named[:_MOST_KINDS]) + (f" and {count_words(rest, 'other kind')}" if rest > 0 else "")
    yield f"{count_words(len(incidents), 'incident was', 'incidents were')} recorded: {listed}."
    states = Counter(each.review for each in incidents)
    decided = [
        f"{states[state]} {words}"
        for state, words in (
            ("upheld", "upheld"),
            ("dismissed", "dismissed"),
            ("inconclusive", "left inconclusive"),
        )
        if states[state]
    ]
    waiting = states["unreviewed"] + states["acknowledged"]
    if not decided:
        yield "No person has decided about any of them yet."
        return
    more = f"; {waiting} {'waits' if waiting == 1 else 'wait'} for a decision" if waiting else ""
    yield f"Decided by people: {', '.join(decided)}{more}."


def _lost(report: AttemptReport) -> str:
    if not report.lost:
        return ""
    seconds = sum(each.seconds for each in report.lost)
    credited = sum(each.credited_s for each in report.lost)
    given = f"{length_words(credited)} of it were given back" if credited else "none of it was given back"
    return (
        f"The candidate lost {length_words(seconds)} in {count_words(len(report.lost), 'interval')}; {given}."
    )


def _acts(report: AttemptReport) -> str:
    if not report.acts:
        return "No proctor acted on the attempt."
    kinds = Counter(each.words.split(":")[0] for each in report.acts)
    listed = ", ".join(f"{words} ({times})" for words, times in kinds.items())
    return f"Staff acted {count_words(len(report.acts), 'time')}: {listed}."


def _integrity(report: AttemptReport) -> str:
    return "" if not report.integrity.items and not report.integrity.problem else report.integrity.words


def _interviews(case: CaseFacts | None) -> Iterable[str]:
    """What came of interviews that were held; of others only that they say nothing."""
    interviews = case.interviews if case is not None else []
    for each in interviews:
        if each.outcome:
            words = each.outcome_words.lower()
            yield f"An interview was held; who held it notes: {words}. It is no verdict."
    if any(each.state in ("declined", "missed", "lapsed") for each in interviews):
        yield "An interview that was offered did not take place; that proves nothing."


def _outcome(case: CaseFacts | None) -> Iterable[str]:
    if case is None:
        yield "No case was opened for review."
    elif not case.verdict:
        done = sum(each.finished_at is not None for each in case.readings)
        finished = count_words(done, "reading is", "readings are") if done else "no reading is"
        yield f"The case stands at “{case.state}”; {finished} finished. There is no verdict yet."
    else:
        yield f"The verdict of people on the case is: {case.verdict}."


def _limits(incidents: list[IncidentFacts]) -> str:
    if any(each.review == "upheld" for each in incidents):
        return "An upheld incident says that it shows what it claims, not why it happened."
    return "An incident is a question, not a finding; the absence of incidents proves nothing either."
