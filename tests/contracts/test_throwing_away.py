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
    "proctoring.DocumentCheck",
    "proctoring.EvidenceItem",
    "proctoring.HeadBaseline",
    "proctoring.IdentityCheck",
    "proctoring.Incident",
    "proctoring.LiveEvent",
    "proctoring.LiveWatch",
    "proctoring.LivenessCheck",
    "proctoring.RaisedHand",
    "proctoring.ReferenceFace",
    "proctoring.ReferenceVoice",
    "proctoring.SessionMeasures",
    "proctoring.Showing",
    "proctoring.TimeGift",
}
STAYS = {
    "proctoring.Consent": "proves that capture was agreed to",
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
