"""The documents themselves: notice, record of processing, impact assessment, model card, rights assessment.

Each is a draft made from what really happens. It needs a person who completes it and answers for it; nothing
in it is legal advice (docs/decisions/0144).
"""

from collections.abc import Callable, Mapping

from accounts.models.privacy_terms import LegalBasis
from proctoring import law_guards
from proctoring.identity.notice import in_words, looked_for, wording
from proctoring.law.facts import Facts, changes_of
from proctoring.law.shape import Document, Section
from proctoring.policy_presets import LABELS
from proctoring.review.intervals import Figures
from proctoring.review.precision import figures_of_kinds

_MISSING = "[to be filled in by the institution]"
DRAFT = (
    "This is a draft, made by a program from the settings that hold. It is no legal advice: a person of the "
    "institution has to check it, complete it and answer for it."
)
SECURITY = (
    "Evidence, photos, and descriptions of faces and voices are encrypted; files lie in private stores "
    "without an address of their own, and leave them only by links that expire and are logged.",
    "Files are hashed and chained, so that a change is noticed; the audit log refuses changes and is "
    "signed hourly.",
    "Rights by role; a second factor for staff can be required; each institution sees its own rows only.",
    "Pictures in which nothing is pointed out never reach a disk.",
)


def _controller(facts: Facts) -> Section:
    here = facts.institution
    basis = LegalBasis(here.legal_basis).label if here.legal_basis else _MISSING
    return Section(
        "Who is responsible",
        items=(
            f"Controller: {here.name}, {_one_line(here.controller_address) or _MISSING}, {facts.country}",
            f"Contact for data protection: {here.dpo_contact or _MISSING}",
            f"Legal basis: {basis}",
            *(
                ("Comparison of faces and voices: the candidate's explicit agreement (GDPR Article 9(2)(a))",)
                if facts.compares
                else ()
            ),
        ),
    )


def _notes(facts: Facts) -> tuple[Section, ...]:
    notes = facts.institution.privacy_notes.strip()
    return (Section("Notes of the institution", tuple(notes.split("\n\n"))),) if notes else ()


def retention(facts: Facts) -> Section:
    """How long each kind of data is kept: also the public policy that laws on biometric data ask for."""
    rows = tuple((each.what, each.purpose, each.where, each.period) for each in facts.kept)
    return Section(
        "What is kept, what for, and how long",
        (
            "What is due is deleted every night, and each deletion is certified. What an open case or a "
            "legal hold still needs is kept until that is over.",
        ),
        columns=("Data", "What for, and on what basis", "Where", "How long"),
        rows=rows,
    )


def _recipients(facts: Facts) -> Section:
    rows = tuple((each.who, each.what, each.where) for each in facts.recipients)
    return Section(
        "Who else gets data",
        ("A transfer to another country needs a safeguard, which the institution notes here.",),
        columns=("Recipient", "Data", "Where"),
        rows=rows,
    )


_DECISIONS = Section(
    "No automated decision",
    (
        "A program points out moments. People decide about each of them; an adverse verdict needs two "
        "readers, waits until the candidate could reply, and can be appealed. Nothing is decided by a "
        "program alone (see GDPR Article 22(1)).",
    ),
)


def _alternatives(facts: Facts) -> Section:
    return Section(
        "Other ways",
        (
            "Whoever does not agree to camera, microphone, screen or comparison takes the same exam with "
            "the same time, and a person checks who they are. Agreed adjustments (extra time, breaks, "
            "detectors that stay silent) hold without their reason being shown to proctors."
            if facts.institution.human_check
            else "No face and no voice is compared here, because nobody could check whoever declines.",
        ),
    )


def notice(facts: Facts) -> Document:
    """What candidates read, for every policy in use."""
    parts = [_controller(facts), retention(facts), _recipients(facts), _DECISIONS, _alternatives(facts)]
    for policy in facts.policies:
        text = tuple(wording(facts.institution, policy).split("\n\n"))
        parts.append(Section(f"What candidates read: {policy.name}", text))
    return Document("notice", f"Privacy notice of {facts.institution.name}", (*parts, *_notes(facts)))


def records(facts: Facts) -> Document:
    """Record of processing activities (GDPR Article 30(1))."""
    return Document(
        "records",
        f"Record of processing: proctored exams of {facts.institution.name}",
        (
            Section("About this document", (DRAFT, "GDPR Article 30(1).")),
            _controller(facts),
            Section("Purposes", ("Holding exams under equal rules, and proving what happened in them.",)),
            Section(
                "Whose data",
                items=("Candidates", "Proctors, reviewers and other staff", "Who else is in the picture"),
            ),
            retention(facts),
            _recipients(facts),
            Section("Security", items=SECURITY),
            *_notes(facts),
        ),
    )


