"""Exams, questions, sittings, enrolments, attempts, answers and marks."""

from exams.models.announcement import Announcement, AnnouncementAcknowledgement
from exams.models.answer import Answer, JournalEntry, KeptChange
from exams.models.answer_file import AnswerFile
from exams.models.attempt import Attempt, PaperItem
from exams.models.category import QuestionCategory, QuestionTag
from exams.models.enrolment import Allowance, Enrolment, GroupAllowance, PendingEnrolment
from exams.models.exam import Exam, Section, SectionQuestion
from exams.models.group import CandidateGroup, CandidateGroupMember
from exams.models.lost_time import LostTime, ServerPulse
from exams.models.mark import Mark, MarkChange
from exams.models.marking_round import MarkingRound, Reading, RoundAnswer, RoundMarker
from exams.models.media import QuestionMedia
from exams.models.pool import SectionPool
from exams.models.progress import SectionRun
from exams.models.question import Question, QuestionVersion
from exams.models.question_import import QuestionImport
from exams.models.question_view import QuestionView
from exams.models.regrade import Regrade
from exams.models.release import Release, ReleasedResult, ResultPolicy
from exams.models.roster import Roster
from exams.models.rubric import MarkingPhrase, Rubric
from exams.models.safe_browser import OutsideSafeBrowser, SafeBrowserTerms
from exams.models.self_enrolment import SelfEnrolment
from exams.models.sitting import Sitting, SittingProctor
from exams.models.sitting_mail import SittingMail
from exams.models.statistics import QuestionFigures, StoredReport

__all__ = [
    "Allowance",
    "Announcement",
    "AnnouncementAcknowledgement",
    "Answer",
    "AnswerFile",
    "Attempt",
    "CandidateGroup",
    "CandidateGroupMember",
    "Enrolment",
    "Exam",
    "GroupAllowance",
    "JournalEntry",
    "KeptChange",
    "LostTime",
    "Mark",
    "MarkChange",
    "MarkingPhrase",
    "MarkingRound",
    "OutsideSafeBrowser",
    "PaperItem",
    "PendingEnrolment",
    "Question",
    "QuestionCategory",
    "QuestionFigures",
    "QuestionImport",
    "QuestionMedia",
    "QuestionTag",
    "QuestionView",
    "QuestionVersion",
    "Roster",
    "Reading",
    "Regrade",
    "Release",
    "ReleasedResult",
    "ResultPolicy",
    "RoundAnswer",
    "RoundMarker",
    "Rubric",
    "SafeBrowserTerms",
    "Section",
    "SectionPool",
    "SectionQuestion",
    "SectionRun",
    "SelfEnrolment",
    "Sitting",
    "SittingMail",
    "ServerPulse",
    "SittingProctor",
    "StoredReport",
]
