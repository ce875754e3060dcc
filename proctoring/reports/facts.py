"""What a report about one attempt says, as plain values: every form of it is written from these."""

from dataclasses import dataclass, field
from datetime import datetime

from proctoring.coverage import Coverage


def offset_in_words(seconds: int) -> str:
    """When a picture was taken, by the begin of its incident."""
    if seconds < 0:
        return f"{-seconds} s before it began"
    return f"{seconds} s after it began" if seconds else "as it began"


@dataclass(frozen=True, slots=True)
class Picture:
    """One evidence picture. `offset`: seconds after its incident began."""

    item: int
    at: datetime
    kind: str
    offset: int
    sha256: str

    @property
    def offset_words(self) -> str:
        return offset_in_words(self.offset)


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """One incident. `review`: what a person decided, "unreviewed" when nobody has; `precision`: of its
    detector in this institution in words, "" when not known. `kept`: evidence items by kind."""

    number: int
    kind: str
    words: str
    severity: str
    begin: datetime
    end: datetime | None
    seconds: float
    count: int
    repeats: int
    confidence: float
    explanation: str
    engine: str
    review: str
    reviewed_by: str
    reviewed_at: datetime | None
    note: str
    measurements: dict[str, object]
    precision: str = ""
    kept: dict[str, int] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lost:
    """An interval in which the candidate could not work."""

    begin: datetime
    end: datetime
    words: str
    credited_s: int
    why_not: str

    @property
    def seconds(self) -> float:
        return (self.end - self.begin).total_seconds()


@dataclass(frozen=True, slots=True)
class Act:
    """What a member of staff did to the attempt, with the reason that was given."""

    at: datetime
    who: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What the page of the exam noted by itself, one line a kind."""

    words: str
    times: int
    seconds: float
    first_at: datetime


@dataclass(frozen=True, slots=True)
class ReadingFacts:
    """One person's reading of the case. `who` is "" while readings are blind for the viewer."""

    number: int
    part: str
    who: str
    verdict: str
    reasons: list[str]
    note: str
    finished_at: datetime | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the candidate wrote about the case."""

    what: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class AskedFacts:
    """One question of an interview and the notes of what was said. `of_paper`: which question it is about."""

    asks: str
    of_paper: int | None
    answer: str
    notes: str


@dataclass(frozen=True, slots=True)
class InterviewFacts:
    """A verification interview. `outcome` is "" unless it was held; `closing`: why it did not take place."""

    number: int
    state: str
    words: str
    host: str
    reason: str
    begins_at: datetime | None
    minutes: int
    outcome: str
    outcome_words: str
    outcome_text: str
    closing: str
    closed_at: datetime | None
    questions: list[AskedFacts] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The review of the attempt. `verdict` is "" until a person has decided."""

    number: int
    state: str
    opened_for: str
    verdict: str
    told: str
    decided_at: datetime | None
    decided_by: str
    released_at: datetime | None
    readings: list[ReadingFacts] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    interviews: list[InterviewFacts] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Integrity:
    """Whether evidence is what was stored. `problem`: of the first item that does not fit, else "".

    `checked`: records, when only the chain of the records was followed; files, when every file was read.
    `signature`: what the newest signed list of the evidence proves, in words.
    """

    items: int
    head: str
    verified_at: datetime
    checked: str
    problem: str
    signature: str = ""

    @property
    def words(self) -> str:
        if self.problem:
            return self.problem
        if not self.items:
            return "No evidence item was kept."
        many = "1 evidence item is" if self.items == 1 else f"All {self.items:,} evidence items are"
        if self.checked == "files":
            return f"{many} whole: each file is the one that was stored, and their chain is unbroken."
        return f"{many} in an unbroken chain of records; the files themselves were not read for this report."


@dataclass(frozen=True, slots=True)
class Machine:
    """A summary that a program wrote, with what it was given."""

    text: str
    model: str
    written_at: datetime
    sources: list[str]


@dataclass(frozen=True, slots=True)
class AttemptReport:
    """Everything. Times are aware; `zone` is the viewer's. `candidate` is a name, or a number while names
    are hidden from this viewer (`is_blind`)."""

    institution: str
    exam: str
    sitting: str
    candidate: str
    is_blind: bool
    attempt: int | None
    session: str
    state: str
    ended_by: str
    begin: datetime
    end: datetime | None
    made_at: datetime
    zone: str
    consent: list[str]
    policy: list[str]
    detectors: list[str]
    incidents: list[IncidentFacts]
    coverage: Coverage
    risk: list[tuple[datetime, float]]
    lost: list[Lost]
    acts: list[Act]
    noted: list[Noted]
    case: CaseFacts | None
    integrity: Integrity
    summary: list[str] = field(default_factory=list)
    machine: Machine | None = None

    @property
    def seconds(self) -> float:
        """How long the watched span is; up to now while it goes on."""
        return ((self.end or self.made_at) - self.begin).total_seconds()

    @property
    def pictures(self) -> list[Picture]:
        return [picture for incident in self.incidents for picture in incident.pictures]
