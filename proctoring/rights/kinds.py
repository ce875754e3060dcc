"""The register of all personal data in the product, and the models that hold none, each with its reason."""

from proctor_site.kernel.errors import NotFound
from proctoring.rights.kinds_capture import CAPTURE
from proctoring.rights.kinds_office import OFFICE
from proctoring.rights.register import Kind

KINDS: dict[str, Kind] = {kind.code: kind for kind in (*CAPTURE, *OFFICE)}
"""By code, in the order in which they are erased: what others hang on comes after them."""

_CONTENT = "content of exams; names its authors by number only"
_RULES = "a choice of the institution; tells nothing of a candidate"
EXEMPT: dict[str, str] = {
    "accounts.ApiToken": "a secret's hash and what its system may do; names staff by number only",
    "accounts.WebhookEndpoint": "where another system hears of events; names staff by number only",
    "accounts.WebhookMessage": "numbers and states that were told, without names; forgotten after 30 days",
    "accounts.WebhookTry": "what a system of the institution answered; forgotten with its message",
    "accounts.IdempotentCall": "answers to calls of other systems, forgotten a day later",
    "accounts.FileToRemove": "the name of a file that is about to go",
    "accounts.SavedFilter": "how one of the staff narrows a list; words that were searched for are not kept",
    "accounts.AuditCheckpoint": "signed heads of the audit log; numbers only",
    "exams.Announcement": "said to a whole sitting",
    "exams.CandidateGroup": "the name of a group",
    "exams.Exam": _CONTENT,
    "exams.GroupAllowance": "of a group; what it brings a candidate is an Allowance",
    "exams.MarkingPhrase": "a marker's own wording, without candidates",
    "exams.MarkingRound": "who marks which questions; the answers are in exam_records",
    "exams.Question": _CONTENT,
    "exams.QuestionCategory": _CONTENT,
    "exams.QuestionFigures": "sums over many candidates",
    "exams.QuestionImport": _CONTENT,
    "exams.QuestionMedia": _CONTENT,
    "exams.QuestionTag": _CONTENT,
    "exams.QuestionVersion": _CONTENT,
    "exams.Regrade": _RULES,
    "exams.Release": _RULES,
    "exams.ResultPolicy": _RULES,
    "exams.RoundMarker": "who of the staff marks",
    "exams.Rubric": _CONTENT,
    "exams.SafeBrowserTerms": _RULES,
    "exams.Section": _CONTENT,
    "exams.SectionPool": _CONTENT,
    "exams.SectionQuestion": _CONTENT,
    "exams.SelfEnrolment": _RULES,
    "exams.Sitting": _RULES,
    "exams.SittingProctor": "who of the staff supervises",
    "exams.StoredReport": "sums over many candidates, computed anew",
    "proctoring.CompatKey": "a key's hash and what it is for; names staff by number only",
    "proctoring.CompatMeeting": "title and time of a meeting; who took part is in sessions",
    "proctoring.DeletionCertificate": "proof of deletion; numbers only",
    "proctoring.DetectorPrecision": "sums over many candidates",
    "proctoring.DetectorStanding": _RULES,
    "proctoring.LawDocument": "made of settings; tells nothing of a candidate",
    "proctoring.EvidenceManifest": "signed lists of evidence: numbers and hashes only",
    "proctoring.KeptFaceData": "another view of MonitoringSession",
    "proctoring.Meeting": "title and time; who came is in meetings",
    "proctoring.Notice": "what was told to everybody",
    "proctoring.Policy": _RULES,
    "proctoring.PolicyAssignment": _RULES,
    "proctoring.ObservedRules": _RULES,
    "proctoring.PrecisionTerms": _RULES,
    "proctoring.ReadyText": _RULES,
    "proctoring.ReasonCode": _RULES,
    "proctoring.CaseTag": "a word of the institution",
    "proctoring.RetentionPeriod": _RULES,
    "proctoring.ReviewSettings": _RULES,
    "proctoring.SampleDraw": "which sitting a sample was drawn of, and its seed",
    "proctoring.RetentionRun": "proof of deletion; numbers only",
}


def kind_of(code: str) -> Kind:
    """The kind of that code. Raises NotFound."""
    try:
        return KINDS[code]
    except KeyError:
        raise NotFound("There is no such kind of data.") from None
