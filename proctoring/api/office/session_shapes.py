"""The shapes of sessions of exams that other systems deliver."""

from typing import Any

from rest_framework import serializers

from accounts.api.shapes import RowNumber, StrictSerializer
from exams.models.attempt import EndedBy
from proctoring import states
from proctoring.identity.outside_consent import OutsideConsent
from proctoring.models import Consent, MonitoringSession
from proctoring.observations import Severity


class OutsideConsentSerializer(StrictSerializer):
    """What the candidate agreed to in the calling system, before anything is taken."""

    camera = serializers.BooleanField(help_text="Pictures are looked at, and kept around incidents.")
    microphone = serializers.BooleanField()
    face_comparison = serializers.BooleanField(help_text="Faces are compared with a reference photo.")
    agreed_at = serializers.DateTimeField()
    notice_url = serializers.CharField(max_length=500, help_text="Where the notice stands that was read.")
    notice_version = serializers.CharField(max_length=100)
    asked_by = serializers.CharField(max_length=200, help_text="Who asked the candidate.")


class NewSessionSerializer(StrictSerializer):
    """A session to start."""

    sitting = RowNumber(help_text="Of an exam that another system delivers.")
    session_id = serializers.CharField(
        required=False,
        help_text="What the calling system calls it: up to 100 letters, digits and . _ ~ : - Absent: a UUID "
        "of ours. It may be used again once that session has ended.",
    )
    candidate_id = serializers.CharField(help_text="The candidate number, in the institution's own records.")
    candidate_name = serializers.CharField(max_length=200)
    consent = OutsideConsentSerializer(
        required=False, help_text="May follow later; until then nothing is taken (`consent_missing`)."
    )
    shows_warnings = serializers.BooleanField(
        required=False,
        help_text="The calling system shows its candidate the warnings of proctors and says when it did. "
        "Absent: proctors cannot warn in this session.",
    )
    job_data = serializers.DictField(
        required=False, help_text="Anything, for the calling system itself; up to 16 kB of JSON."
    )


class GivenConsentSerializer(serializers.Serializer[Any]):
    """The agreement in force."""

    camera = serializers.BooleanField()
    microphone = serializers.BooleanField()
    face_comparison = serializers.BooleanField()
    agreed_at = serializers.DateTimeField(source="given_at")
    notice_url = serializers.CharField()
    notice_version = serializers.CharField()
    asked_by = serializers.CharField()


class OutsideSessionSerializer(serializers.Serializer[Any]):
    """A session."""

    id = serializers.UUIDField(source="public_id", help_text="Ours: of reports, incidents and captures.")
    session_id = serializers.CharField(source="outside.name", help_text="What the calling system calls it.")
    run = serializers.IntegerField(source="outside.run", help_text="Grows when a session_id is used again.")
    sitting = serializers.IntegerField(source="sitting_id")
    attempt = serializers.IntegerField(source="attempt_id")
    candidate_id = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=states.SESSION.states)
    started_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(
        source="attempt.deadline_at", help_text="It ends by itself then, if nobody ends it before."
    )
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_by = serializers.ChoiceField(source="attempt.ended_by", choices=[*EndedBy.values, ""])
    paused = serializers.SerializerMethodField(help_text="A proctor has paused it: captures are not kept.")
    consent = serializers.SerializerMethodField(help_text="Null: none in force, nothing is taken.")
    shows_warnings = serializers.BooleanField(source="outside.shows_warnings")
    job_data = serializers.DictField(source="outside.job_data")

    def get_candidate_id(self, session: MonitoringSession) -> str:
        numbers: dict[int, str] = self.context["numbers"]
        return numbers.get(session.candidate_id or 0, "")

    def get_paused(self, session: MonitoringSession) -> bool:
        return session.attempt is not None and session.attempt.paused_at is not None

    def get_consent(self, session: MonitoringSession) -> "dict[str, Any] | None":
        consents: dict[int, Consent] = self.context["consents"]
        found = consents.get(session.pk)
        return dict(GivenConsentSerializer(found).data) if found else None


class SessionQuerySerializer(StrictSerializer):
    """Filters of sessions."""

    sitting = RowNumber(required=False)
    state = serializers.ChoiceField(choices=states.SESSION.states, required=False)


class NewCaptureTokenSerializer(serializers.Serializer[Any]):
    """For one candidate's browser: it lets nobody do anything but send captures of this session."""

    token = serializers.CharField(help_text="`Authorization: Bearer` of the calls in `addresses`.")
    expires_in_seconds = serializers.IntegerField()
    addresses = serializers.DictField(child=serializers.CharField(), help_text="Where captures are sent.")


class FigureSerializer(serializers.Serializer[Any]):
    """A running figure, 0 to 100."""

    count = serializers.IntegerField()
    mean = serializers.FloatField()
    least = serializers.FloatField()
    most = serializers.FloatField()


class AlertCountsSerializer(serializers.Serializer[Any]):
    """How many."""

    total = serializers.IntegerField()
    open = serializers.IntegerField(help_text="They go on.")
    by_severity = serializers.DictField(child=serializers.IntegerField())


class MetricsSerializer(serializers.Serializer[Any]):
    """Running figures of a session: geometry of what the camera sees, never a mark of the person."""

    session_id = serializers.CharField()
    state = serializers.CharField()
    duration_seconds = serializers.FloatField()
    frames_received = serializers.IntegerField()
    frames_analysed = serializers.IntegerField()
    sound_seconds = serializers.FloatField()
    measures = serializers.DictField(child=FigureSerializer())
    not_measured = serializers.DictField(
        child=serializers.CharField(), help_text="Why a figure is absent, by name."
    )
    alerts = AlertCountsSerializer()


class AlertSerializer(serializers.Serializer[Any]):
    """Something that a person should look at: a question, not a finding."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    severity = serializers.ChoiceField(choices=[each.value for each in Severity])
    confidence = serializers.FloatField(help_text="0 to 1, of the detector; no probability of cheating.")
    message = serializers.CharField(source="explanation")
    started_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Null: it goes on.")
    count = serializers.IntegerField()
    repeats = serializers.IntegerField()
    review_state = serializers.ChoiceField(choices=states.INCIDENT_REVIEW.states)


class EmotionsSerializer(serializers.Serializer[Any]):
    """Shares of emotions, where operator, law and institution all allow it: nowhere in education."""

    session_id = serializers.CharField()
    disabled_reason = serializers.CharField(allow_blank=True, help_text="Empty: they are read.")
    summary = serializers.DictField(child=FigureSerializer())


def consent_in(given: dict[str, Any]) -> OutsideConsent:
    """The checked body as the services take it."""
    return OutsideConsent(**given)
