"""The table of a sitting's dashboard as a file: a row for each watched attempt. Audited."""

from collections.abc import Iterator, Sequence

from django.db.models import Count, Q, Sum

from accounts import audit
from accounts.models import User
from exams import tables
from exams.models import LostTime, Sitting
from exams.reports.exports import Export
from exams.states import WORDS
from exams.tables import Cell, Format
from proctoring.models import Case, CoverageMinute, MonitoringSession
from proctoring.review.blind import is_blind_for
from proctoring.states import DISMISSED, INCONCLUSIVE, UPHELD

_AT_ONCE = 500


def export(sitting: Sitting, form: Format, *, actor: User) -> Export:
    """Writes the table and the audit entry. Names are hidden as they are for this person on pages."""
    zone = sitting.time_zone
    headers = (
        "Candidate", "State", f"Watched from ({zone})", f"Until ({zone})", "Pictures looked at",
        "Pictures left out", "Seconds offline", "Incidents", "Upheld", "Dismissed", "Inconclusive",
        "Not decided", "Seconds lost", "Case", "Case state", "Verdict",
    )  # fmt: skip
    file, number = tables.write(form, headers, _rows(sitting, actor))
    detail = {"what": "proctoring", "format": form.value, "rows": number}
    audit.record(sitting.institution, sitting, "sitting.exported", actor=actor, detail=detail)
    return Export(file, f"proctoring-sitting-{sitting.pk}.{form.ending}", form.content_type)


def _rows(sitting: Sitting, actor: User) -> Iterator[Sequence[Cell]]:
    states = {name: Q(incidents__review_state=name) for name in (UPHELD, DISMISSED, INCONCLUSIVE)}
    found = MonitoringSession.objects.filter(sitting=sitting).select_related("candidate", "attempt")
    counted = found.annotate(
        number=Count("incidents"), **{name: Count("incidents", filter=each) for name, each in states.items()}
    )
    keys = list(counted.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), _AT_ONCE):
        part = keys[start : start + _AT_ONCE]
        sums = Sum("analysed"), Sum("shed"), Sum("offline_s")
        minutes = CoverageMinute.objects.filter(session__in=part).values_list("session").order_by("session")
        seen = {row[0]: row[1:] for row in minutes.annotate(*sums)}
        lost = _lost(part)
        cases = {case.session_id: case for case in Case.objects.filter(session__in=part)}
        for session in counted.filter(pk__in=part).order_by("pk"):
            case = cases.get(session.pk)
            is_hidden = case is not None and is_blind_for(case, actor)
            yield (
                f"Candidate {case.pseudonym}" if case and is_hidden else str(session.candidate or ""),
                WORDS[session.attempt.state] if session.attempt else session.state,
                session.started_at.astimezone(sitting.zone),
                session.ended_at.astimezone(sitting.zone) if session.ended_at else None,
                *_seen(seen.get(session.pk)),
                *_counts(session),
                lost.get(session.attempt_id, 0),
                case.pk if case else None,
                case.get_state_display() if case else "",
                case.get_verdict_display() if case else "",
            )


def _seen(sums: tuple[Cell, ...] | None) -> tuple[Cell, ...]:
    """Pictures looked at, left out, seconds offline; empty cells where nothing was counted."""
    return sums or (None, None, None)


def _counts(session: MonitoringSession) -> tuple[Cell, ...]:
    counts = [getattr(session, name) for name in (UPHELD, DISMISSED, INCONCLUSIVE)]
    number = getattr(session, "number")  # noqa: B009  (annotated)
    return number, *counts, number - sum(counts)


def _lost(sessions: list[int]) -> dict[int | None, int]:
    found: dict[int | None, int] = {}
    for row in LostTime.objects.filter(attempt__monitoring__in=sessions):
        seconds = round((row.ended_at - row.started_at).total_seconds())
        found[row.attempt_id] = found.get(row.attempt_id, 0) + seconds
    return found
