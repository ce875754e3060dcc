"""Reasons and ready texts: what an institution prepared, and in which words a candidate reads them."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Institution
from exams.models import Attempt, Exam
from proctor_site.kernel.errors import InvalidInput
from proctoring.models import ReadyText, ReasonCode
from proctoring.models.supervision import ActKind, TextKind, text_in_language

MOST_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is done. `told`: what the candidate reads, in `language`; `code` "" where only words
    were given; `wording`: the code as staff read it; `words`: the proctor's own."""

    told: str
    language: str = ""
    code: str = ""
    wording: str = ""
    words: str = ""

    @property
    def detail(self) -> dict[str, Any]:
        """What the audit log keeps besides the reason; nothing where there is no code."""
        if not self.code:
            return {}
        return {"reason_code": self.code, "reason_wording": self.wording, "words": self.words}


def language_of(attempt: Attempt) -> str:
    """In which language a candidate reads the exam."""
    return str(attempt.enrolment.sitting.exam.written_in)


def reason_for(
    attempt: Attempt, act: str, *, reason: Any = "", reason_code: Any = "", required: bool = False
) -> Reason:
    """The reason as it is stored and told. With `required`, a code or words are needed.

    Raises InvalidInput: `reason_code` (unknown, or not for this act), `reason` (missing, too long).
    """
    words = clean_text(reason, "reason")
    if not isinstance(reason_code, str):
        raise InvalidInput("This must be a text.", field="reason_code")
    if not reason_code:
        if required and not words:
            raise InvalidInput("Say why, in a few words.", field="reason", code="required")
        return Reason(told=words, words=words)
    found = _code(attempt.institution, act, reason_code)
    if found.needs_words and not words:
        raise InvalidInput("Say why, in a few words.", field="reason", code="required")
    text, language = text_in_language(found.texts, language_of(attempt))
    # A code without words for candidates still has to say something where a reason is required.
    told = f"{text} {words}".strip() or (found.wording if required else "")
    return Reason(told=told, language=language, code=found.code, wording=found.wording, words=words)


def codes_of(institution: Institution) -> list[ReasonCode]:
    """The reasons that are offered, in their order."""
    return list(ReasonCode.objects.filter(institution=institution, is_active=True))


def ready_texts_for(exam: Exam, kind: str = TextKind.WARN) -> list[dict[str, Any]]:
    """Ready texts in the language of an exam: id, text and its language tag, in their order."""
    rows = ReadyText.objects.filter(institution=exam.institution_id, kind=kind, is_active=True)
    found = []
    for each in rows:
        text, language = text_in_language(each.texts, exam.written_in)
        if text:
            found.append({"id": each.pk, "text": text, "language": language})
    return found


def ready_text(attempt: Attempt, pk: Any) -> tuple[str, str]:
    """A ready warning in the candidate's language, and its tag. Raises InvalidInput (`ready_text`)."""
    if isinstance(pk, bool) or not isinstance(pk, int):
        raise InvalidInput("This must be the number of a ready text.", field="ready_text")
    rows = ReadyText.objects.filter(institution=attempt.institution, kind=TextKind.WARN, is_active=True)
    found = rows.filter(pk=pk).first() if abs(pk) < 2**62 else None
    if found is None:
        raise InvalidInput("There is no such ready text.", field="ready_text")
    return text_in_language(found.texts, language_of(attempt))


def _code(institution: Institution, act: str, code: str) -> ReasonCode:
    rows = ReasonCode.objects.filter(institution=institution, is_active=True)
    found = rows.filter(code=code).first() if "\x00" not in code else None
    if found is None or act not in found.acts:
        words = dict(ActKind.choices).get(act, act)
        raise InvalidInput(
            f'There is no reason {code[:40]!r} for "{words}" in this institution.', field="reason_code"
        )
    return found


def clean_text(value: Any, field: str, *, required: bool = False) -> str:
    """The text without blanks around it. Raises InvalidInput naming the field."""
    if not isinstance(value, str):
        raise InvalidInput("This must be a text.", field=field)
    wording = value.strip()
    if required and not wording:
        raise InvalidInput(
            "Say why, in a few words." if field == "reason" else "Write the message.",
            field=field,
            code="required",
        )
    if len(wording) > MOST_CHARACTERS or "\x00" in wording:
        raise InvalidInput(f"At most {MOST_CHARACTERS} ordinary characters.", field=field, code="too_long")
    return wording
