"""The shapes of recordings in the API, for the OpenAPI file."""

from typing import Any

from rest_framework import serializers

from proctoring.api.shapes import HintSerializer


class ClipSerializer(serializers.Serializer[Any]):
    """A recording as a form; as raw bytes the numbers are in X-Sequence and X-Captured-At."""

    clip = serializers.FileField()
    sequence = serializers.IntegerField(min_value=0, max_value=2**32 - 1)
    captured_at = serializers.FloatField(
        required=False, help_text="When it began: milliseconds since 1970 by the client's clock."
    )


class UnheardSerializer(serializers.Serializer[Any]):
    """A piece that is not sent: nothing in it was louder than the room, or nothing came at all."""

    sequence = serializers.IntegerField(min_value=0, max_value=2**32 - 1)
    started_at = serializers.FloatField(
        required=False, help_text="When it began: milliseconds since 1970 by the client's clock."
    )
    seconds = serializers.FloatField(help_text="More than 0, at most 3600.")
    level_db = serializers.FloatField(
        help_text="Its loudest moment, decibels of full scale, -200 to 0; below -80: no signal at all."
    )


class ClipQualitySerializer(serializers.Serializer[Any]):
    """Levels in decibels of full scale."""

    level_db = serializers.FloatField()
    noise_db = serializers.FloatField()
    silent = serializers.BooleanField(help_text="No signal at all.")


class ClipAnswerSerializer(serializers.Serializer[Any]):
    """What became of a recording."""

    type = serializers.CharField()
    sequence = serializers.IntegerField()
    accepted = serializers.BooleanField(help_text="False: nothing changed, and it is not wanted again.")
    analysed = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True, help_text="Why it was not accepted or not analysed.")
    last_sequence = serializers.IntegerField()
    duration_s = serializers.FloatField(allow_null=True)
    truncated = serializers.BooleanField()
    quality = ClipQualitySerializer(allow_null=True)
    coaching = HintSerializer(many=True)
    incidents = serializers.ListField(child=serializers.CharField(), help_text="Kinds that go on now.")
    clip_seconds = serializers.IntegerField()
    next = serializers.ChoiceField(choices=["record", "listen_first"])


class VoiceJudgementSerializer(serializers.Serializer[Any]):
    """Whether a recording can serve as the candidate's voice."""

    ok = serializers.BooleanField()
    problems = HintSerializer(many=True)
    seconds = serializers.FloatField(help_text="Of speech in it.")