_RISKS = (
    (
        "Somebody is wrongly suspected",
        "Thresholds, quality gates, people who decide, two readers, reply and appeal",
    ),
    (
        "A detector works worse for some people",
        "Figures by light in the model card, advisory modes, adjustments",
    ),
    (
        "Being watched at home intimidates",
        "Only what the policy says, told before, no picture stored without cause",
    ),
    ("Evidence gets into wrong hands", "Encryption, private stores, links that expire, each look logged"),
    ("Data is kept too long", "Ends of keeping for each kind, deletion by the system, certificates"),
    ("Consent is not free", "The same exam without camera or comparison, checked by a person"),
)


def dpia(facts: Facts) -> Document:
    """Draft of a data protection impact assessment (GDPR Article 35(7))."""
    what = tuple(
        f"{policy.name}: {'; '.join(changes_of(policy)) or 'as by default'}" for policy in facts.policies
    )
    return Document(
        "dpia",
        f"Impact assessment (draft): proctored exams of {facts.institution.name}",
        (
            Section("About this document", (DRAFT, "GDPR Article 35(7).")),
            _controller(facts),
            Section("What is done", ("Policies, as they differ from the defaults:",), what),
            retention(facts),
            _recipients(facts),
            Section(
                "Necessary and proportionate?",
                (f"Why supervision by camera is needed, and what milder means were considered: {_MISSING}",),
            ),
            _DECISIONS,
            _alternatives(facts),
            Section("Risks and what is done against them", columns=("Risk", "Measures"), rows=_RISKS),
            Section("What the law does not allow here", items=_guards(facts)),
            Section("Security", items=SECURITY),
            Section(
                "Opinions",
                items=(
                    f"Of the data protection officer: {_MISSING}",
                    f"Of candidates or their representatives: {_MISSING}",
                    f"Residual risk, and who accepted it, when: {_MISSING}",
                ),
            ),
            *_notes(facts),
        ),
    )


def _guards(facts: Facts) -> tuple[str, ...]:
    return tuple(
        f"{guard.title}: {guard.why_not(facts.institution) or 'allowed'} ({guard.source})"
        for guard in law_guards.GUARDS
    )


def model_card(facts: Facts) -> Document:
    """What programs look for here, and how often people agreed with them."""
    figures = figures_of_kinds(facts.institution)
    named = {kind for policy in facts.policies for kind in looked_for(policy)}
    rows = []
    for kind in sorted(named, key=lambda each: LABELS[each]):
        own = figures.get(kind.value)
        modes = ", ".join(sorted({str(getattr(policy, kind.value)) for policy in facts.policies}))
        rows.append((LABELS[kind].capitalize(), " ".join(in_words([kind])), modes, _measured(own)))
    return Document(
        "model_card",
        f"Model card: what programs look for in exams of {facts.institution.name}",
        (
            Section(
                "How to read it",
                (
                    "General figures on labelled pictures, and what the models are, stand in the product's "
                    "model card. Below is how often people here agreed with what was pointed out.",
                    "An exam without incidents is no proof of an honest exam.",
                ),
            ),
            Section("Detectors", columns=("Detector", "It looks", "Mode", "People agreed"), rows=tuple(rows)),
        ),
    )


def _measured(own: Figures | None) -> str:
    """In coarse words: the document should not change with every decision."""
    if own is None or not own.is_told:
        return "too few decisions yet"
    return f"about {round(own.share_percent, -1)} %; the present figures stand in the review"


def fria(facts: Facts) -> Document:
    """Notes for a fundamental rights impact assessment (AI Act Article 27(1)(a) to (f))."""
    return Document(
        "fria",
        f"Fundamental rights (draft): AI in exams of {facts.institution.name}",
        (
            Section(
                "About this document",
                (
                    DRAFT,
                    "Regulation (EU) 2024/1689, Article 27(1); students in tests: Annex III, 3(d).",
                ),
            ),
            Section("(a) The process", ("Proctored exams; programs point out moments, people decide.",)),
            Section("(b) Period and frequency", (f"During sittings only. How often: {_MISSING}",)),
            Section("(c) People affected", (f"Candidates; among them those who are vulnerable: {_MISSING}",)),
            Section("(d) Risks of harm", columns=("Risk", "Measures"), rows=_RISKS),
            Section("(e) Human oversight", _DECISIONS.paragraphs),
            Section(
                "(f) When it goes wrong",
                ("Reply, appeal and contact; detectors that people disagree with become advisory.",),
            ),
            Section("What the law does not allow here", items=_guards(facts)),
        ),
    )


MAKERS: Mapping[str, Callable[[Facts], Document]] = {
    "notice": notice,
    "records": records,
    "dpia": dpia,
    "model_card": model_card,
    "fria": fria,
}


def _one_line(text: str) -> str:
    return ", ".join(line.strip() for line in text.splitlines() if line.strip())
