"""Facts of reports for tests of what is written from them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from proctoring.coverage import Coverage, Minute
from proctoring.reports.facts import AttemptReport, IncidentFacts, Integrity

BEGIN = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def incident_facts(number: int = 1, **fields: Any) -> IncidentFacts:
    """An unreviewed incident of five seconds, a minute after the begin."""
    begin = BEGIN + timedelta(seconds=60 * number)
    known: dict[str, Any] = {
        "number": number, "kind": "no_face", "words": "no face", "severity": "medium", "begin": begin,
        "end": begin + timedelta(seconds=5), "seconds": 5.0, "count": 5, "repeats": 0, "confidence": 0.9,
        "explanation": "Nobody was in view.", "engine": "e", "review": "unreviewed", "reviewed_by": "",
        "reviewed_at": None, "note": "", "measurements": {},
    }  # fmt: skip
    return IncidentFacts(**known | fields)


def minutes(number: int, **fields: Any) -> list[Minute]:
    """So many whole minutes from the begin, sixty pictures each."""
    return [
        Minute(
            BEGIN + timedelta(minutes=each),
            60.0,
            **{"captured": 60, "analysed": 60, **fields},
        )
        for each in range(number)
    ]


def report_facts(**fields: Any) -> AttemptReport:
    """A report about an hour without anything in it."""
    known: dict[str, Any] = {
        "institution": "North College", "exam": "Biology", "sitting": "Autumn", "candidate": "Ada Lee",
        "is_blind": False, "attempt": 7, "session": "s", "state": "handed in", "ended_by": "candidate",
        "begin": BEGIN, "end": BEGIN + timedelta(hours=1), "made_at": BEGIN + timedelta(hours=2),
        "zone": "Europe/Vienna", "consent": [], "policy": [], "detectors": [], "incidents": [],
        "coverage": coverage_facts([], None), "risk": [], "lost": [], "acts": [], "noted": [], "case": None,
        "integrity": Integrity(0, "0" * 64, BEGIN, "records", ""),
    }  # fmt: skip
    return AttemptReport(**known | fields)


def coverage_facts(of: list[Minute], share: float | None) -> Coverage:
    """These minutes, and totals that are their number of pictures."""
    seen = sum(each.analysed for each in of)
    return Coverage(of, Minute(BEGIN, 60.0 * len(of), captured=seen, analysed=seen), share)
