"""The shapes of the proctoring API, for the OpenAPI file."""

from typing import Any

from rest_framework import serializers

from exams import states
from proctoring.states import IDENTITY_CHECK, INCIDENT_REVIEW


class HintSerializer(serializers.Serializer[Any]):
    """What the candidate can change, as a code and as a sentence."""

    code = serializers.CharField()
    text = serializers.CharField()


class QualitySerializer(serializers.Serializer[Any]):
    """Whether a frame can be judged; the numbers are grey levels 0 to 255."""

    usable = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())
    brightness = serializers.FloatField()
    highlight = serializers.FloatField()
    contrast = serializers.FloatField()
    sharpness = serializers.FloatField()


class FrameSerializer(serializers.Serializer[Any]):
    """A frame as JSON or as a form; as raw bytes the numbers are in X-Sequence and X-Captured-At."""

    frame = serializers.CharField(help_text="Base64 or a data URL; in a form: the file.")
    sequence = serializers.IntegerField(min_value=0, max_value=2**32 - 1)
    captured_at = serializers.FloatField(
        required=False, help_text="Milliseconds since 1970 by the client's clock."
    )


class FrameAnswerSerializer(serializers.Serializer[Any]):
    """What became of a frame."""

    type = serializers.CharField()
    sequence = serializers.IntegerField()
    accepted = serializers.BooleanField()
    analysed = serializers.BooleanField()
    quality = QualitySerializer(allow_null=True)
    coaching = HintSerializer(many=True)
    incidents = serializers.ListField(child=serializers.CharField(), help_text="Kinds that go on now.")
    next_frame_after_ms = serializers.IntegerField()
    code = serializers.CharField(allow_blank=True, help_text="Why it was not accepted or not analysed.")
    last_sequence = serializers.IntegerField()
    clock_skew_s = serializers.FloatField()


class ConsentSerializer(serializers.Serializer[Any]):
    """The candidate's choice about one version of the notice."""

    notice = serializers.IntegerField(help_text="Version of the notice that was read.")
    camera = serializers.BooleanField()
    face_comparison = serializers.BooleanField()
    microphone = serializers.BooleanField(required=False, help_text="Asked for where the exam listens.")
    voice_comparison = serializers.BooleanField(required=False)
    screen = serializers.BooleanField(required=False, help_text="Asked for where the screen is shared.")


class ClipsSerializer(serializers.Serializer[Any]):
    """How recordings of the microphone are wanted."""

    wanted = serializers.BooleanField()
    seconds = serializers.IntegerField(help_text="Length of one recording.")
    bits_per_second = serializers.IntegerField()
    listen_first = serializers.BooleanField(help_text="Send nothing in which the browser hears no speech.")
    last_sequence = serializers.IntegerField(help_text="Newest number known; -1: none.")


class ConsentGivenSerializer(serializers.Serializer[Any]):
    """What follows from the choice."""

    session = serializers.UUIDField()
    token = serializers.CharField(help_text="For `Authorization: Bearer` of captures.")
    capture = serializers.BooleanField()
    clips = ClipsSerializer()
    voice_wanted = serializers.BooleanField(help_text="The candidate may record their voice now.")
    screen_wanted = serializers.BooleanField(help_text="The candidate agreed to share the screen.")
    next = serializers.ChoiceField(choices=["reference_photo", "document", "complete", "person_will_check"])
    text = serializers.CharField()


class NoticeSerializer(serializers.Serializer[Any]):
    """A notice: paragraphs separated by empty lines, the first line of each says what it is about."""

    version = serializers.IntegerField()
    body = serializers.CharField()


class ChoiceSerializer(serializers.Serializer[Any]):
    """A choice in force."""

    camera = serializers.BooleanField()
    face_comparison = serializers.BooleanField()
    microphone = serializers.BooleanField()
    voice_comparison = serializers.BooleanField()
    screen = serializers.BooleanField()
    given_at = serializers.DateTimeField()


class ConsentViewSerializer(serializers.Serializer[Any]):
    """The notice of the exam and the choice in force."""

    notice = NoticeSerializer()
    camera_required = serializers.BooleanField()
    reference_photo_required = serializers.BooleanField()
    microphone_required = serializers.BooleanField()
    voice_offered = serializers.BooleanField(help_text="The voice may be recorded at check-in.")
    screen = serializers.ChoiceField(choices=["off", "optional", "required"])
    consent = ChoiceSerializer(allow_null=True)


class BoxSerializer(serializers.Serializer[Any]):
    """A face in pixels of the photo."""

    x = serializers.FloatField()
    y = serializers.FloatField()
    w = serializers.FloatField()
    h = serializers.FloatField()


class PhotoJudgementSerializer(serializers.Serializer[Any]):
    """Whether a photo can serve as the reference."""

    ok = serializers.BooleanField()
    problems = HintSerializer(many=True)
    face = BoxSerializer(allow_null=True)
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class LookSerializer(PhotoJudgementSerializer):
    """What the camera needs now; `looked` false means that nothing is known, and nothing is wrong."""

    looked = serializers.BooleanField()
    next_look_after_ms = serializers.IntegerField()


