"""The register, second part: exam records, who takes part, mails, meetings, the institution's own logs."""

from typing import Any

from django.db.models import Q

from proctoring.rights import erasers
from proctoring.rights.register import Kind, Rows

_BASE = "database"
_EXAM = (
    "Holding exams and proving their results (GDPR Art. 6(1)(b), (c) or (e), by the institution's own law)"
)
_OFFICE = "Organising exams (GDPR Art. 6(1)(b) or (e))"
_OWN_LOG = "Accountability (GDPR Art. 5(2))"
_YEAR: dict[str, Any] = {
    "most": 1095,
    "most_why": "Nothing is organised with it any more three years later.",
}


def _exams(model: str, **more: Any) -> Rows:
    return Rows(f"exams.{model}", attempt="attempt", **more)


_RECORDS = (
    Kind(
        "exam_records",
        "Exam records",
        "Paper, answers, their journal, files handed in, marks, readings, results, lost time",
        "database and private store of answer files",
        _EXAM,
        # One eraser takes the whole record, in the order in which its rows hang together; it begins with
        # the paper. The other rows are named so that they are counted and exported.
        (
            _exams("PaperItem", erase=erasers.exam_records),
            _exams("JournalEntry", erase=erasers.exam_records),
            _exams("KeptChange", erase=erasers.exam_records),
            _exams("Answer", erase=erasers.exam_records),
            _exams("AnswerFile", erase=erasers.exam_records),
            _exams("Mark", erase=erasers.exam_records),
            Rows("exams.MarkChange", attempt="item__attempt", erase=erasers.exam_records),
            Rows("exams.RoundAnswer", attempt="item__attempt", erase=erasers.exam_records),
            Rows("exams.Reading", attempt="answer__item__attempt", erase=erasers.exam_records),
            _exams("ReleasedResult", erase=erasers.exam_records),
            _exams("SectionRun", erase=erasers.exam_records),
            _exams("QuestionView", erase=erasers.exam_records),
            _exams("LostTime", erase=erasers.exam_records),
            _exams("OutsideSafeBrowser", erase=erasers.exam_records),
            _exams("AnnouncementAcknowledgement", erase=erasers.exam_records),
        ),
        least=365,
        least_why="Results can be challenged for a year in most places; your own law may ask for more.",
        most=36500,
        most_why="Some boards have to keep exam records for good.",
        kept_why="Exam records are kept for their whole period: the result rests on them, for you too "
        "(GDPR Art. 17(3)(b) and (e)).",
    ),
    Kind(
        "allowances",
        "Allowances",
        "Extra time and other adjustments, with the reason that the office wrote down",
        _BASE,
        _EXAM,
        (Rows("exams.Allowance", attempt="enrolment__attempts", person="enrolment__candidate"),),
        **_YEAR,
    ),
    Kind(
        "enrolments",
        "Enrolments and attempts",
        "That somebody was enrolled and took the exam, and when; without answers and evidence",
        _BASE,
        _EXAM,
        (
            Rows("exams.Enrolment", person="candidate"),
            Rows("exams.Attempt", person="enrolment__candidate"),
            Rows("proctoring.MonitoringSession", person="candidate"),
        ),
        kept_why="The audit log and the chain of evidence name them. They stay as empty shells under a "
        "number, and nobody can be named by them once the account is made nameless.",
    ),
)

