"""The shapes of a sitting as its proctors see it, for the OpenAPI file."""

from typing import Any

from rest_framework import serializers

from exams import states
from proctoring.api.shapes import PersonSerializer
from proctoring.api.talk_shapes import TalkStateSerializer


class BatterySerializer(serializers.Serializer[Any]):
    """How full the battery of a candidate's device is, where its browser says so and the notice named it."""

    level = serializers.IntegerField(help_text="Percent.")
    charging = serializers.BooleanField()


class PresenceSerializer(serializers.Serializer[Any]):
    """How well a candidate's page is connected."""

    connected = serializers.BooleanField()
    last_seen_s = serializers.FloatField(allow_null=True)
    rtt_ms = serializers.IntegerField(allow_null=True)
    loss = serializers.IntegerField(
        allow_null=True, help_text="Percent of the page's last 24 pings that were not answered within 5 s."
    )
    battery = BatterySerializer(allow_null=True)
    camera = serializers.CharField()
    sound = serializers.CharField(
        allow_blank=True, help_text="Of the newest recording: ok, silent or unheard; empty: none came lately."
    )
    microphone = serializers.CharField(
        allow_blank=True, help_text="ok, muted, denied, ended, none; empty where nothing is recorded."
    )
    microphone_since = serializers.IntegerField(allow_null=True, help_text="Seconds since 1970.")
    sound_missing = serializers.IntegerField(help_text="Recordings that have not come so far.")
    screen = serializers.CharField(allow_blank=True, help_text="ok, window, ended, none; empty: not shared.")
    screen_since = serializers.IntegerField(allow_null=True, help_text="Seconds since 1970.")
    screen_at = serializers.IntegerField(allow_null=True, help_text="Of its newest picture.")
    analysed = serializers.IntegerField()
    shed = serializers.IntegerField()
    frame_sequence = serializers.IntegerField()
    picture_late_s = serializers.FloatField(
        allow_null=True, help_text="How long the next picture is overdue; null before the first."
    )


class NeedSerializer(serializers.Serializer[Any]):
    """Counts of incidents; `worst`: severity of the gravest unreviewed one."""

    going_on = serializers.IntegerField()
    unreviewed = serializers.IntegerField()
    total = serializers.IntegerField()
    worst = serializers.CharField(allow_blank=True)


class WallRowSerializer(serializers.Serializer[Any]):
    """One candidate of a sitting."""

    attempt = serializers.IntegerField(allow_null=True)
    enrolment = serializers.IntegerField()
    candidate = PersonSerializer()
    number = serializers.CharField(allow_blank=True, help_text="The institution's number of the candidate.")
    watched = serializers.BooleanField(help_text="Somebody has watched this attempt live.")
    state = serializers.ChoiceField(choices=states.STATES)
    started_at = serializers.DateTimeField(allow_null=True)
    deadline_at = serializers.DateTimeField(allow_null=True)
    paused_at = serializers.DateTimeField(allow_null=True)
    seconds_left = serializers.FloatField(allow_null=True)
    extra_minutes = serializers.IntegerField(help_text="More than the sitting's working time: whole minutes.")
    on_break = serializers.BooleanField(help_text="Paused by the candidate, as was agreed.")
    presence = PresenceSerializer()
    incidents = NeedSerializer()
    talk = TalkStateSerializer()
    proctor = PersonSerializer(allow_null=True, help_text="Who looks first; null: nobody.")


class WallSerializer(serializers.Serializer[Any]):
    """Everybody in a sitting, those in need first."""

    server_time = serializers.DateTimeField()
    last_event_id = serializers.IntegerField()
    candidates = WallRowSerializer(many=True)