class DocumentShownSerializer(serializers.Serializer[Any]):
    """What became of the photo of a document; a program's answer decides nothing."""

    ok = serializers.BooleanField(help_text="It was kept.")
    problems = HintSerializer(many=True)
    answer = serializers.ChoiceField(choices=["alike", "unlike", "cannot_say", ""])


class IdentityCheckSerializer(serializers.Serializer[Any]):
    """The candidate's place in the queue for a person; `check_state` is empty when nobody was asked."""

    attempt_state = serializers.CharField()
    check = serializers.IntegerField(allow_null=True)
    check_state = serializers.ChoiceField(choices=["", *IDENTITY_CHECK.states])
    message = serializers.CharField(allow_blank=True)
    waited_seconds = serializers.IntegerField(allow_null=True)
    place = serializers.IntegerField(allow_null=True)
    about_minutes = serializers.IntegerField(allow_null=True, help_text="How long the last ones waited.")


class BaselineProgressSerializer(serializers.Serializer[Any]):
    """How far the learning of a baseline is."""

    looks = serializers.IntegerField()
    wanted = serializers.IntegerField()
    done = serializers.BooleanField()
    text = serializers.CharField()


class TurningProgressSerializer(serializers.Serializer[Any]):
    """How far somebody is who was asked to turn the head."""

    state = serializers.CharField(help_text="going_on, moved, again (this try is over), not_seen.")
    text = serializers.CharField(help_text="What to do now, or what came of it.")
    challenge = serializers.CharField(allow_blank=True)
    ask = serializers.CharField(allow_blank=True, help_text="left, right, up; empty: straight ahead.")
    turned = serializers.IntegerField()
    wanted = serializers.IntegerField()
    seconds_left = serializers.IntegerField()
    tries_left = serializers.IntegerField()


class PersonSerializer(serializers.Serializer[Any]):
    """A candidate as proctors see them."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class SupervisedAttemptSerializer(serializers.Serializer[Any]):
    """An attempt as proctors see it."""

    attempt = serializers.IntegerField()
    candidate = PersonSerializer()
    state = serializers.ChoiceField(choices=states.STATES)
    seconds_left = serializers.FloatField(allow_null=True)
    deadline_at = serializers.DateTimeField(allow_null=True)
    paused_at = serializers.DateTimeField(allow_null=True)
    extra_seconds = serializers.IntegerField(help_text="Extra time by agreement that the deadline holds.")
    credited_seconds = serializers.IntegerField(help_text="Lost time that the deadline holds.")
    break_until = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_by = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)


class ReasonSerializer(serializers.Serializer[Any]):
    """Why, as a code of the institution, in words, or both; the candidate reads it."""

    reason = serializers.CharField(max_length=500, allow_blank=True, required=False)
    reason_code = serializers.CharField(max_length=40, required=False)


class TextSerializer(serializers.Serializer[Any]):
    """A message to the candidate: a ready text in the language of the exam, or a text."""

    text = serializers.CharField(max_length=500, required=False)
    ready_text = serializers.IntegerField(required=False)


class NoteSerializer(serializers.Serializer[Any]):
    """A note of the one who decides."""

    note = serializers.CharField(max_length=4_000, required=False, allow_blank=True)


class WarningSerializer(serializers.Serializer[Any]):
    """A warning."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    language = serializers.CharField(help_text="Of a ready text; empty: the proctor's own words.")
    sent_at = serializers.DateTimeField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class WarningsSerializer(serializers.Serializer[Any]):
    """Warnings not acknowledged yet, oldest first."""

    warnings = WarningSerializer(many=True)


class EventSerializer(serializers.Serializer[Any]):
    """One live event."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    attempt = serializers.IntegerField(allow_null=True)
    payload = serializers.JSONField()


class EventsSerializer(serializers.Serializer[Any]):
    """Events after an id; some before it may come again."""

    events = EventSerializer(many=True)
    last_event_id = serializers.IntegerField()


class IncidentSerializer(serializers.Serializer[Any]):
    """An incident; `evidence` holds short-lived links for the one who asked."""

    incident = serializers.IntegerField()
    attempt = serializers.IntegerField(allow_null=True)
    candidate = PersonSerializer()
    kind = serializers.CharField()
    severity = serializers.CharField()
    confidence = serializers.FloatField()
    explanation = serializers.CharField()
    started_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    count = serializers.IntegerField()
    repeats = serializers.IntegerField()
    review_state = serializers.ChoiceField(choices=INCIDENT_REVIEW.states)
    evidence = serializers.ListField(child=serializers.JSONField(), help_text="Pictures.")
    sounds = serializers.ListField(
        child=serializers.JSONField(), help_text="Recordings, with seconds and a text of what is heard."
    )
    screens = serializers.ListField(child=serializers.JSONField(), help_text="Pictures of the screen.")
    live_clips = serializers.ListField(child=serializers.JSONField(), help_text="Recordings of live video.")
    screen_clips = serializers.ListField(child=serializers.JSONField(), help_text="Films of the screen.")