_PEOPLE = (
    Kind(
        "officer_photos",
        "Photos of the office",
        "Photos that the institution handed in, to compare faces with",
        "private identity store",
        "Explicit consent to the comparison (GDPR Art. 9(2)(a)); the photo itself as the office's own record",
        (Rows("proctoring.OfficerPhoto", person="candidate", age="kept_at", erase=erasers.officer_photo),),
        most=1095,
        most_why="A face changes; an older photo would compare badly.",
    ),
    Kind(
        "groups",
        "Groups",
        "Of which groups of candidates somebody is a member",
        _BASE,
        _OFFICE,
        (Rows("exams.CandidateGroupMember", person="candidate"),),
    ),
    Kind(
        "memberships",
        "Accounts and memberships",
        "Name, e-mail address, candidate number, roles",
        _BASE,
        _OFFICE,
        (Rows("accounts.Membership", person="user"),),
        kept_why="That somebody was a member stays under a number. Name, address and candidate number go: "
        "the account is made nameless once it belongs to no other institution.",
    ),
    Kind(
        "lists",
        "Rosters and tables that were handed in or taken out",
        "Lists of candidates as files or rows: names, e-mail addresses, candidate numbers; exported "
        "incidents, whose files go after a day",
        "database and private stores of imports and exports",
        _OFFICE,
        (
            Rows("exams.PendingEnrolment", email="email", sitting="sitting", age="created_at"),
            Rows(
                "exams.Roster",
                sitting="sitting",
                age="created_at",
                erase=erasers.stored("imports", "stored_name"),
            ),
            Rows(
                "proctoring.PhotoUpload",
                sitting="sitting",
                age="created_at",
                erase=erasers.stored("imports", "stored_name"),
            ),
            Rows("proctoring.IncidentExport", age="asked_at", erase=erasers.stored("exports", "stored_name")),
        ),
        **_YEAR,
    ),
    Kind(
        "mails",
        "Invitations and e-mails",
        "To which address what was sent, and when; and links to join",
        _BASE,
        _OFFICE,
        (
            Rows("accounts.Invitation", email="email", age="created_at"),
            Rows("accounts.Registration", age="created_at"),
            Rows("proctoring.StandingMail", age="written_at"),
            Rows("proctoring.IncidentExportMail", age="written_at"),
            Rows("exams.SittingMail", person="enrolment__candidate", email="address", age="written_at"),
        ),
        **_YEAR,
    ),
    Kind(
        "meetings",
        "Meetings and interviews",
        "Who was invited, agreed to what, came and left when; no sound and no picture",
        _BASE,
        _OFFICE,
        (
            Rows(
                "proctoring.MeetingMail",
                person="invitation__user",
                email="invitation__email",
                age="written_at",
            ),
            Rows(
                "proctoring.MeetingInvitation",
                person="user",
                email="email",
                age="invited_at",
                where=Q(mails=None),
            ),
            Rows("proctoring.MeetingStay", person="participant__user", age="began_at"),
            Rows("proctoring.MeetingEvent", sitting="meeting__sitting", age="received_at"),
            Rows(
                "proctoring.Participant",
                person="user",
                age="joined_at",
                where=Q(watches=None, stays=None),
            ),
        ),
        **_YEAR,
    ),
)

_LOGS = (
    Kind(
        "jobs",
        "Jobs",
        "Work that the institution asked for, with its outcome",
        _BASE,
        _OWN_LOG,
        (
            Rows("proctoring.DecisionRun", age="finished_at"),
            Rows("accounts.Job", age="finished_at", blank={"arguments": {}, "result": {}, "reason": ""}),
        ),
        **_YEAR,
    ),
    Kind(
        "rights_records",
        "Requests of people, exports and certificates",
        "Who asked for a copy or for erasure, what was answered, and the proof of what was deleted",
        "database and private store of exports",
        _OWN_LOG,
        (
            Rows(
                "proctoring.DataExport",
                person="person",
                age="asked_at",
                erase=erasers.stored("exports", "stored_name"),
            ),
            Rows("proctoring.ErasureRequest", person="person"),
            Rows("proctoring.LegalHold", person="person"),
        ),
        kept_why="It proves what was asked for and done (GDPR Art. 5(2), 12). What you wrote is emptied.",
    ),
    Kind(
        "keys",
        "Keys of files",
        "With which key files are encrypted; of a destroyed key only its name and when it went are left",
        _BASE,
        "Security of processing (GDPR Art. 32)",
        (
            Rows("proctoring.DataKey", person="person_key__person"),
            Rows("proctoring.PersonKey", person="person"),
        ),
        kept_why="An empty row proves that the key was destroyed, and with it every copy of a file.",
    ),
    Kind(
        "audit_log",
        "Audit log",
        "Who did what, when, to what: numbers, no content",
        _BASE,
        _OWN_LOG,
        (Rows("accounts.AuditEntry", person="actor"),),
        kept_why="It proves everything else, and names people by number only (GDPR Art. 5(2), 17(3)(e)).",
    ),
)

OFFICE = (*_RECORDS, *_PEOPLE, *_LOGS)
