"""What reports read of the review and of proofs.

The case as far as the viewer may know it, how often detectors are right here, and the newest signed list of
evidence.
"""

from accounts import signing_keys
from accounts.masks import Words
from accounts.models import Institution, User
from proctoring.interviews.queries import of_case
from proctoring.interviews.sheet import questions_of
from proctoring.models import Case, EvidenceManifest, Interview, MonitoringSession, Reading
from proctoring.models import Reply as ReplyRow
from proctoring.reports.facts import AskedFacts, CaseFacts, InterviewFacts, ReadingFacts, Reply
from proctoring.review.blind import Shown, shown_for
from proctoring.review.intervals import Figures
from proctoring.review.precision import figures_of_kinds
from proctoring.review.readings import visible_to


def case_row(session: MonitoringSession) -> Case | None:
    """The case of the session, or None when none was opened. Its session is the one in hand."""
    rows = Case.objects.filter(session=session).select_related("decided_by", "first_reader")
    case = rows.first()
    if case is not None:
        case.session, case.institution = session, session.institution
    return case


def shown_to(session: MonitoringSession, case: Case | None, viewer: User) -> Shown:
    """How the report names its candidate to the viewer."""
    return shown_for(case, viewer) if case else Shown(str(session.candidate or "outside session"))


def case_facts(case: Case, viewer: User, words: Words) -> CaseFacts:
    """The case in words, with the readings that the viewer may know: not those of others before their own.

    `words` takes the name out of what people wrote.
    """
    return CaseFacts(
        number=case.pk,
        state=case.get_state_display(),
        opened_for=case.get_opened_for_display().lower(),
        verdict=case.get_verdict_display().lower() if case.verdict else "",
        told=words(case.appeal_outcome_text or case.outcome_text),
        decided_at=case.appeal_decided_at or case.decided_at,
        decided_by=str(case.decided_by or ""),
        released_at=case.released_at,
        readings=[_reading(row, words) for row in visible_to(case, viewer) if row.withdrawn_at is None],
        replies=_replies(case, words),
        interviews=_interviews(case, viewer),
    )


def _reading(row: Reading, words: Words) -> ReadingFacts:
    return ReadingFacts(
        row.number,
        row.get_part_display(),
        str(row.reader),
        row.get_verdict_display().lower(),
        [reason_words(each) for each in row.reasons],
        words(row.note),
        row.finished_at,
        row.seconds,
    )


def reason_words(reason: object) -> str:
    """A reason as it was worded when the reading was given."""
    return str(reason.get("wording") or reason.get("code")) if isinstance(reason, dict) else str(reason)


def _replies(case: Case, words: Words) -> list[Reply]:
    rows = ReplyRow.objects.filter(case=case).order_by("number")
    return [
        Reply(
            f"{row.get_part_display().lower()}{', late' if row.is_late else ''}",
            row.handed_in_at,
            words(row.text),
        )
        for row in rows
    ]


def _interviews(case: Case, viewer: User) -> list[InterviewFacts]:
    """In order; none for who is not to know of them yet."""
    return [_interview(each.interview, each.words) for each in reversed(of_case(case, viewer))]


def _interview(row: Interview, words: str) -> InterviewFacts:
    return InterviewFacts(
        number=row.number,
        state=row.state,
        words=words,
        host=str(row.host),
        reason=row.reason,
        begins_at=row.begins_at,
        minutes=row.minutes,
        outcome=row.outcome,
        outcome_words=row.get_outcome_display() if row.outcome else "",
        outcome_text=row.outcome_text,
        closing=row.closing_text,
        closed_at=row.closed_at,
        questions=[
            AskedFacts(each.asks, each.paper_position, each.answer_text, each.notes)
            for each in questions_of(row)
        ],
    )


def precision_words(institution: Institution) -> dict[str, str]:
    """By kind of incident: how often people of the institution found its detector right. One query."""
    return {kind: _precision(figures) for kind, figures in figures_of_kinds(institution).items()}


def _precision(figures: Figures) -> str:
    if figures.is_told:
        return f"By the verdicts of people here, {figures.words}."
    return f"How often it is right here is not known: {figures.words}."


def signature_words(session: MonitoringSession) -> str:
    """What the newest signed list of the session's evidence proves; "" when there is no evidence."""
    if not session.evidence_count:
        return ""
    row = EvidenceManifest.objects.filter(session=session).order_by("-pk").first()
    if row is None:
        return "Not signed yet; evidence is signed a quarter of an hour after the end of a session."
    if not signing_keys.verify(row.body.encode(), row.kid, row.signature):
        return f"The signature of {row.made_at:%Y-%m-%d %H:%M} UTC by key {row.kid} does not hold."
    later = session.evidence_count - row.count
    missing = f" {later} later item{' is' if later == 1 else 's are'} not on it." if later else ""
    items = f"{row.count} item{'' if row.count == 1 else 's'}"
    holds = f"A list of {items}, signed on {row.made_at:%Y-%m-%d %H:%M} UTC by key {row.kid}, holds."
    return f"{holds}{missing} Signature: {row.signature}"
