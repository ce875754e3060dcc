"""Whatever hangs on an attempt is thrown away with it in practice, or stays for a reason given here."""

from django.apps import apps
from django.db import models

from exams.models import Attempt
from tests.contracts.test_tenancy import OUR_APPS

THROWN_AWAY = {
    "exams.AnnouncementAcknowledgement",
    "exams.Answer",
    "exams.AnswerFile",
    "exams.JournalEntry",
    "exams.KeptChange",
    "exams.LostTime",
    "exams.Mark",
    "exams.MarkChange",
    "exams.OutsideSafeBrowser",
    "exams.PaperItem",
    "exams.QuestionView",
    "exams.Reading",
    "exams.ReleasedResult",
    "exams.RoundAnswer",
    "exams.SectionRun",
    "proctoring.ActResult",
    "proctoring.BrowserEvent",
    "proctoring.Call",
    "proctoring.CallPiece",
    "proctoring.CandidateWarning",
    "proctoring.ChatMessage",
    "proctoring.CoverageMinute",
    "proctoring.DocumentCheck",
    "proctoring.EvidenceItem",
    "proctoring.EvidenceManifest",
    "proctoring.HeadBaseline",
    "proctoring.IdentityCheck",
    "proctoring.Incident",
    "proctoring.LiveEvent",
    "proctoring.LiveWatch",
    "proctoring.LivenessCheck",
    "proctoring.ObservationMinute",
    "proctoring.ObservedClip",
    "proctoring.RaisedHand",
    "proctoring.ReferenceFace",
    "proctoring.ReferenceVoice",
    "proctoring.ReportFile",
    "proctoring.SessionMeasures",
    "proctoring.Showing",
    "proctoring.TimeGift",
}
STAYS = {
    "proctoring.CompatLogin": "what another system delivers is never practice",
    "proctoring.OutsideSession": "what another system delivers is never practice",
    "proctoring.LegalHold": "while it is in force nothing is thrown away",
    "proctoring.Case": "practice is never reviewed, so there is none",
    "proctoring.CaseComment": "practice is never reviewed, so there is none",
    "proctoring.CaseLook": "practice is never reviewed, so there is none",
    "proctoring.CaseMail": "practice is never reviewed, so there is none",
    "proctoring.Interview": "practice is never reviewed, so there is none",
    "proctoring.InterviewQuestion": "practice is never reviewed, so there is none",
    "proctoring.InterviewSlot": "practice is never reviewed, so there is none",
    "proctoring.Case_tags": "practice is never reviewed, so there is none",
    "proctoring.Reply": "practice is never reviewed, so there is none",
    "proctoring.ReplyFile": "practice is never reviewed, so there is none",
    "proctoring.ReplyWindow": "practice is never reviewed, so there is none",
    "proctoring.Reading": "practice is never reviewed, so there is none",
    "proctoring.Consent": "proves that capture was agreed to",
    "proctoring.DataKey": "destroyed: it says when, and opens nothing any more",
    "proctoring.PersonKey": "destroyed with the data keys of an outside session, as above",
    "proctoring.SealedPackage": "of a case: practice is never reviewed, so there is none",
    "proctoring.MonitoringSession": "the empty shell that the consent and the audit log name",
}


def test_everything_that_names_an_attempt_is_decided_upon() -> None:
    found: set[str] = set()
    waiting: list[type[models.Model]] = [Attempt]
    while waiting:
        fields = waiting.pop()._meta.get_fields(include_hidden=True)
        for model in (each.related_model for each in fields if each.auto_created and not each.concrete):
            if model._meta.app_label in OUR_APPS and model._meta.label not in found:
                found.add(model._meta.label)
                waiting.append(model)
    assert found == THROWN_AWAY | STAYS.keys(), (
        "delete the new rows in exams/delivery/throwing_away.py or proctoring/throwing_away.py, "
        "or say here why they stay"
    )
    assert all(apps.get_model(label) for label in found)
